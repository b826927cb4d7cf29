"""Who may sign in: inviting people, their roles and integrations, and removing them; tokens for programs."""

import streamlit as st

from pages.parts.language import words_for
from pages.parts.people.people import add_form, person_card, show_invitation
from pages.parts.people.tokens import tokens_section
from pages.parts.reader import current, signs_in
from services.signing_in.people import listed_people

words = words_for()
_ = words.text
with st.container(width=820):
    st.title(_("People and programs"), anchor=False)
    if signs_in():
        st.header(_("People"), anchor=False)
        show_invitation(words)
        for person in listed_people(current()):
            person_card(person, words)
        add_form(words)
    else:
        told = _(
            "Nobody signs in: Stillwatch listens on this computer only. To let others in, set `STILLWATCH_SIGN_IN`."
        )
        st.info(told, icon=":material/lock_open:")
    tokens_section(words)
