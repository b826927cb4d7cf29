"""One small chart of many: the contacts of one source queue by part of the period, against what is usual of it."""

from collections.abc import Sequence
from datetime import timedelta

import altair as alt
import numpy as np

from pages.parts.charts.axes import count_axis, place_axis
from pages.parts.charts.colours import Colours
from pages.parts.charts.drawing import Layer, layer
from pages.parts.charts.marks import bar_places, pointed_fields
from services.contacts.by_queue import QueueFigure
from services.contacts.view import ContactView
from services.translation import N_, Words

A_DAY = timedelta(days=1)
HOURS_BETWEEN_LABELS = 6
LEAST_ROOM = 4.0
"""Contacts for which an axis has room, however few there are."""


def highest_of(shown: Sequence[QueueFigure]) -> float:
    """Return where the axis ends that holds all of these."""
    values = np.array([value for each in shown for value in (*each.course, *each.usual)])
    return max(LEAST_ROOM, 1.05 * float(np.nanmax(values, initial=0)))


def small_chart(
    each: QueueFigure, view: ContactView, shade: str, highest: float, words: Words, colours: Colours
) -> list[Layer]:
    """Return bars in the queue's own colour, a line where data is known, and the usual as a thin line."""
    course = np.array(each.course)
    known = np.flatnonzero(~np.isnan(course))
    x = alt.X(
        field="place",
        type="quantitative",
        scale=alt.Scale(domain=[0, len(course)], nice=False),
        axis=place_axis(_labels(view, words)),
    )
    y = alt.Y(
        field="contacts",
        type="quantitative",
        scale=alt.Scale(domain=[0, highest], nice=False),
        axis=_axis(words),
    )
    counted = {"place": known, "after": known + 1, "contacts": np.zeros_like(known)}
    bars = {**bar_places(known), "contacts": course[known], "zero": np.zeros_like(known)}
    drawn = [
        layer(
            bars,
            alt.MarkDef(type="rect", color=shade),
            x=x,
            x2=alt.X2(field="after"),
            y=y,
            y2=alt.Y2(field="zero"),
        ),
        layer(counted, alt.MarkDef(type="rule", color=colours.ink), x=x, x2=alt.X2(field="after"), y=y),
    ]
    if each.usual:
        usual = {"place": np.arange(len(each.usual)) + 0.5, "contacts": np.array(each.usual)}
        line = alt.MarkDef(
            type="line", color=colours.ink, strokeWidth=1.25, strokeDash=[4, 2], interpolate="monotone"
        )
        drawn.append(layer(usual, line, x=x, y=y))
    return [*drawn, _pointed(each, view, x, words, colours)]


def _axis(words: Words) -> alt.Axis:
    axis = count_axis(words, "")
    axis["tickCount"], axis["minExtent"] = 2, 26
    return axis


def _labels(view: ContactView, words: Words) -> dict[float, str]:
    """Name a few hours of one day, else the days; as many of them are written as there is room for."""
    if view.period.days == 1:
        return {
            place: words.time(at)
            for place, at in enumerate(view.parts)
            if at.minute == 0 and at.hour % HOURS_BETWEEN_LABELS == 0
        }
    new = [
        (place, at)
        for place, at in enumerate(view.parts)
        if not place or at.date() != view.parts[place - 1].date()
    ]
    return {place + 0.5: words.short_date(at) for place, at in new}


def part_name(view: ContactView, place: int, words: Words) -> str:
    """Return such as "Tue 24 Nov, 09:00–09:30", the day, or the first and last of several."""
    start = view.parts[place]
    end = view.parts[place + 1] if place + 1 < len(view.parts) else view.end
    days = (end.date() - start.date()).days
    if days < 1 or (days == 1 and end.hour == 0 and start.hour > 0):
        return f"{words.moment(start)}–{words.time(end)}"
    return words.day(start) if days == 1 else f"{words.day(start)} – {words.day(end - A_DAY)}"


def _pointed(each: QueueFigure, view: ContactView, x: alt.X, words: Words, colours: Colours) -> Layer:
    nothing = words.text(N_("no data"))

    def figures(values: Sequence[float]) -> list[str]:
        return [
            nothing if np.isnan(value) else words.number(value, 0 if value % 1 == 0 else 1)
            for value in values
        ]

    columns = {
        "when": [part_name(view, place, words) for place in range(len(view.parts))],
        "total": figures(each.course),
    }
    tooltips = [("when", words.text(N_("Interval"))), ("total", words.text(N_("Contacts")))]
    if each.usual:
        columns["held_against"] = figures(each.usual)
        tooltips.append(("held_against", words.text(N_("Compared with"))))
    return pointed_fields(columns, tooltips, x, colours)
