"""Choices that the page's address keeps, so that a link, a reload and the browser's Back show the same again.

Streamlit's own binding writes the labels, which change with the language; this writes the values. Each change of the
address is one entry of the browser's history: what belongs to one step is written at once.
"""

from collections.abc import Collection, Sequence

import streamlit as st


def step(**changes: str | Sequence[str] | None) -> None:
    """Change the address in one step, which one press of Back undoes; nothing (None or empty) drops a choice."""
    before = {key: st.query_params.get_all(key) for key in st.query_params}
    after = before | {
        key: [value] if isinstance(value, str) else list(value or ()) for key, value in changes.items()
    }
    kept = {key: values for key, values in after.items() if values}
    if kept != before:
        st.query_params.from_dict(kept)


def remembered(keys: Collection[str], *, drawn: str) -> None:
    """Bring a visit's choices back into the address when the reader comes to the page again by the navigation.

    ``drawn``: the key of a widget that every run of this page draws and no other page does, without a state that is
    kept: while it is there the reader stayed on the page, and the address alone counts, so that Back goes back.
    """
    store = f"address of {drawn}"
    if drawn not in st.session_state and not any(key in st.query_params for key in keys):
        step(**st.session_state.get(store, {}))
    st.session_state[store] = {key: st.query_params.get_all(key) for key in keys if key in st.query_params}


def asked(key: str, options: Sequence[str], default: str) -> str:
    """Return which of the options the address names, the default when it names none of them."""
    found = st.query_params.get(key)
    return found if found is not None and found in options else default


def read_choice(key: str, options: Sequence[str], default: str) -> None:
    """Set the widget's state before it is drawn: the address counts, then what was chosen before, then the default."""
    found, before = st.query_params.get(key), st.session_state.get(key)
    chosen = found if found in options else before if before in options else default
    assert chosen is not None
    st.session_state[key] = chosen
    if key in st.query_params or chosen != default:
        step(**{key: chosen})


def chosen_anew(key: str) -> None:
    """Note in the address what the reader has just chosen; for a widget's ``on_change``."""
    step(**{key: st.session_state[key]})
