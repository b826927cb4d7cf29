"""The reader's language: the browser's at first, then whatever was chosen in the sidebar, in later visits too."""

import streamlit as st

from pages.parts.address import chosen_anew, read_choice
from services.regions import time_zones
from services.translation import LANGUAGE_COOKIE, LANGUAGES, N_, Words, language_of

CHOICE = "language"
CHOSEN = "language_chosen"


def words_for(time_zone: str = "UTC", *, with_own_time: bool = False) -> Words:
    """Return how this reader is spoken to; ``with_own_time``: moments are told in the reader's time zone as well."""
    own = st.context.timezone if with_own_time else None
    language = st.session_state.get(CHOICE) or _usual()
    return Words(language, time_zone, own if own in time_zones() else "")


def read_language() -> None:
    """Take the language up. The address keeps it, so that it outlives a reload and a link carries it along.

    What was chosen is remembered in a cookie (pages/parts/frame.py) and is the language of the next visit.
    """
    read_choice(CHOICE, list(LANGUAGES), _usual())


def choose_language() -> None:
    """Draw the choice."""
    st.segmented_control(
        " / ".join(Words(code).text(N_("Language")) for code in LANGUAGES),
        list(LANGUAGES),
        format_func=lambda code: LANGUAGES[code].name,
        key=CHOICE,
        on_change=_chosen,
        label_visibility="collapsed",
        required=True,
    )


def _chosen() -> None:
    chosen_anew(CHOICE)
    st.session_state[CHOSEN] = True


def _usual() -> str:
    remembered = st.context.cookies.get(LANGUAGE_COOKIE)
    return remembered if remembered in LANGUAGES else language_of(_locale_at_first())


def _locale_at_first() -> str | None:
    """Return the browser's language as it was when the visit began: later we tell Streamlit the chosen one."""
    locale: str | None = st.session_state.setdefault("locale_at_first", st.context.locale)
    return locale
