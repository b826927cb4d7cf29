"""Which integration the reader looks at."""

import streamlit as st

from pages.parts.address import read_choice, step
from pages.parts.plain import plain
from services.system import System
from services.translation import Words

KEY = "integration"
ALL = "all"
QUEUES = "queues"
"""The choice of source queues, which are those of one integration."""

INCIDENT = "incident"
"""The incident that a link names."""


def asked_for_deleted(system: System) -> str | None:
    """Return the id of the deleted integration that the address names."""
    asked = st.query_params.get(KEY)
    return next(
        (gone.integration_id for gone in system.directory.deleted() if gone.integration_id == asked), None
    )


def choose_integration(system: System, words: Words, *, with_deleted: bool = False) -> str:
    """Draw the choice and return the integration's id. There must be one at least.

    The address names the integration by its id, which outlives a new name. A deleted one is offered ``with_deleted``
    when the address names it.
    """
    names = {integration.integration_id: integration.name for integration in system.directory.active()}
    deleted = asked_for_deleted(system) if with_deleted else None
    if deleted is not None:
        names[deleted] = words.text("{name} (deleted)", name=system.integration_with_history(deleted).name)
    options = list(names)
    asked = st.query_params.get(KEY)
    unknown = bool(asked) and asked not in options
    if unknown:
        st.session_state[KEY] = None
    else:
        read_choice(KEY, options, options[0])
    chosen = st.selectbox(
        words.text("Integration"),
        options,
        index=None,
        format_func=names.__getitem__,
        key=KEY,
        on_change=_chosen,
        placeholder=words.text("Choose an integration"),
        label_visibility="collapsed",
        width=320,
        persist_state="session",
    )
    if unknown:
        said = words.text(
            "There is no integration with the id **{id}**; it may have been deleted.", id=plain(asked or "")
        )
        st.warning(said, icon=":material/search_off:")
        st.stop()
    assert chosen is not None
    return chosen


def _chosen() -> None:
    """Note the choice, in one step with the end of the choice of queues, which are another integration's."""
    step(**{KEY: st.session_state[KEY], QUEUES: None, INCIDENT: None})
    st.session_state.pop(QUEUES, None)
