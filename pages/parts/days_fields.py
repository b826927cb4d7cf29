"""Two days, the last one included: Streamlit's own field for a range offers English spans and half a choice."""

from datetime import date

import streamlit as st

from services.translation import Words


def days_fields(
    first: date, last: date, words: Words, *, earliest: date | None = None, latest: date | None = None
) -> tuple[date, date]:
    """Draw both fields side by side, filled with these days at first, and return what they show."""
    with st.container(horizontal=True):
        begin = st.date_input(words.text("First day"), first, earliest, latest, format=words.typed_day)
        end = st.date_input(words.text("Last day (included)"), last, earliest, latest, format=words.typed_day)
    return begin, end
