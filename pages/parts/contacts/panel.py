"""Everything under the controls of the contacts page; it is drawn anew while the period goes on."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from pages.parts.address import remembered
from pages.parts.charts.hover import Beside
from pages.parts.contacts.chart import chart
from pages.parts.contacts.controls import ADDRESS, Chosen, choose
from pages.parts.contacts.downloads import downloads
from pages.parts.contacts.figures import figures, warn_of_gaps
from pages.parts.contacts.hours_of_week import hours_of_week
from pages.parts.contacts.multiples import multiples
from pages.parts.contacts.shown_as import choose_tab
from pages.parts.contacts.tables import by_interval, by_queue
from pages.parts.integration.tabs import TAB
from pages.parts.language import words_for
from pages.parts.reader import current
from pages.parts.trust import deleted_line, trust_line
from services.contacts.ahead import Ahead, ahead
from services.contacts.marks import marks
from services.contacts.periods import Against, Period, today_in
from services.contacts.rule import COUNTING_RULES
from services.contacts.view import (
    ContactView,
    Earlier,
    Undefined,
    contact_view,
    earlier_periods,
    queues_by_age,
    real_queues,
)
from services.intervals import INTERVALS
from services.sealing.days import days
from services.sealing.words import seal_sentence
from services.system import System
from services.translation import Words


def contact_panel(integration_id: str) -> None:
    """Draw everything under the title: controls, figures, chart, tables and downloads; while there is nothing, that.

    It is a part of its own, so that a choice draws this part anew and nothing around it.
    """
    system = current().at_once()
    integration = system.integration_with_history(integration_id)
    queues = real_queues(system, integration_id)
    if queues:
        _panel(system, integration_id, queues)
    elif integration.deleted_at is None:
        trust_line(integration_id, None, system)
        _nothing_yet(integration_id, words_for(integration.time_zone))


def _panel(system: System, integration_id: str, queues: Sequence[str]) -> None:
    """Draw the panel. ``queues``: the real source queues, the busiest first."""
    integration, now = system.integration_with_history(integration_id), system.clock()
    today = today_in(integration.zone, integration.deleted_at or now)
    remembered(ADDRESS, drawn="view")
    words = words_for(integration.time_zone)
    trust = st.container()
    controls, aside = st.columns([15, 8], gap="medium", vertical_alignment="top")
    with controls, st.container(key="controls"):
        chosen = choose(integration_id, queues, today, words)
    shown = None
    with trust:
        if integration.deleted_at is None:
            shown = trust_line(integration_id, chosen.period, system)
        else:
            deleted_line(integration.deleted_at, words)
    view = _view(system, integration_id, chosen, now)
    if shown is not None:
        view = view.held_quiet(shown.verdict.queues, now)
    with aside:
        figures(view, words)
    warn_of_gaps(view, now, words)
    seals = days(system, integration, chosen.period.first, chosen.period.last, now)
    told = {seal.day: seal_sentence(seal, words) for seal in seals}
    to_come = _ahead(system, integration_id, chosen, now)
    opened, tab = choose_tab(words)
    drawn = opened in ("chart", "multiples")
    with tab:
        if opened == "chart":
            noted = marks(system, integration_id, chosen.period, now)
            beside = Beside(seals, told, noted, to_come)
            chart(view, queues, queues_by_age(system, integration_id), beside, now, words)
        elif opened == "multiples":
            multiples(integration_id, view, queues_by_age(system, integration_id), seals, words)
        elif opened == "hours":
            drawn = hours_of_week(integration_id, chosen, today, words)
        elif opened == "queues":
            by_queue(view, words)
        else:
            by_interval(view, now, words)
    _rule(view, words)
    over = {seal.day: told[seal.day] for seal in seals if seal.state != "open"}
    downloads(
        integration_id,
        integration.name,
        view,
        over,
        words,
        drawn=opened if drawn else None,
        to_come=to_come is not None,
    )
    if view.undefined is not None:
        _undefined(view.undefined, words)


def _ahead(system: System, integration_id: str, chosen: Chosen, now: datetime) -> Ahead | None:
    if chosen.interval not in INTERVALS:
        return None
    return ahead(system, integration_id, chosen.period, chosen.interval, chosen.queues, now)


def _view(system: System, integration_id: str, chosen: Chosen, now: datetime) -> ContactView:
    shown = tuple(chosen.queues)
    earlier = _earlier(integration_id, chosen.period, chosen.interval, shown, chosen.against)
    return contact_view(system, integration_id, chosen.period, chosen.interval, shown, now, earlier=earlier)


@st.cache_data(ttl="10m", max_entries=500, show_spinner=False)
def _earlier(
    integration_id: str, period: Period, interval: str, queues: tuple[str, ...], against: Against
) -> Earlier:
    system = current()
    return earlier_periods(system, integration_id, period, interval, queues, system.clock(), against=against)


def _nothing_yet(integration_id: str, words: Words) -> None:
    """Lead on while no contact was ever counted; with the first one, the panel follows."""
    with st.container(border=True):
        st.header(words.text("No contacts yet"), anchor=False)
        st.markdown(
            words.text(
                "Contacts appear here by themselves, seconds after the first chat is resolved in Freshchat. "
                "Until then, check that the injixo app is installed and has the injixo API key."
            )
        )
        if st.button(words.text("Install the injixo app"), type="primary", icon=":material/extension:"):
            st.switch_page("integration.py", query_params={"integration": integration_id, TAB: "keys"})


def _rule(view: ContactView, words: Words) -> None:
    parts = [
        words.text("Time zone {zone}", zone=view.table.time_zone),
        words.text(COUNTING_RULES[view.table.counting]),
    ]
    st.caption(
        " · ".join(parts), help=words.text("Reports that count chats when they begin show other figures.")
    )


def _undefined(undefined: Undefined, words: Words) -> None:
    with st.container(border=True):
        st.markdown(
            "**Undefined_Queue** · "
            + words.count("{n} contact", "{n} contacts", undefined.contacts)
            + " · "
            + words.text("{share} of all", share=words.percent(undefined.share))
        )
        note = words.text(
            "Deleted and spam chats whose group cannot be determined. They usually play no part in planning and are "
            "not in the total above, unless you choose this queue in the filter."
        )
        st.caption(note)
        if undefined.rising and undefined.share_before is not None:
            st.warning(
                words.text(
                    "The share is rising: it was {before} in the six weeks before. Check whether groups were deleted "
                    "in Freshchat.",
                    before=words.percent(undefined.share_before),
                ),
                icon=":material/warning:",
            )
