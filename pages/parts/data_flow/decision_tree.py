"""The FAQ as a tree: the way that holds with the next step as a button, and every question on demand."""

import streamlit as st

from pages.parts.data_flow.fetching import fetch_now
from pages.parts.integration.actions import pause_button
from pages.parts.integration.tabs import TAB, tab_of
from pages.parts.integration_choice import KEY
from pages.parts.reader import current, may
from services.causes import DataFlow, Question
from services.translation import N_, Words
from services.watch.bundle import as_json, support_bundle
from services.watch.bundle_page import as_page
from services.watch.data_flow import Freshness
from services.watch.faq import LEAVES, QUESTIONS
from services.watch.words import QUESTION_TEXTS, advice

ON_THE_INTEGRATION = {
    "generate_key": N_("Install the injixo app"),
    "paste_public_key": N_("To the webhook"),
    "correct_webhook_address": N_("To the webhook"),
    "install_app": N_("Install the injixo app"),
    "paste_new_key": N_("Generate a new key"),
    "paste_waiting_key": N_("To the injixo API keys"),
    "renew_freshchat_key": N_("Save a new Freshchat API key"),
    "save_freshchat_key": N_("Save a Freshchat API key"),
}
NOT_ASKED: dict[DataFlow, str] = {
    "unknown": N_("While the state is unknown, none of these questions can be answered."),
    "paused": N_("While the integration is paused, none of these questions is asked."),
}
IN_FRESHCHAT = ("check_app", "switch_webhook_on", "check_group", "wait_for_freshchat")


def decision_tree(shown: Freshness, words: Words) -> None:
    """Draw the questions that were asked with their answers, where they lead, and the whole tree on demand."""
    st.header(words.text("The way to the cause"), anchor=False)
    if shown.verdict.data_flow in NOT_ASKED:
        st.info(words.text(NOT_ASKED[shown.verdict.data_flow]))
        return
    answers = dict(shown.path.answers)
    if shown.path.step == "contact_support" and shown.integration.configuration != "operational":
        answers.pop("freshchat_answers", None)  # it cannot be asked, which does not change the way
    with st.container(border=True, gap="xsmall"):
        for number, question in enumerate(QUESTIONS, start=1):
            if question in answers:
                answer = words.text("Yes") if answers[question] else words.text("No")
                st.markdown(f"**{_numbered(number, question, words)}** :blue-badge[{answer}]")
        _branch(shown, words)
        with st.expander(words.text("All questions"), key="all_questions"):
            for number, question in enumerate(QUESTIONS, start=1):
                _leaf(number, question, words)
            st.caption(f"→ {advice('contact_support', words)}")


def next_step(shown: Freshness, words: Words, *, key: str) -> None:
    """Draw the next step as a button; nothing when there is nothing to do."""
    step, integration = shown.path.step, shown.integration
    fetch_now(shown, words, key=key)
    if (step in ON_THE_INTEGRATION or step == "resume") and not may("admin"):
        st.caption(words.text("An admin can do this."))
    elif step in ON_THE_INTEGRATION:
        if st.button(
            words.text(ON_THE_INTEGRATION[step]),
            key=f"step_{key}",
            type="primary",
            icon=":material/arrow_forward:",
        ):
            st.switch_page(
                "integration.py", query_params={KEY: integration.integration_id, TAB: tab_of(step)}
            )
    elif step in IN_FRESHCHAT:
        st.link_button(
            words.text("Open Freshchat"),
            f"https://{integration.domain}",
            type="primary",
            icon=":material/open_in_new:",
        )
    elif step == "resume":
        pause_button(shown, words)
    elif step in ("contact_support", "fetch_missing"):
        with st.container(horizontal=True, width="content"):
            bundle_buttons(integration.integration_id, words, key=key, chosen=step == "contact_support")


def bundle_buttons(integration_id: str, words: Words, *, key: str, chosen: bool = False) -> None:
    """Offer the support bundle as a page to read and as JSON."""

    def page() -> str:
        return as_page(support_bundle(current(), integration_id, words.language), words)

    def json() -> bytes:
        return as_json(support_bundle(current(), integration_id, words.language))

    name = f"stillwatch-support-{integration_id}"
    st.download_button(
        words.text("Support bundle"),
        page,
        f"{name}.html",
        "text/html",
        key=f"bundle_{key}",
        icon=":material/download:",
        type="primary" if chosen else "secondary",
        on_click="ignore",
    )
    st.download_button(
        words.text("As JSON"), json, f"{name}.json", "application/json", key=f"json_{key}", on_click="ignore"
    )


def _numbered(number: int, question: Question, words: Words) -> str:
    return f"{number}. {words.text(QUESTION_TEXTS[question])}"


def _leaf(number: int, question: Question, words: Words) -> None:
    """Draw a question, and where the answer leads that leaves the tree there."""
    leaving, leaf = LEAVES[question]
    answer = words.text("Yes") if leaving else words.text("No")
    st.markdown(_numbered(number, question, words))
    st.caption(f"{answer} → {advice(leaf, words)}")


def _branch(shown: Freshness, words: Words) -> None:
    """Draw where the way leads, with its button."""
    with st.container(gap="small", key="branch"):
        st.markdown(f":material/arrow_forward: **{advice(shown.path.step, words)}**")
        next_step(shown, words, key="tree")
