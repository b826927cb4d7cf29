"""How one integration is doing, over its tabs; what Freshchat said to its credentials; and where both are mended."""

import streamlit as st

from pages.parts.address import step
from pages.parts.data_flow.decision_tree import ON_THE_INTEGRATION
from pages.parts.integration.actions import paused_note
from pages.parts.integration.tabs import TAB, Tab, tab_of
from pages.parts.integration_choice import KEY
from pages.parts.plain import plain
from pages.parts.reader import current, may
from pages.parts.status import configuration_advice, configuration_look, status_pair
from services.system import NotFound
from services.translation import N_, Words
from services.watch.data_flow import Freshness, freshness
from services.watch.words import headline


def state(integration_id: str, words: Words) -> None:
    """Say how the integration is doing, and lead to what mends it."""
    try:
        shown = freshness(current(), integration_id)
    except NotFound:
        st.rerun()
    status_pair(shown, words)
    if shown.integration.paused_at is None:
        st.markdown(plain(headline(shown.verdict, words)))
        _mend(shown, words)
    else:
        paused_note(shown.integration.paused_at, words)


def credentials(integration_id: str, words: Words) -> None:
    """Say what Freshchat said last to the credentials, and when; lead to where they are mended."""
    try:
        integration = current().integration(integration_id)
    except NotFound:
        return
    advice = configuration_advice(integration, words)
    if advice and integration.configuration == "operational":
        st.markdown(f":green[:material/check_circle:] {advice}")
    elif advice:
        _, (colour, icon) = configuration_look(integration)
        (st.error if colour == "red" else st.warning)(advice, icon=icon)
    checked = integration.configuration_checked_at
    if checked is not None:
        st.caption(words.text("Credentials last checked {moment}.", moment=words.moment(checked)))
    mended = not advice or integration.configuration == "operational"
    if not mended and may("admin"):
        _tab_button("settings", N_("To the credentials"), words)


def _mend(shown: Freshness, words: Words) -> None:
    """Draw the one next step of a data flow that is broken; while an integration is set up, its steps lead on."""
    to_do = shown.path.step
    if shown.verdict.data_flow == "waiting":
        return
    if to_do in ON_THE_INTEGRATION and may("admin"):
        _tab_button(tab_of(to_do), ON_THE_INTEGRATION[to_do], words, chosen=True)
    elif shown.verdict.broken:
        st.page_link(
            "data_flow.py",
            label=words.text(N_("See why and what to do")),
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={KEY: shown.integration.integration_id},
        )


def _tab_button(tab: Tab, name: str, words: Words, *, chosen: bool = False) -> None:
    """Draw a button that opens a tab of this page."""
    if st.button(
        words.text(name),
        key=f"to_{tab}_{chosen}",
        type="primary" if chosen else "secondary",
        icon=":material/arrow_forward:",
    ):
        step(**{TAB: tab})
        st.rerun()
