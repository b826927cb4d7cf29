"""Closed days and planned downtimes: what the detector neither judges nor learns from."""

from collections.abc import Callable
from datetime import date, time, timedelta

import streamlit as st

from pages.parts.days_fields import days_fields
from pages.parts.plain import plain
from pages.parts.reader import current
from services import closed_days as calendar
from services import recurring
from services.closed_days import ClosedSpan
from services.recurrence import DAY_ENDS, HalfDay
from services.recurring import ClosedRule, Repeats
from services.system import Invalid
from services.translation import N_, Words

Add = Callable[[str], None]
LEAP_YEAR = 2024
KINDS = {
    "closed": N_("Closed days"),
    "downtime": N_("Planned downtime"),
    "quiet": N_("Quiet at Freshchat too"),
    "rhythm": N_("Before the new rhythm"),
}
RECURS = {"yearly": N_("Every year"), "weekly": N_("Every week")}
ENTERED = {**{kind: KINDS[kind] for kind in ("closed", "downtime")}, **RECURS}


def closed_days_section(integration_id: str, words: Words) -> None:
    """Draw what is entered, and the fields for more."""
    st.caption(
        words.text(
            "Public holidays are known from the settings. Enter other times without contacts here: they are neither"
            " judged nor learned from."
        )
    )
    for offer in recurring.offers(current(), integration_id):
        _offered(integration_id, offer, words)
    for span in calendar.spans(current(), integration_id):
        _entered(span, words)
    for rule in recurring.rules(current(), integration_id):
        _recurring(rule, words)
    kind = st.segmented_control(
        words.text("What is it?"),
        ENTERED,
        format_func=lambda name: words.text(ENTERED[name]),
        default="closed",
        required=True,
        key=f"closed_kind_{integration_id}",
    )
    today = current().clock().astimezone(current().integration(integration_id).zone).date()
    # A form of its own for each entry: a click that comes twice finds the one that it meant gone.
    added = f"closed_added_{integration_id}"
    number = st.session_state.setdefault(added, 0)
    with st.form(f"closed_{kind}_{integration_id}_{number}", border=False):
        fields = {"closed": _days, "downtime": _hours, "yearly": _yearly, "weekly": _weekly}
        add = fields[str(kind)](integration_id, today, words)
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
                st.session_state[added] = number + 1
                st.rerun()


def _entered(span: ClosedSpan, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        last = span.ends_at - timedelta(seconds=1)
        if span.kind == "downtime":
            when = f"{words.moment(span.starts_at)} – {words.moment(span.ends_at)}"
        else:
            days = (words.day(span.starts_at), words.day(last))
            when = days[0] if days[0] == days[1] else " – ".join(days)
        whose = f" · {plain(span.queue)}" if span.queue else ""
        st.markdown(f"**{words.text(KINDS[span.kind])}** · {when}{whose}", width="content")
        st.text(span.note, width="content")
        st.button(
            words.text("Remove"),
            key=f"reopen_{span.span_id}",
            icon=":material/delete:",
            type="tertiary",
            on_click=calendar.reopen,
            args=(current(), span.integration_id, span.span_id),
        )


def _offered(integration_id: str, offer: HalfDay, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        day = words.day(offer.day)
        st.markdown(
            words.text("Half day at your place? **{day}**, closed from 13:00", day=day), width="content"
        )
        st.button(
            words.text("Yes, every year") if offer.yearly else words.text("Yes, on this day"),
            key=f"half_day_{offer.day}",
            icon=":material/event_available:",
            on_click=recurring.accept,
            args=(current(), integration_id, offer),
        )


def _recurring(rule: ClosedRule, words: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        hours = f"{rule.starts} – {rule.ends}"
        st.markdown(
            f"**{words.text(RECURS[rule.repeats])}** · {_day_of(rule, words)}, {hours}", width="content"
        )
        st.text(rule.note, width="content")
        st.button(
            words.text("Remove"),
            key=f"remove_rule_{rule.rule_id}",
            icon=":material/delete:",
            type="tertiary",
            on_click=recurring.remove_rule,
            args=(current(), rule.integration_id, rule.rule_id),
        )


def _day_of(rule: ClosedRule, words: Words) -> str:
    if rule.repeats == "weekly":
        return words.weekdays()[int(rule.day) - 1]
    month, day = map(int, rule.day.split("-"))
    return words.day_of_year(date(LEAP_YEAR, month, day))


def _yearly(integration_id: str, today: date, words: Words) -> Add:
    with st.container(horizontal=True):
        day = st.date_input(words.text("Day"), today, format=words.typed_day)
        begin, end = _clock_times(time(13), time(0), words)
    return lambda note: _add_rule(integration_id, "yearly", f"{day:%m-%d}", begin, end, note)


def _weekly(integration_id: str, today: date, words: Words) -> Add:
    with st.container(horizontal=True):
        names = words.weekdays()
        weekday = st.selectbox(
            words.text("Day"), range(7), format_func=names.__getitem__, index=today.weekday()
        )
        begin, end = _clock_times(time(2), time(4), words)
    return lambda note: _add_rule(integration_id, "weekly", str(weekday + 1), begin, end, note)


def _clock_times(begin: time, end: time, words: Words) -> tuple[time, time]:
    return st.time_input(words.text("From"), begin), st.time_input(words.text("To"), end)


def _add_rule(integration_id: str, repeats: Repeats, day: str, begin: time, end: time, note: str) -> None:
    ends = DAY_ENDS if end == time() else f"{end:%H:%M}"
    recurring.add_rule(current(), integration_id, repeats, day, f"{begin:%H:%M}", ends, note)


def _days(integration_id: str, today: date, words: Words) -> Add:
    first, last = days_fields(today, today, words)
    return lambda note: calendar.close_days(current(), integration_id, first, last, note)


def _hours(integration_id: str, today: date, words: Words) -> Add:
    with st.container(horizontal=True):
        day = st.date_input(words.text("Day"), today, format=words.typed_day)
        begin = st.time_input(words.text("From"), time(8))
        end = st.time_input(words.text("To"), time(9))
    return lambda note: calendar.plan_downtime(current(), integration_id, day, begin, end, note)
