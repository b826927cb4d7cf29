"""Which integration the reader looks at."""

import streamlit as st

from pages.parts.address import chosen_anew, read_choice
from services.system import System
from services.translation import Words

KEY = "integration"
ALL = "all"


def asked_for_deleted(system: System) -> str | None:
    """Return the id of the deleted integration that the address names."""
    asked = st.query_params.get(KEY)
    return next(
        (gone.integration_id for gone in system.directory.deleted() if gone.integration_id == asked), None
    )


def choose_integration(
    system: System, words: Words, *, with_all: bool = False, with_deleted: bool = False
) -> str | None:
    """Draw the choice and return the integration's id; None for all of them. There must be one at least.

    The address names the integration by its id, which outlives a new name. A deleted one is offered ``with_deleted``
    when the address names it.
    """
    names = {integration.integration_id: integration.name for integration in system.directory.active()}
    deleted = asked_for_deleted(system) if with_deleted else None
    if deleted is not None:
        names[deleted] = words.text("{name} (deleted)", name=system.integration_with_history(deleted).name)
    options = [ALL, *names] if with_all and len(names) > 1 else list(names)
    read_choice(KEY, options, options[0])
    chosen = st.selectbox(
        words.text("Integration"),
        options,
        format_func=lambda option: words.text("All integrations") if option == ALL else names[option],
        key=KEY,
        on_change=chosen_anew,
        args=(KEY,),
        label_visibility="collapsed",
        width=320,
        persist_state="session",
    )
    return None if chosen == ALL else chosen
