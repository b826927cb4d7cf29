"""Closed days and planned downtimes: what the detector neither judges nor learns from."""

from collections.abc import Callable
from datetime import date, time, timedelta

import streamlit as st

from services import closed_days as calendar
from services.closed_days import ClosedSpan
from services.system import Invalid, current
from services.translation import N_, Words

Add = Callable[[str], None]
KINDS = {
    "closed": N_("Closed days"),
    "downtime": N_("Planned downtime"),
    "quiet": N_("Quiet at Freshchat too"),
}
ENTERED = ("closed", "downtime")


def closed_days_section(integration_id: str, words: Words) -> None:
    """Draw what is entered, and the fields for more."""
    st.caption(
        words.text(
            "Public holidays are known from the settings. Enter other times without contacts here: they are neither"
            " judged nor learned from."
        )
    )
    for span in calendar.spans(current(), integration_id):
        _entered(span, words)
    kind = st.segmented_control(
        words.text("What is it?"),
        ENTERED,
        format_func=lambda name: words.text(KINDS[name]),
        default="closed",
        required=True,
        key=f"closed_kind_{integration_id}",
    )
    today = current().clock().astimezone(current().integration(integration_id).zone).date()
    with st.form(f"closed_{kind}_{integration_id}", clear_on_submit=True, border=False):
        add = (
            _days(integration_id, today, words) if kind == "closed" else _hours(integration_id, today, words)
        )
        note = st.text_input(
            words.text("Note"), max_chars=calendar.MOST_NOTE, help=words.text("Not required.")
        )
        if st.form_submit_button(words.text("Add"), icon=":material/event_busy:"):
            try:
                add(note)
            except Invalid:
                message = words.text("The end must lie after the beginning, at most a year later.")
                st.error(message, icon=":material/error:")
            else:
                st.rerun()


def _entered(span: ClosedSpan, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        last = span.ends_at - timedelta(seconds=1)
        if span.kind == "downtime":
            when = f"{words.moment(span.starts_at)} – {words.moment(span.ends_at)}"
        else:
            days = (words.day(span.starts_at), words.day(last))
            when = days[0] if days[0] == days[1] else " – ".join(days)
        st.markdown(f"**{words.text(KINDS[span.kind])}** · {when}", width="content")
        st.text(span.note, width="content")
        st.button(
            words.text("Remove"),
            key=f"reopen_{span.span_id}",
            icon=":material/delete:",
            type="tertiary",
            on_click=calendar.reopen,
            args=(current(), span.integration_id, span.span_id),
        )


def _days(integration_id: str, today: date, words: Words) -> Add:
    days = st.date_input(words.text("From and to (both included)"), (today, today), format=words.typed_day)
    # While only the first day is chosen, the span is that day.
    first, last = (days[0], days[-1]) if isinstance(days, tuple) and days else (today, today)
    return lambda note: calendar.close_days(current(), integration_id, first, last, note)


def _hours(integration_id: str, today: date, words: Words) -> Add:
    with st.container(horizontal=True):
        day = st.date_input(words.text("Day"), today, format=words.typed_day)
        begin = st.time_input(words.text("From"), time(8))
        end = st.time_input(words.text("To"), time(9))
    return lambda note: calendar.plan_downtime(current(), integration_id, day, begin, end, note)
