"""What the reader chooses on the contacts page: period, interval, what it is held against, and source queues."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from pages.parts.address import asked, step
from pages.parts.contacts.queue_choice import choose_queues
from pages.parts.contacts.shown_as import AS, AS_NAMES
from pages.parts.plain import plain
from services.contacts.periods import VIEWS, Against, Period, View
from services.translation import N_, Words

VIEW_NAMES: dict[View, str] = {
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "year": N_("Year"),
    "range": N_("From – to"),
}
INTERVAL_NAMES: dict[str, str] = {
    "15m": N_("15 min"),
    "30m": N_("30 min"),
    "60m": N_("60 min"),
    "1d": N_("Days"),
    "1w": N_("Weeks"),
    "1mo": N_("Months"),
}
AGAINST_NAMES: dict[Against, str] = {
    "usual": N_("Against the usual"),
    "before": N_("Against the time before"),
    "year": N_("Against last year"),
    "nothing": N_("Against nothing"),
}
CHOICES_BY_VIEW: dict[tuple[View, Against], str] = {
    ("day", "before"): N_("Against the week before"),
    ("week", "before"): N_("Against the week before"),
    ("month", "before"): N_("Against four weeks before"),
    ("day", "year"): N_("Against the same weekday last year"),
    ("week", "year"): N_("Against the same week last year"),
}
"""Where a view says more exactly than AGAINST_NAMES what is meant."""

AHEAD = timedelta(days=7)
"""So far ahead of today days and weeks can be stepped to: what is expected of them is known by then."""

DAY, LAST, AGAINST = "day", "to", "against"
ADDRESS = (
    "view",
    DAY,
    LAST,
    AGAINST,
    "queues",
    AS,
    "slot",
    "scale",
    "top",
    *(f"interval_{view}" for view in VIEWS),
)
"""All that the page's address keeps beside integration and language."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to show. ``queues`` are those to add up; never empty."""

    period: Period
    interval: str
    against: Against
    queues: list[str]


