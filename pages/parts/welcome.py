"""What a new Stillwatch shows: what it does, the way to the first contact, and the one next step."""

import streamlit as st

from pages.parts.language import words_for
from pages.parts.overview.set_up import set_up_steps
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
            st.header(_("Connect your Freshchat account"), anchor=False)
            set_up_steps(frozenset(), words_for())
            if st.button(_("Add integration"), type="primary", icon=":material/add:"):
                st.switch_page("add_integration.py")
        st.caption(
            _(
                "You can stop after each step: it is kept, and the overview leads on from there. "
                "You need a Pro or Enterprise account at Freshchat."
            )
        )
