"""What a click changes and what is shown of it happen in full, whatever else the browser asks in that moment.

Streamlit breaks off a callback at its next ``st`` when another request of the same window has come meanwhile (a second
click, or a part of the page that refreshes itself) or the connection ended, and never calls it again. What was changed
by then stays changed, and a key that was made would be lost before anybody saw it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

Made = TypeVar("Made")
Drawer = dict[str, Any]
LOCK = "lock"


def drawer() -> Drawer:
    """Return what clicks have made in this session and is still to be shown. Writing into it asks nothing of ``st``.

    Its lock is held by whoever adds something.
    """
    kept: Drawer = st.session_state.setdefault("drawer", {LOCK: Lock()})
    return kept


@contextmanager
def one_at_a_time() -> Iterator[Drawer]:
    """Keep the second of two clicks waiting, and give the drawer.

    Streamlit runs a second click on the page beside the first, and breaks that off at its next ``st``. What the first
    one added it notes in the drawer in here, where the second one finds it.
    """
    kept = drawer()
    with kept[LOCK]:
        yield kept


def in_full(change: Callable[[Drawer], Made], show: Callable[[Made], None]) -> None:
    """For a callback: make the change once, and show what came of it.

    ``change`` asks Streamlit (for what was entered) before it changes anything, never after: where it is broken off it
    begins anew. What must not be lost it puts into the drawer: after the end of a connection nothing else of the
    session can be written. ``show`` may be called again at any point. The request that came meanwhile is served
    afterwards.
    """
    waiting: list[RerunException] = []
    kept = _undisturbed(drawer, waiting)
    with kept[LOCK]:
        made = _undisturbed(lambda: change(kept), waiting)
    _undisturbed(lambda: show(made), waiting)
    if waiting:
        raise waiting[-1]


def _undisturbed(step: Callable[[], Made], waiting: list[RerunException]) -> Made:
    while True:
        try:
            return step()
        except RerunException as another:  # each request breaks off once
            waiting.append(another)
