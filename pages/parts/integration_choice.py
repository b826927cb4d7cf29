"""Which integration the reader looks at."""

import streamlit as st

from pages.parts.address import chosen_anew, read_choice
from services.system import System
from services.translation import Words

KEY = "integration"
ALL = "all"


def choose_integration(system: System, words: Words, *, with_all: bool = False) -> str | None:
    """Draw the choice and return the integration's id; None for all of them. There must be one at least.

    The address names the integration by its id, which outlives a new name.
    """
    integrations = {integration.integration_id: integration for integration in system.directory.active()}
    options = [ALL, *integrations] if with_all and len(integrations) > 1 else list(integrations)
    read_choice(KEY, options, options[0])
    chosen = st.selectbox(
        words.text("Integration"),
        options,
        format_func=lambda option: (
            words.text("All integrations") if option == ALL else integrations[option].name
        ),
        key=KEY,
        on_change=chosen_anew,
        args=(KEY,),
        label_visibility="collapsed",
        width=320,
        persist_state="session",
    )
    return None if chosen == ALL else chosen