def choose(integration_id: str, queues: Sequence[str], today: date, words: Words) -> Chosen:
    """Draw the controls. ``queues``: the real source queues, the busiest first."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="period"):
        view = _choose_view(words)
        with st.container(
            horizontal=True, vertical_alignment="center", width="content", gap="xsmall", key="stepping"
        ):
            period = _choose_period(view, today, words)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="details"):
        interval = _choose_interval(period, words)
        against = _choose_against(period, words)
        shown = choose_queues(integration_id, queues, words)
    _tell_unreadable(words)
    return Chosen(period, interval, against, shown)


_READABLE: dict[str, Callable[[str], bool]] = {
    "view": VIEWS.__contains__,
    DAY: lambda text: _date(text) is not None,
    LAST: lambda text: _date(text) is not None,
    AGAINST: AGAINST_NAMES.__contains__,
    AS: AS_NAMES.__contains__,
    **{f"interval_{view}": INTERVAL_NAMES.__contains__ for view in VIEWS},
}
"""What each part of the address may say at all; what a period does not offer of it is another matter."""


def _tell_unreadable(words: Words) -> None:
    """Say which parts of the address name nothing, so that nobody takes what is shown for what was asked for."""
    given = {key: st.query_params[key] for key in _READABLE if st.query_params.get(key)}
    wrong = [plain(f"{key}={text}") for key, text in given.items() if not _READABLE[key](text)]
    if wrong:
        told = words.text(
            "The address asks for **{parts}**, which cannot be read; what is usual is shown instead.",
            parts=", ".join(wrong),
        )
        st.warning(told, icon=":material/search_off:")


def _choose_view(words: Words) -> View:
    found: View = asked("view", VIEWS, VIEWS[0])  # type: ignore[assignment]
    st.session_state["view"] = found
    st.segmented_control(
        words.text("View"),
        VIEWS,
        format_func=lambda view: words.text(VIEW_NAMES[view]),
        key="view",
        on_change=_view_chosen,
        required=True,
        label_visibility="collapsed",
    )
    return found


def _view_chosen() -> None:
    """Keep what was looked at: a free span begins as the period that was shown."""
    view = st.session_state["view"]
    changes: dict[str, str | None] = {"view": view, LAST: None}
    if view == "range":
        shown: Period = st.session_state["shown_period"]
        changes |= {DAY: shown.first.isoformat(), LAST: shown.last.isoformat()}
    step(**changes)


def _choose_period(view: View, today: date, words: Words) -> Period:
    """Draw the stepping. The address keeps no day while it is today, so that a saved link stays current."""
    latest = today + AHEAD if view in ("day", "week") else today
    day = _date(st.query_params.get(DAY)) or today
    day = day if day <= latest else today
    period = Period.around(view, day)
    if view == "range":
        period = Period.between(day, min(_date(st.query_params.get(LAST)) or day, today))
    st.session_state["shown_period"] = period
    _step_button("earlier", words.text("Earlier"), ":material/chevron_left:", period.step(-1), today, latest)
    _pick(period, day, today, latest, words)
    _step_button("later", words.text("Later"), ":material/chevron_right:", period.step(1), today, latest)
    if view != "range":
        st.button(
            words.text("Today"),
            key="today",
            on_click=_go_to,
            args=(Period.around(view, today), today),
            disabled=period.first <= today < period.after,
        )
    return period


def _pick(period: Period, day: date, today: date, latest: date, words: Words) -> None:
    """Draw the date: any day chooses the whole week, month or year; of a free span, its first and last."""
    free = period.view == "range"
    key = "shown_span" if free else "shown_day"
    st.session_state[key] = (period.first, period.last) if free else day
    st.date_input(
        words.text("Date"),
        key=key,
        max_value=latest,
        format=words.typed_day,
        on_change=_picked,
        args=(key, period.view, today),
        label_visibility="collapsed",
        width=220 if free else 136,
    )


def _picked(key: str, view: View, today: date) -> None:
    found = st.session_state[key]
    if isinstance(found, date):
        _go_to(Period.around(view, found), today, found)
    elif found and len(found) == 2:
        _go_to(Period.between(*found), today)


def _step_button(key: str, name: str, icon: str, period: Period, today: date, latest: date) -> None:
    st.button(
        name,
        key=key,
        icon=icon,
        icon_position="right" if key == "later" else "left",
        on_click=_go_to,
        args=(period, today),
        disabled=period.first > latest,
    )


def _go_to(period: Period, today: date, day: date | None = None) -> None:
    """Write the period into the address; ``day``: the one that was picked of it."""
    if period.view == "range":
        step(view="range", day=period.first.isoformat(), to=min(period.last, today).isoformat())
        return
    named = day or (period.last if period.after <= today else max(period.first, today))
    step(day=None if named == today else named.isoformat())


def _choose_interval(period: Period, words: Words) -> str:
    options = period.intervals
    key = f"interval_{period.view}"
    found = asked(key, options, options[0])
    st.session_state[key] = found
    st.selectbox(
        words.text("Interval"),
        sorted(options, key=list(INTERVAL_NAMES).index),
        format_func=lambda interval: words.text(INTERVAL_NAMES[interval]),
        key=key,
        on_change=_chosen,
        args=(key, key, options[0]),
        label_visibility="collapsed",
        width=104,
    )
    return found


def _choose_against(period: Period, words: Words) -> Against:
    options = period.choices
    found: Against = asked(AGAINST, options, options[0])  # type: ignore[assignment]
    key = f"{AGAINST}_{period.view}"
    st.session_state[key] = found
    st.selectbox(
        words.text("Comparison"),
        options,
        format_func=lambda against: against_name(period, against, words),
        key=key,
        on_change=_chosen,
        args=(AGAINST, key, options[0]),
        label_visibility="collapsed",
        width=200,
    )
    return found


def against_name(period: Period, against: Against, words: Words) -> str:
    return words.text(CHOICES_BY_VIEW.get((period.view, against), AGAINST_NAMES[against]))


def _chosen(name: str, key: str, default: str) -> None:
    """Note a choice in the address under its name there; it stays short while the choice is the usual one."""
    chosen = st.session_state[key]
    step(**{name: None if chosen == default else chosen})


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
