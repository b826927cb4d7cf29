"""One integration's data flow, readable in a minute; it is drawn anew every few seconds."""

import streamlit as st

from pages.parts.charts.colours import colours
from pages.parts.charts.drawing import draw
from pages.parts.charts.legend import series_names
from pages.parts.charts.timeline import HEIGHT, timeline_chart
from pages.parts.data_flow.decision_tree import bundle_buttons, decision_tree, next_step
from pages.parts.data_flow.evidence import facts, refusals
from pages.parts.data_flow.incident_list import incident_list, linked_incident
from pages.parts.data_flow.seal_calendar import seal_calendar
from pages.parts.data_flow.suspicion import suspicion
from pages.parts.integration.tabs import TAB
from pages.parts.integration_choice import KEY
from pages.parts.language import words_for
from pages.parts.plain import plain
from pages.parts.reader import current, may
from pages.parts.status import DATA_FLOW_LOOKS, configuration_advice, status_pair
from services.causes import ABOUT_FRESHCHAT
from services.system import NotFound
from services.translation import N_, Words
from services.watch.data_flow import Freshness, freshness
from services.watch.timeline import Span, timeline
from services.watch.words import advice, headline, hints

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
    words = words_for(shown.integration.time_zone, with_own_time=True)
    waiting = shown.verdict.data_flow == "waiting"
    linked_incident(integration_id, words)
    _verdict(shown, words)
    if not waiting:
        _timeline(integration_id, words)
    evidence, tree = st.columns(2, gap="medium")
    with evidence:
        facts(shown, words)
    with tree:
        decision_tree(shown, words)
    if not waiting:
        suspicion(shown, words)
    refusals(shown, words)
    incident_list(integration_id, words)
    if not waiting:
        seal_calendar(shown, words)
    st.header(words.text("For support"), anchor=False)
    st.caption(words.text("Times, counts, evidence and key history of the last 14 days, without secrets."))
    with st.container(horizontal=True):
        bundle_buttons(integration_id, words, key="end")


def _verdict(shown: Freshness, words: Words) -> None:
    """The sentence, its two statuses beside it, and what to do next."""
    data_flow = shown.verdict.data_flow
    colour, icon = DATA_FLOW_LOOKS[data_flow]
    alerts = {"green": st.success, "red": st.error, "orange": st.warning}
    late = shown.path.step == "restart_stillwatch"
    with st.container(border=True, key="verdict"):
        with st.container(horizontal=True, gap="medium"):
            status_pair(shown, words)
            _last_check(shown, words)
        sentence = f"**{plain(headline(shown.verdict, words))}**"
        doubtful = data_flow == "unknown" or shown.path.step in ABOUT_FRESHCHAT
        alert = st.warning if doubtful and not shown.verdict.broken else alerts.get(colour, st.info)
        alert(sentence, icon=icon)
        for hint in hints(shown.verdict, words):
            st.caption(f":material/info: {plain(hint)}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                words.text(MONITOR_ADVICE) if late else advice(shown.path.step, words), width="content"
            )
            if not late:
                next_step(shown, words, key="now")
        if shown.path.step not in ABOUT_FRESHCHAT:
            _configuration_trouble(shown, words)
        _whose_times(shown, words)


def _whose_times(shown: Freshness, words: Words) -> None:
    """Say in which time zone times are told, and what time it is there."""
    now = shown.assessment.evidence.now
    told = words.text(
        "Times are those of {zone}, where it is {time} now.", zone=words.time_zone, time=words.time(now)
    )
    own = words.own_time(now)
    if own:
        told += " " + words.text("Where you are it is {time}.", time=own)
    st.caption(told)


def _last_check(shown: Freshness, words: Words) -> None:
    """Say when the monitor looked last; when that is long ago, nothing else here counts."""
    at = shown.evaluated_at
    with st.container(width="content", gap=None):
        st.caption(words.text("Last check"), help=words.text("When Stillwatch last judged the data flow."))
        st.markdown(words.ago(at, shown.assessment.evidence.now) if at else words.text("never"))


def _configuration_trouble(shown: Freshness, words: Words) -> None:
    """Say what is wrong with the Freshchat credentials, which is no matter of the data flow."""
    if shown.integration.configuration in (None, "operational"):
        return
    st.caption(configuration_advice(shown.integration, words))
    if not may("admin"):
        return
    st.page_link(
        "integration.py",
        label=words.text("To the credentials"),
        icon=":material/arrow_forward:",
        query_params={KEY: shown.integration.integration_id, TAB: "settings"},
    )


def _timeline(integration_id: str, words: Words) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header(words.text("Timeline"), anchor=False, width="content")
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
    expected = words.text("expected, with the band of 95 %")
    names = {words.text("received"): palette.contacts}
    if shown.recovered.any():
        names[words.text("fetched back")] = palette.recovered
    if shown.expected is not None:
        names[expected] = palette.ink
    series_names(list(names), list(names.values()), dashed=[expected])
    draw(
        timeline_chart(shown, words, palette),
        height=HEIGHT,
        key="timeline",
        told=words.text(
            "Contacts received against the expected, refused requests, heartbeats and incidents over time"
        ),
    )
    st.caption(words.text("Time zone {zone}", zone=words.time_zone))
