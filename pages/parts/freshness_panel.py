"""One integration's data flow, readable in a minute; it is drawn anew every few seconds."""

import streamlit as st

from pages.parts.charts_freshness import timeline_chart
from pages.parts.colours import colours
from pages.parts.decision_tree import bundle_buttons, decision_tree, next_step
from pages.parts.evidence import facts, refusals
from pages.parts.incident_list import incident_list
from pages.parts.language import words
from pages.parts.legend import series_names
from pages.parts.status import DATA_FLOW_LOOKS, status_pair
from pages.parts.suspicion import suspicion
from services.freshness import Freshness, freshness
from services.system import NotFound, current
from services.timeline import Span, timeline
from services.translation import N_, Words
from services.watch.words import advice, headline

SPANS: tuple[Span, ...] = ("24h", "14d")
SPAN_NAMES: dict[str, str] = {"24h": N_("24 hours"), "14d": N_("14 days")}
MONITOR_ADVICE = N_("Restart Stillwatch; if that does not help, its log says why the monitor stopped.")


def panel(integration_id: str) -> None:
    """Draw everything about one integration."""
    system = current()
    try:
        shown = freshness(system, integration_id)
    except NotFound:
        st.rerun()
    spoken = words(shown.integration.time_zone)
    _verdict(shown, spoken)
    evidence, tree = st.columns(2, gap="medium")
    with evidence:
        facts(shown, spoken)
    with tree:
        decision_tree(shown, spoken)
    _timeline(integration_id, spoken)
    suspicion(shown, spoken)
    refusals(shown, spoken)
    incident_list(integration_id, spoken)
    st.subheader(spoken.text("For support"), anchor=False)
    st.caption(spoken.text("Times, counts, evidence and key history of the last 14 days, without secrets."))
    with st.container(horizontal=True):
        bundle_buttons(integration_id, spoken, key="end")


def _verdict(shown: Freshness, words: Words) -> None:
    """The sentence, its two statuses beside it, and what to do next."""
    data_flow = shown.verdict.data_flow
    colour, icon = DATA_FLOW_LOOKS[data_flow]
    alerts = {"green": st.success, "red": st.error, "orange": st.warning}
    late = data_flow == "unknown"
    with st.container(border=True, key="verdict"):
        status_pair(shown, words)
        alerts.get("orange" if late else colour, st.info)(f"**{headline(shown.verdict, words)}**", icon=icon)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                words.text(MONITOR_ADVICE) if late else advice(shown.path.step, words), width="content"
            )
            if not late:
                next_step(shown, words, key="now")


def _timeline(integration_id: str, words: Words) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(words.text("Timeline"), anchor=False, width="content")
        span = st.segmented_control(
            words.text("Span"),
            SPANS,
            format_func=lambda span: words.text(SPAN_NAMES[span]),
            default=SPANS[0],
            key="span",
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
    system = current()
    shown = timeline(system, integration_id, span or SPANS[0], system.clock())
    palette = colours()
    names = {words.text("received"): palette.contacts, words.text("fetched back"): palette.good}
    if shown.expected is not None:
        names[words.text("expected, with the band of 95 %")] = palette.ink
    series_names(list(names), list(names.values()))
    st.altair_chart(
        timeline_chart(shown, words, palette),
        key="timeline",
        alt=words.text(
            "Contacts received against the expected, refused requests, heartbeats and incidents over time"
        ),
    )
    st.caption(words.text("Time zone {zone}", zone=words.time_zone))
