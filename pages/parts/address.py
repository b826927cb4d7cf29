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


def read_choices(key: str, options: Sequence[str]) -> list[str]:
    """Set the state of a widget with several choices before it is drawn, and return what the address asks in vain.

    What is asked in vain stays in the address until the reader chooses anew: a reload says the same again.
    """
    asked = list(dict.fromkeys(filter(None, st.query_params.get_all(key))))
    chosen = [choice for choice in asked or st.session_state.get(key, []) if choice in options]
    st.session_state[key] = chosen
    if chosen and not asked:
        st.query_params[key] = chosen
    return [choice for choice in asked if choice not in options]


def several_chosen_anew(key: str) -> None:
    """Note in the address what the reader has just chosen of several; for a widget's ``on_change``."""
    if chosen := st.session_state[key]:
        st.query_params[key] = chosen
    else:
        st.query_params.pop(key, None)


def forget(key: str) -> None:
    """Drop a choice that makes no sense any more, from the address and from the visit."""
    st.query_params.pop(key, None)
    st.session_state.pop(key, None)
