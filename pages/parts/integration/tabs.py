"""The tabs of an integration's page, of which the address names the one that is open."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.address import asked, step
from pages.parts.reader import may
from services.causes import Step
from services.translation import N_, Words

Tab = Literal["status", "keys", "settings", "history"]
TAB = "tab"
TAB_NAMES: dict[Tab, str] = {
    "status": N_("Status"),
    "keys": N_("App and keys"),
    "settings": N_("Settings"),
    "history": N_("History"),
}
FOR_ADMINS: frozenset[Tab] = frozenset({"keys", "settings"})


def tab_of(to_do: Step) -> Tab:
    """Return the tab on which a step is done."""
    if to_do == "resume":
        return "status"
    return "settings" if to_do in ("renew_freshchat_key", "save_freshchat_key") else "keys"


def draw_tabs(integration_id: str, words: Words, *, first: Tab) -> dict[Tab, DeltaGenerator]:
    """Draw the tabs that the reader may see, and return what holds the content of each.

    The content of all is drawn, so that what was typed on one is not lost on another. ``first`` is open where the
    address names none; it stays so for the visit, or the page would jump when the set-up is complete.
    """
    names = [name for name in TAB_NAMES if name not in FOR_ADMINS or may("admin")]
    labels = [words.text(TAB_NAMES[name]) for name in names]
    first = st.session_state.setdefault(f"first tab of {integration_id}", first)
    opened = asked(TAB, names, first if first in names else names[0])
    key = f"{TAB}_{words.language}"  # Streamlit knows a tab by its label
    st.session_state[key] = labels[list(names).index(opened)]  # type: ignore[arg-type]
    drawn = st.tabs(labels, key=key, on_change=_opened, args=(key, names, labels))
    return dict(zip(names, drawn, strict=True))


def _opened(key: str, names: Sequence[Tab], labels: Sequence[str]) -> None:
    step(**{TAB: names[labels.index(st.session_state[key])]})
