"""All integrations at a glance, the worst first."""

import streamlit as st

from pages.parts.integration_choice import KEY
from pages.parts.language import words_for
from pages.parts.plain import plain
from pages.parts.reader import current
from pages.parts.status import status_pair
from pages.parts.unreadable import unreadable
from services.causes import DataFlow
from services.system import Damaged
from services.watch.data_flow import Freshness, freshness
from services.watch.words import headline

WORST_FIRST: tuple[DataFlow, ...] = (
    "confirmed_loss",
    "silent",
    "partial_loss",
    "unknown",
    "quieter_than_usual",
    "waiting",
    "learning",
    "nothing_expected",
    "receiving",
    "paused",
)


def overview() -> None:
    """Draw one card for each integration."""
    system = current()
    found = []
    for integration in system.directory.active():
        try:
            found.append(freshness(system, integration.integration_id))
        except Damaged:
            unreadable(integration.integration_id, integration.name)
    for shown in sorted(found, key=lambda shown: WORST_FIRST.index(shown.verdict.data_flow)):
        _card(shown)


def _card(shown: Freshness) -> None:
    integration = shown.integration
    words = words_for(integration.time_zone)
    with st.container(border=True, key=f"card_{integration.integration_id}"):
        what, state, more = st.columns([11, 9, 3], vertical_alignment="center")
        with what:
            st.subheader(plain(integration.name), anchor=False)
            st.markdown(plain(headline(shown.verdict, words)))
        with state:
            status_pair(shown, words)
        with more:
            st.button(
                words.text("Details"),
                key=f"details_{integration.integration_id}",
                icon=":material/arrow_forward:",
                on_click=_look_at,
                args=(integration.integration_id,),
            )


def _look_at(integration_id: str) -> None:
    st.query_params[KEY] = integration_id
    st.rerun()
