"""Fetching from Freshchat what is missing: the button, and what is said when it cannot be."""

from collections.abc import Callable

import streamlit as st

from pages.parts.reader import current
from services.backfill.jobs import BadSpan, TooManyJobs
from services.translation import N_, Words
from services.watch.data_flow import Freshness
from services.watch.history import fetch_missing, fetching, missing_since

WHY_NOT = {
    "under_way": N_("The missing contacts are being fetched."),
    "no_key": N_("Without a Freshchat API key the missing contacts cannot be fetched."),
}


def fetch_now(shown: Freshness, words: Words, *, key: str) -> None:
    """Draw the button where contacts are missing that can be fetched; nothing otherwise."""
    since, integration_id = missing_since(shown.verdict), shown.integration.integration_id
    if since is None:
        return
    state = fetching(current(), integration_id, since)
    if state in WHY_NOT:
        st.caption(words.text(WHY_NOT[state]))
        return
    st.button(
        words.text("Fetch now"),
        key=f"fetch_now_{key}",
        type="primary",
        icon=":material/cloud_download:",
        on_click=lambda: or_say_why(lambda: fetch_missing(current(), integration_id, since), words),
    )


def or_say_why(fetch: Callable[[], None], words: Words) -> None:
    """Ask for a backfill, or say why there can be none."""
    try:
        fetch()
    except BadSpan:
        st.toast(words.text("Freshchat has no reports on this time any more."), icon=":material/error:")
    except TooManyJobs:
        st.toast(words.text("Too many backfills are waiting: try again later."), icon=":material/error:")
