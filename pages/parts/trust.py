"""Data flow at a glance, above figures that rest on it."""

from datetime import datetime

import streamlit as st

from pages.parts.language import words_for
from pages.parts.plain import plain
from pages.parts.status import DATA_FLOW_LOOKS, data_flow_badge
from services.causes import CAUSES
from services.system import current
from services.translation import N_, Words
from services.watch.data_flow import Freshness, freshness
from services.watch.words import headline

TRUST: dict[str, str] = {
    "green": N_("These figures are complete."),
    "blue": N_("Whether these figures are complete cannot be told yet."),
    "orange": N_("These figures may be incomplete."),
    "red": N_("These figures are incomplete: contacts are missing."),
}
MISSING_SINCE = N_("These figures are incomplete: contacts have been missing since {since}.")


def trust_line(integration_id: str, goes_on: bool) -> None:
    """Say whether the integration's figures can be trusted, and why.

    ``goes_on``: whether figures of now are shown. Of a period that is over, the state of now says nothing.
    """
    system = current()
    shown = freshness(system, integration_id)
    words = words_for(shown.integration.time_zone)
    told = f"{trust(shown, words)} {reason(shown, words)}" if goes_on else _now(shown, words)
    with st.container(horizontal=True, vertical_alignment="center", key="trust"):
        data_flow_badge(shown, words)
        st.markdown(told, width="content")
        st.page_link(
            "data_flow.py",
            label=words.text("See why"),
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"integration": integration_id},
        )


def deleted_line(deleted_at: datetime, words: Words) -> None:
    """Say until when a deleted integration's figures go."""
    told = N_("Deleted on {moment}. The contacts counted until then are kept; nothing comes after it.")
    st.info(words.text(told, moment=words.moment(deleted_at)), icon=":material/delete:")


def trust(shown: Freshness, words: Words) -> str:
    """Return one sentence in bold; none where there is nothing to trust yet."""
    verdict = shown.verdict
    if verdict.data_flow in ("waiting", "paused"):
        return ""
    if verdict.broken and verdict.since is not None:
        return f"**{words.text(MISSING_SINCE, since=words.moment(verdict.since))}**"
    looks_like = {"unknown": "orange", "nothing_expected": "green"}
    colour = looks_like.get(verdict.data_flow, DATA_FLOW_LOOKS[verdict.data_flow][0])
    return f"**{words.text(TRUST[colour])}**"


def reason(shown: Freshness, words: Words) -> str:
    """Return the cause where there is one by name, else what is the case. The evidence is the data flow page's."""
    verdict = shown.verdict
    if verdict.broken and not CAUSES[verdict.cause].vague:
        queues = f" ({', '.join(verdict.queues)})" if verdict.queues else ""
        return plain(words.text(CAUSES[verdict.cause].name) + queues + ".")
    return plain(headline(verdict, words))


def _now(shown: Freshness, words: Words) -> str:
    return words.text(N_("Now: {what}"), what=reason(shown, words))
