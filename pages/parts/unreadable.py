"""An integration of which something stored cannot be read: it is named, and keeps no other from being shown."""

import streamlit as st

from pages.parts.language import words_for
from pages.parts.live import DAMAGED
from pages.parts.plain import plain
from pages.parts.reader import may


def unreadable(integration_id: str, name: str) -> None:
    """Draw the integration in the place of what cannot be said of it."""
    words = words_for()
    with st.container(border=True):
        st.header(plain(name), anchor=False)
        st.error(words.text(DAMAGED), icon=":material/error:")
        if may("admin"):
            st.page_link(
                "integration.py",
                label=words.text("Settings and credentials"),
                icon=":material/settings:",
                query_params={"integration": integration_id},
            )
