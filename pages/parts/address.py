"""Choices that the page's address keeps, so that a link or a reload shows the same again.

Streamlit's own binding writes the labels, which change with the language; this writes the values.
"""

from collections.abc import Sequence

import streamlit as st


def read_choice(key: str, options: Sequence[str], default: str) -> None:
    """Set the widget's state before it is drawn: the address counts, then what was chosen before, then the default."""
    asked, before = st.query_params.get(key), st.session_state.get(key)
    chosen = asked if asked in options else before if before in options else default
    assert chosen is not None
    st.session_state[key] = chosen
    write_choice(key, chosen, default)


def write_choice(key: str, chosen: str, default: str) -> None:
    """Write the choice into the address, which stays short while it is the default."""
    if chosen == default:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != chosen:
        st.query_params[key] = chosen


def chosen_anew(key: str) -> None:
    """Note in the address what the reader has just chosen; for a widget's ``on_change``."""
    st.query_params[key] = st.session_state[key]
