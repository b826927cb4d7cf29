"""The reader's language: the browser's at first, then whatever was chosen in the sidebar."""

import streamlit as st

from pages.parts.address import chosen_anew, read_choice
from services.translation import LANGUAGES, Words, language_of

CHOICE = "language"


def words_for(time_zone: str = "UTC") -> Words:
    """Return how this reader is spoken to."""
    return Words(st.session_state.get(CHOICE) or language_of(st.context.locale), time_zone)


def choose_language() -> None:
    """Draw the choice. The address keeps it, so that it outlives a reload and a link carries it along."""
    read_choice(CHOICE, list(LANGUAGES), language_of(st.context.locale))
    st.segmented_control(
        "Sprache / Language",
        list(LANGUAGES),
        format_func=lambda code: LANGUAGES[code].name,
        key=CHOICE,
        on_change=chosen_anew,
        args=(CHOICE,),
        label_visibility="collapsed",
        required=True,
    )
