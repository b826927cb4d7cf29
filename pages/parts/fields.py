"""Fields for text that commit what is visible, however the reader leaves them."""

from typing import Any, Literal

import streamlit as st

Kept = Literal["session"] | None
"""How long a field keeps what was typed while it is not drawn: for the visit, in the reader's session; or not."""


def text_field(label: str, value: str = "", *, key: str, **more: Any) -> str:
    """Draw a field for one line of text outside of a form, and return what it shows.

    Streamlit commits a text when the focus leaves the whole widget. The next Tab, or Shift+Tab, goes to the button
    that shows a password or to the one that shows the help: both are parts of the widget, so that nothing would be
    committed, then or later. ``live`` commits with each change, before any focus moves.
    """
    return st.text_input(label, value, key=key, live="0ms", **more) or ""
