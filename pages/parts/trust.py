"""The freshness at a glance, above figures that rest on it."""

import streamlit as st

from pages.parts.language import words
from pages.parts.status import DATA_FLOW_LOOKS, data_flow_badge
from services.freshness import Freshness, freshness
from services.system import current
from services.translation import N_, Words
from services.watch.words import headline

TRUST: dict[str, str] = {
    "green": N_("These figures are complete."),
    "blue": N_("Whether these figures are complete cannot be told yet."),
    "orange": N_("These figures may be incomplete."),
    "red": N_("These figures are incomplete: contacts are missing."),
}


def trust_line(integration_id: str) -> None:
    """Say whether the integration's figures can be trusted, and why."""
    system = current()
    shown = freshness(system, integration_id)
    spoken = words(shown.integration.time_zone)
    with st.container(horizontal=True, vertical_alignment="center", key="trust"):
        data_flow_badge(shown, spoken)
        st.markdown(f"{trust(shown, spoken)} {headline(shown.verdict, spoken)}", width="content")
        st.page_link(
            "freshness.py",
            label=spoken.text("See why"),
            icon=":material/arrow_forward:",
            icon_position="right",
            query_params={"integration": integration_id},
        )


def trust(shown: Freshness, words: Words) -> str:
    """Return one sentence in bold; none where there is nothing to trust yet."""
    data_flow = shown.verdict.data_flow
    if data_flow in ("waiting", "paused"):
        return ""
    colour = {"unknown": "orange", "nothing_expected": "green"}.get(data_flow, DATA_FLOW_LOOKS[data_flow][0])
    return f"**{words.text(TRUST[colour])}**"
