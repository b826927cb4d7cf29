"""What a new Stillwatch shows: what it does, and the one next step."""

import streamlit as st

from pages.parts.language import words_for
from pages.parts.reader import may


def welcome() -> None:
    """Lead to the first integration, or say who can."""
    _ = words_for().text
    with st.container(width=720):
        st.title(_("Welcome to Stillwatch"), anchor=False)
        st.markdown(
            _(
                "Stillwatch counts the contacts of your Freshchat account per source queue, and notices when they "
                "silently stop coming."
            )
        )
        if not may("admin"):
            st.info(_("There is nothing for you to see yet: an admin adds the integrations."))
            return
        with st.container(border=True):
            st.subheader(_("Connect your Freshchat account"), anchor=False)
            st.markdown(
                "\n".join(
                    (
                        "1. " + _("Add the integration with your Freshchat domain and API key."),
                        "2. " + _("Install the injixo app in Freshchat and give it the injixo API key."),
                        "3. " + _("See each resolved chat as a contact here, seconds later."),
                    )
                )
            )
            if st.button(_("Add integration"), type="primary", icon=":material/add:"):
                st.switch_page("add_integration.py")
        st.caption(_("You need a Pro or Enterprise account at Freshchat."))
