"""The tab of the hours of the week: the heat map, and which source queue is busiest in one hour."""

from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts.address import step
from pages.parts.charts.colours import colours, sequential_colours
from pages.parts.charts.drawing import draw
from pages.parts.charts.heat import HEIGHT, heat_map, hour_name, hours_shown, mean_in_words
from pages.parts.contacts.controls import Chosen
from pages.parts.reader import current
from services.contacts.periods import Period
from services.contacts.week_hours import HOURS, WEEKDAYS, WeekHours, span_of, week_hours
from services.translation import N_, Words

SLOT = "slot"


def hours_of_week(integration_id: str, chosen: Chosen, today: date, words: Words) -> bool:
    """Draw what an hour of each weekday brings on average, over days that had data; return whether there is any."""
    span = span_of(chosen.period, today)
    found = _week_hours(integration_id, span, tuple(chosen.queues))
    busiest = found.busiest
    if busiest is None:
        st.info(words.text("No contacts from {first} to {last}.", **_days(found, words)))
        return False
    with st.container(key="contacts_drawing"):
        draw(heat_map(found, words, colours()), height=HEIGHT, key="heat_map", told=_told(found, words))
    with st.container(gap="xxsmall", key="contacts_legend"):
        _legend(found, words)
    st.markdown(_busiest(found, words))
    _one_hour(found, busiest, words)
    return True


@st.cache_data(ttl="10m", max_entries=200, show_spinner=False)
def _week_hours(integration_id: str, span: Period, queues: tuple[str, ...]) -> WeekHours:
    system = current()
    return week_hours(system, integration_id, span, queues, system.clock())


def _days(found: WeekHours, words: Words) -> dict[str, str]:
    return {"first": words.day(found.first), "last": words.day(found.last)}


def _busiest(found: WeekHours, words: Words) -> str:
    assert found.busiest is not None
    weekday, hour = found.busiest
    return words.text(
        "Busiest: **{weekday}, {hour}** with {contacts} contacts on average.",
        weekday=words.weekdays()[weekday],
        hour=hour_name(hour),
        contacts=mean_in_words(float(found.total[weekday, hour]), words),
    )


def _told(found: WeekHours, words: Words) -> str:
    """Return what the map shows, for whoever does not see it: each weekday's busiest hour."""
    days = []
    for weekday, name in enumerate(words.weekdays()):
        row = np.nan_to_num(found.total[weekday])
        if row.any():
            hour = int(row.argmax())
            mean = mean_in_words(float(row[hour]), words)
            days.append(words.labelled(f"{name} {hour_name(hour)}", mean))
    told = words.text(
        "Contacts by weekday and hour, average from {first} to {last}. Busiest hour of each weekday:",
        **_days(found, words),
    )
    return f"{told} {'; '.join(days)}"


def _legend(found: WeekHours, words: Words) -> None:
    most = mean_in_words(float(np.nanmax(found.total)), words)
    what = words.text("contacts an hour")
    shades = ", ".join(sequential_colours())
    bar = (
        f'<span style="display:inline-block;width:7rem;height:.7rem;border-radius:2px;'
        f'background:linear-gradient(90deg, {shades})"></span>'
    )
    st.html(f'<div style="font-size:.875rem" data-ramp="{shades}">0 {bar} {most} {what}</div>')
    st.caption(
        words.text(
            "Average from {first} to {last}, over the days that had data; the hour is that of the resolution. "
            "Grey: no data.",
            **_days(found, words),
        )
    )


def _one_hour(found: WeekHours, busiest: tuple[int, int], words: Words) -> None:
    """Draw the choice of an hour, and its source queues, the busiest first."""
    weekday, hour = _asked(busiest)
    st.session_state["slot_weekday"], st.session_state["slot_hour"] = weekday, hour
    names = words.weekdays()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            words.text("Weekday"),
            range(WEEKDAYS),
            format_func=names.__getitem__,
            key="slot_weekday",
            on_change=_slot_chosen,
            label_visibility="collapsed",
            width=150,
        )
        st.selectbox(
            words.text("Hour"),
            sorted({*hours_shown(found), hour}),
            format_func=hour_name,
            key="slot_hour",
            on_change=_slot_chosen,
            label_visibility="collapsed",
            width=150,
        )
    ranking = found.ranking(weekday, hour)
    frame = pd.DataFrame(ranking, columns=["queue", "average", "days"])
    st.dataframe(
        frame,
        hide_index=True,
        key="contacts_of_hour",
        column_config={
            "queue": st.column_config.TextColumn(words.text("Source queue")),
            "average": st.column_config.NumberColumn(
                words.text(N_("Contacts an hour, on average")), format="localized", step=0.1
            ),
            "days": st.column_config.NumberColumn(words.text(N_("Days with data")), format="localized"),
        },
    )


def _asked(usual: tuple[int, int]) -> tuple[int, int]:
    """Return the hour that the address names as such as 0-10; the busiest when it names none."""
    weekday, _, hour = st.query_params.get(SLOT, "").partition("-")
    if weekday.isdecimal() and hour.isdecimal() and int(weekday) < WEEKDAYS and int(hour) < HOURS:
        return int(weekday), int(hour)
    return usual


def _slot_chosen() -> None:
    step(slot=f"{st.session_state['slot_weekday']}-{st.session_state['slot_hour']}")
