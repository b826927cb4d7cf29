"""The tabs of the contacts page, of which the address names the one that is open."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.address import asked, step
from services.translation import N_, Words

AS = "as"
AS_NAMES: dict[str, str] = {
    "chart": N_("Chart"),
    "multiples": N_("Side by side"),
    "hours": N_("Hours of the week"),
    "queues": N_("By source queue"),
    "table": N_("Table"),
}


def choose_tab(words: Words) -> tuple[str, DeltaGenerator]:
    """Draw the tabs; return the name of the open one and the container of what it holds."""
    names = list(AS_NAMES)
    labels = [words.text(AS_NAMES[name]) for name in names]
    opened = asked(AS, names, names[0])
    # Streamlit knows a tab by its label, which is another one in another language.
    key = f"contacts_as_{words.language}"
    st.session_state[key] = labels[names.index(opened)]
    tabs = st.tabs(labels, key=key, on_change=_opened, args=(key, names, labels))
    return opened, tabs[names.index(opened)]


def _opened(key: str, names: Sequence[str], labels: Sequence[str]) -> None:
    chosen = names[labels.index(st.session_state[key])]
    step(**{AS: None if chosen == names[0] else chosen})
