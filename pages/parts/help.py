"""Help, in a few sentences: what is counted, how queues are named, and what to do when data stops."""

import streamlit as st

from services.translation import N_, Words

QUESTIONS: dict[str, tuple[str, str]] = {
    "contact": (
        N_("What counts as a contact?"),
        N_(
            "Each chat that is resolved is one contact, however many exchanges led to it. It counts in the quarter "
            "hour in which it was resolved: a chat that is answered today and resolved tomorrow is a contact of "
            "tomorrow. If a resolved chat is opened again and resolved again, that is a new contact; in its settings "
            "an integration can be told to count each chat once only."
        ),
    ),
    "queue": (
        N_("How are source queues named?"),
        N_(
            "A source queue has the name of the Freshchat group that the chat was in when it was resolved, such as "
            "*Kundensupport*. When a group is renamed, a new source queue begins; the one before it keeps its "
            "contacts and its name."
        ),
    ),
    "undefined": (
        N_("What does Undefined_Queue mean?"),
        N_(
            "There, contacts are counted whose chat had no group when it was resolved, and those of deleted and spam "
            "chats whose group cannot be told any more. For shift planning it usually does not matter. If it grows, "
            "look in Freshchat why chats are resolved without being assigned to a group."
        ),
    ),
    "stopped": (
        N_("What can I do when data stops?"),
        N_(
            "The overview says since when contacts are missing, and why. Mostly it is one of two things. Either the "
            "injixo API key that the injixo app uses is not valid any more: generate a new one and paste it on the "
            "app's installation page in Freshchat. Or the app was switched off or removed in Freshchat: switch it on "
            "again. If neither is the case, the support bundle on the data flow page holds what injixo support needs. "
            "The contacts that were missed are then fetched from Freshchat."
        ),
    ),
    "statuses": (
        N_("Why is the status Operational although no data comes?"),
        N_(
            "The status says one thing only: whether Freshchat accepts the Freshchat API key with which Stillwatch "
            "asks. Contacts come another way: the injixo app sends them, with a key of its own. Whether they come "
            "is what the data flow says."
        ),
    ),
    "differ": (
        N_("Why do figures differ from Freshchat's own reports?"),
        N_(
            "Four reasons are common. Freshchat's reports cut days in the time zone of the account, and Stillwatch in "
            "that of the integration. Reports count what was created or assigned unless they are set to resolved "
            "interactions, and only these are contacts. A report names a group as it is called today, and Stillwatch "
            "as it was called at the time. And an integration that counts each chat only once shows less than "
            "Freshchat. Each day that is over is compared with Freshchat's own figures: a seal says that both are "
            "equal."
        ),
    ),
}
"""Each question with its answer."""

FIRST: dict[str, str] = {
    "contacts": "contact",
    "freshness": "stopped",
    "integrations": "statuses",
    "integration": "statuses",
}
"""What is open at first, by the address of the page."""


def help_button(page: str, words: Words) -> None:
    """Draw the button that opens the help, in the sidebar of every page. ``page``: the address."""
    if st.button(words.text("Help"), key="help", icon=":material/help:", type="tertiary", width="content"):
        st.dialog(words.text("Help"), width="medium", icon=":material/help:")(_help)(page, words)


def _help(page: str, words: Words) -> None:
    first = FIRST.get(page, "stopped")
    for name in sorted(QUESTIONS, key=lambda name: name != first):
        question, answer = QUESTIONS[name]
        with st.expander(words.text(question), expanded=name == first):
            st.markdown(words.text(answer))
