"""Who is reading, where a reverse proxy with sign-in tells it."""

import streamlit as st

UNNAMED = "interface"


def name_of_reader() -> str:
    """Return the signed-in user's name (see ``server.trustedUserHeaders``), or that it was the interface."""
    user = st.user.to_dict()
    found = next((user[claim] for claim in ("username", "name", "email") if user.get(claim)), UNNAMED)
    return str(found)[:100]
