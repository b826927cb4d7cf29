"""What the reader chooses on the contacts page: period, interval and source queues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from pages.parts.address import chosen_anew, read_choice, read_choices, several_chosen_anew
from pages.parts.integration_choice import QUEUES
from pages.parts.plain import plain
from services.contacts.periods import INTERVALS_OF, VIEWS, Period, View
from services.ingest.counting import UNDEFINED_QUEUE
from services.translation import N_, Words

VIEW_NAMES: dict[str, str] = {"day": N_("Day"), "week": N_("Week"), "month": N_("Month")}
INTERVAL_NAMES: dict[str, str] = {
    "15m": N_("15 min"),
    "30m": N_("30 min"),
    "60m": N_("60 min"),
    "1d": N_("Days"),
}
DAY, SHOWN_DAY = "day", "shown_day"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to show. ``queues`` are those to add up; never empty."""

    period: Period
    interval: str
    queues: list[str]


def choose(queues: Sequence[str], today: date, words: Words) -> Chosen:
    """Draw the controls. ``queues``: the real source queues, the busiest first."""
    with st.container(horizontal=True, vertical_alignment="center"):
        view = _choose_view(words)
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="xsmall"):
            period = _choose_period(view, today, words)
        st.button(
            words.text("Today"),
            key="today",
            on_click=_go_to,
            args=(today, today),
            disabled=period.after > today,
        )
        interval = _choose_interval(view, words)
    return Chosen(period, interval, _choose_queues(queues, words))


def _choose_view(words: Words) -> View:
    read_choice("view", VIEWS, VIEWS[0])
    chosen = st.segmented_control(
        words.text("View"),
        VIEWS,
        format_func=lambda view: words.text(VIEW_NAMES[view]),
        key="view",
        on_change=chosen_anew,
        args=("view",),
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen or VIEWS[0]


def _choose_period(view: View, today: date, words: Words) -> Period:
    """Draw the stepping. The address keeps no day while it is today, so that a saved link stays current."""
    asked = _date(st.query_params.get(DAY)) or today
    period = Period.around(view, min(asked, today))
    st.session_state[SHOWN_DAY] = min(asked, today)
    _step_button("earlier", words.text("Earlier"), ":material/chevron_left:", period.step(-1).last, today)
    st.date_input(
        words.text("Date"),
        key=SHOWN_DAY,
        max_value=today,
        format=words.typed_day,
        on_change=lambda: _go_to(st.session_state[SHOWN_DAY], today),
        label_visibility="collapsed",
        width=150,
    )
    _step_button("later", words.text("Later"), ":material/chevron_right:", period.after, today)
    return period


def _step_button(key: str, name: str, icon: str, day: date, today: date) -> None:
    st.button(
        name,
        key=key,
        icon=icon,
        icon_position="right" if key == "later" else "left",
        on_click=_go_to,
        args=(day, today),
        disabled=day > today,
    )


def _choose_interval(view: View, words: Words) -> str:
    options = INTERVALS_OF[view]
    if len(options) == 1:
        return options[0]
    key = f"interval_{view}"
    read_choice(key, options, options[0])
    chosen = st.segmented_control(
        words.text("Interval"),
        sorted(options, key=list(INTERVAL_NAMES).index),
        format_func=lambda interval: words.text(INTERVAL_NAMES[interval]),
        key=key,
        on_change=chosen_anew,
        args=(key,),
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen or options[0]


def _choose_queues(queues: Sequence[str], words: Words) -> list[str]:
    """Draw the filter; nothing chosen means every queue that stands for a group.

    What the address names and is none is said. When it names nothing else, nothing is shown in its place.
    """
    options = [*sorted(queues, key=str.casefold), UNDEFINED_QUEUE]
    unknown = read_choices(QUEUES, options)
    chosen = st.multiselect(
        words.text("Source queues"),
        options,
        key=QUEUES,
        on_change=several_chosen_anew,
        args=(QUEUES,),
        placeholder=words.text("All source queues without Undefined_Queue"),
        label_visibility="collapsed",
        persist_state="session",
    )
    for name in unknown:
        said = words.text("There is no source queue **{queue}** in this integration.", queue=plain(name))
        st.warning(said, icon=":material/search_off:")
    if unknown and not chosen:
        st.stop()
    return list(chosen) or list(queues)


def _go_to(day: date, today: date) -> None:
    if day >= today:
        st.query_params.pop(DAY, None)
    else:
        st.query_params[DAY] = day.isoformat()


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
