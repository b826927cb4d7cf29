"""The chart of contacts per source queue: stacked bars, what is usual, and where there is no data.

Its axis counts intervals and its labels are texts of ours: days of 92 and 100 quarter hours come out right,
whatever the browser's own time zone and language are.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import altair as alt
import numpy as np

from pages.parts.charts.ahead import ahead_layers, highest_ahead
from pages.parts.charts.axes import count_axis, place_axis
from pages.parts.charts.colours import Colours, colours, queue_colour, series_colours
from pages.parts.charts.drawing import Columns, Layer, layer
from pages.parts.charts.gaps import gap_layers
from pages.parts.charts.hover import Beside, Series, hover
from pages.parts.charts.marks import bar_places, steps
from pages.parts.charts.noted import mark_layers, seal_layers
from pages.parts.charts.places import places_of
from services.contacts.outliers import beyond_scale
from services.contacts.periods import MANY_DAYS
from services.contacts.view import ContactView
from services.ingest.counting import UNDEFINED_QUEUE
from services.intervals import INTERVALS
from services.runs import runs
from services.translation import Words

HEIGHT = 340
DAYS_OF_A_WEEK, MOST_DAYS_OF_A_MONTH = 7, 31
MOST_SERIES = 8
MOST_ROOM = 1.5
"""How much more of the axis the thin lines of earlier days may take."""


def contacts_chart(
    view: ContactView,
    series: Series,
    shades: Sequence[str],
    beside: Beside,
    now: datetime,
    words: Words,
    colours: Colours,
) -> list[Layer]:
    """Return the view, stacked in the order of the series, each in its shade."""
    x = alt.X(
        field="place",
        type="quantitative",
        scale=alt.Scale(domain=[0, len(view.table.starts)], nice=False),
        axis=_axis(view, words),
    )
    return [
        *gap_layers(view, x, words, colours),
        *mark_layers(
            view, beside.marks, x, words, colours
        ),  # over the gaps: an incident's strip is seen in its own
        *_usual_band(view, x, colours),
        *_each_day(view, x, colours),
        _bars(view, series, shades, x, words, max(_highest(view), highest_ahead(beside.ahead) * 1.05)),
        *_counted(view, x, colours),
        *_usual_line(view, x, colours),
        *ahead_layers(view, beside.ahead, x, colours),
        *seal_layers(view, beside.seals, x, colours),
        *_now(view, now, x, colours),
        hover(view, series, beside, now, x, words, colours),
    ]


def grouped(view: ContactView, queues: Sequence[str], words: Words) -> Series:
    """Return the contacts by series, in the order of their stacking.

    ``queues``: the busiest ever first, which is how they are stacked. Of more than eight, those with the most contacts
    in the view are shown, and the rest together.
    """
    columns = {name: view.table.contacts[:, index] for index, name in enumerate(view.table.queues)}
    named = [queue for queue in queues if queue in columns]
    named += [queue for queue in columns if queue not in named]
    if len(named) <= MOST_SERIES:
        return {name: columns[name] for name in named}
    busy = sorted(named, key=lambda name: -np.nansum(columns[name]))[: MOST_SERIES - 1]
    shown = [name for name in named if name in busy]
    rest = [name for name in named if name not in busy]
    others = words.count("{n} more source queue", "{n} more source queues", len(rest))
    return {name: columns[name] for name in shown} | {
        others: np.nansum([columns[name] for name in rest], axis=0)
    }


def shades_of(series: Series, queues: Sequence[str]) -> list[str]:
    """Return the colour of each series: a queue keeps its own whatever else is shown and whoever comes after it.

    ``queues``: the oldest first.
    """
    known = [queue for queue in queues if queue != UNDEFINED_QUEUE]
    return [
        queue_colour(known.index(name))
        if name in known
        else colours().muted
        if name == UNDEFINED_QUEUE
        else series_colours()[-1]
        for name in series
    ]


def _axis(view: ContactView, words: Words) -> alt.Axis:
    starts = view.table.starts
    if view.table.interval in ("1w", "1mo") or (view.table.interval == "1d" and view.period.days > MANY_DAYS):
        return place_axis(_months(starts, words), between=True)
    if view.table.interval == "1d":
        # Of more than a week, the Mondays.
        named = [
            (index, start)
            for index, start in enumerate(starts)
            if view.period.days <= DAYS_OF_A_WEEK or start.weekday() == 0
        ]
        name = words.short_day if view.period.days <= MOST_DAYS_OF_A_MONTH else words.short_date
        return place_axis({index + 0.5: name(start) for index, start in named})
    if view.period.days == 1:
        full = {
            index: words.time(at) for index, at in enumerate(starts) if at.minute == 0 and at.hour % 2 == 0
        }
        return place_axis(full)
    new_days = {
        index: words.short_day(at)
        for index, at in enumerate(starts)
        if index == 0 or at.date() != starts[index - 1].date()
    }
    return place_axis(new_days, between=True)


def _months(starts: Sequence[datetime], words: Words) -> dict[int, str]:
    """Name each month where it begins, and the year with the first one."""
    return {
        index: words.short_month(at) + (f" {at.year}" if index == 0 else "")
        for index, at in enumerate(starts)
        if index == 0 or at.month != starts[index - 1].month
    }


def _bars(
    view: ContactView, series: Series, shades: Sequence[str], x: alt.X, words: Words, highest: float
) -> Layer:
    values = np.nan_to_num(np.array(list(series.values()))).reshape(len(series), len(view.table.starts))
    tops = values.cumsum(axis=0)
    which, place = np.nonzero(values)
    table = {
        **bar_places(place, len(view.table.starts)),
        "bottom": (tops - values)[which, place],
        "top": tops[which, place],
        "queue": np.array(list(series), dtype=object)[which],
    }
    return layer(
        table,
        alt.MarkDef(type="rect", clip=True),
        x=x,
        x2=alt.X2(field="after"),
        y=alt.Y(
            field="bottom",
            type="quantitative",
            scale=alt.Scale(domain=[0, highest]),
            axis=count_axis(words, words.text("Contacts")),
        ),
        y2=alt.Y2(field="top"),
        color=alt.Color(
            field="queue",
            type="nominal",
            scale=alt.Scale(domain=list(series), range=list(shades)),
            legend=None,
        ),
    )


def _highest(view: ContactView) -> float:
    """Return where the axis of contacts ends; an empty day keeps a few contacts of room.

    A mass closing is cut off, and the caption says so; so is an earlier day far above all others.
    """
    shown = np.delete(view.total, beyond_scale(view.total))
    found = [shown] if view.comparison is None else [shown, view.comparison.high, view.comparison.usual]
    known = np.concatenate(found)
    known = known[~np.isnan(known)]
    highest = float(known.max(initial=0))
    if view.comparison is not None and view.comparison.each.size:
        highest = max(highest, min(float(np.nanmax(view.comparison.each, initial=0)), MOST_ROOM * highest))
    return max(4.0, highest * 1.1)


def _counted(view: ContactView, x: alt.X, colours: Colours) -> list[Layer]:
    """A line under the bars where contacts were counted: it tells zero from what is not known."""
    counted = np.array(runs(~np.isnan(view.total)))
    if not len(counted):
        return []
    table = {"place": counted[:, 0], "after": counted[:, 1], "zero": np.zeros(len(counted), dtype=int)}
    mark = alt.MarkDef(type="rule", color=colours.ink, strokeWidth=2)
    return [layer(table, mark, x=x, x2=alt.X2(field="after"), y=alt.Y(field="zero", type="quantitative"))]


def _usual_band(view: ContactView, x: alt.X, colours: Colours) -> list[Layer]:
    if view.comparison is None or view.comparison.periods == 1:
        return []
    table, way = _curve(view, low=view.comparison.low, high=view.comparison.high)
    mark = alt.MarkDef(type="area", interpolate=way, color=colours.band)
    return [layer(table, mark, x=x, y=alt.Y(field="low", type="quantitative"), y2=alt.Y2(field="high"))]


def _each_day(view: ContactView, x: alt.X, colours: Colours) -> list[Layer]:
    """A thin line for each of the days of which the usual is made: how far they lie apart is seen, not believed."""
    if view.comparison is None or not len(view.comparison.each):
        return []
    curves = [_curve(view, contacts=values)[0] for values in view.comparison.each]
    table = {name: np.concatenate([curve[name] for curve in curves]) for name in ("contacts", "place")}
    table["day"] = np.repeat(np.arange(len(curves)), len(curves[0]["place"]))
    mark = alt.MarkDef(
        type="line", interpolate="monotone", color=colours.muted, strokeWidth=0.8, opacity=0.55, clip=True
    )
    y, detail = alt.Y(field="contacts", type="quantitative"), alt.Detail(field="day", type="nominal")
    return [layer(table, mark, x=x, y=y, detail=detail)]


def _usual_line(view: ContactView, x: alt.X, colours: Colours) -> list[Layer]:
    if view.comparison is None:
        return []
    table, way = _curve(view, usual=view.comparison.usual)
    y = alt.Y(field="usual", type="quantitative")
    # A light line under the dark one keeps it apart from the bars that it crosses.
    light = alt.MarkDef(type="line", interpolate=way, color=colours.ground, strokeWidth=4, opacity=0.75)
    dark = alt.MarkDef(type="line", interpolate=way, color=colours.ink, strokeWidth=2, strokeDash=[5, 3])
    return [layer(table, light, x=x, y=y), layer(table, dark, x=x, y=y)]


def _curve(view: ContactView, **columns: np.ndarray) -> tuple[Columns, Literal["monotone", "step-after"]]:
    """Return what a line of values by interval is drawn from: smooth through the parts of days, steps over days."""
    if INTERVALS.get(view.table.interval) is None:
        return steps(**columns), "step-after"
    return columns | {"place": np.arange(len(view.table.starts)) + 0.5}, "monotone"


def _now(view: ContactView, now: datetime, x: alt.X, colours: Colours) -> list[Layer]:
    starts = view.table.starts
    if not starts[0] <= now < view.end:
        return []
    mark = alt.MarkDef(type="rule", color=colours.contacts, strokeWidth=1.5)
    return [layer({"place": places_of(view, [now])}, mark, x=x)]
