"""The source queues that a reader always looks at, remembered in the browser as the language is."""

import re
import zlib
from collections.abc import Sequence

import streamlit as st

COOKIE = "stillwatch_favourites"
_KEPT = "favourites"
_MOST = 60
"""Of all integrations together: a cookie has room for 4,000 bytes."""

_JS = r"""
export default function ({ data }) {
    if (data.text === null) return
    document.cookie = `${data.cookie}=${data.text}; path=/; max-age=31536000; samesite=lax`
}
"""
_component = st.components.v2.component("stillwatch_favourites", html="<span hidden></span>", js=_JS)


def favourites_of(integration_id: str, queues: Sequence[str]) -> list[str]:
    """Return the favourites among the queues, in their order."""
    marks = _marks()
    return [queue for queue in queues if _mark(integration_id, queue) in marks]


def keep_favourites(integration_id: str, chosen: Sequence[str]) -> None:
    """Remember these queues instead of what was remembered of the integration; for a button's ``on_click``."""
    others = [mark for mark in _marks() if not mark.startswith(f"{_short(integration_id)}-")]
    kept = [*(_mark(integration_id, queue) for queue in chosen), *others]
    st.session_state[_KEPT] = kept[:_MOST]


def remember_favourites() -> None:
    """Have the browser keep what was chosen in this visit; draws nothing that is seen."""
    kept = st.session_state.get(_KEPT)
    _component(
        key="favourites_cookie",
        height=1,
        data={"cookie": COOKIE, "text": None if kept is None else ".".join(kept)},
    )


def _marks() -> list[str]:
    if (kept := st.session_state.get(_KEPT)) is not None:
        return list(kept)
    found = st.context.cookies.get(COOKIE) or ""
    return [mark for mark in found.split(".") if re.fullmatch(r"[0-9a-f]{1,8}-[0-9a-f]{1,8}", mark)][:_MOST]


def _mark(integration_id: str, queue: str) -> str:
    """Return a short sign for the queue: names are long, and no cookie's business."""
    return f"{_short(integration_id)}-{_short(queue)}"


def _short(text: str) -> str:
    return f"{zlib.crc32(text.encode()):x}"
