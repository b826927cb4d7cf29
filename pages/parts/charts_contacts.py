"""The chart of contacts per source queue: stacked bars, what is usual, and where there is no data.

Its axis counts intervals and its labels are texts of ours: days of 92 and 100 quarter hours come out right,
whatever the browser's own time zone and language are.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from pages.parts.axes import count_axis, place_axis
from pages.parts.colours import Colours, series_colours
from services.comparison import Comparison
from services.contact_view import ContactView
from services.export import comparison_name
from services.translation import N_, Words

HEIGHT = 380
MOST_SERIES = 8
WIDE_ENOUGH_FOR_A_LABEL = 0.08
GAP_NAMES = {"no_data": N_("no data"), "incomplete": N_("incomplete"), "recovered": N_("recovered")}

Series = dict[str, np.ndarray]


def contacts_chart(
    view: ContactView, series: Series, now: datetime, words: Words, colours: Colours
) -> alt.LayerChart | alt.FacetChart:
    """Draw the view, stacked in the order of the series."""
    x = alt.X(
        field="place",
        type="quantitative",
        scale=alt.Scale(domain=[0, len(view.table.starts)], nice=False),
        axis=_axis(view, words),
    )
    layers = [
        *_gaps(view, x, words, colours),
        *_usual_band(view, x, colours),
        _bars(view, series, x, words),
        *_counted(view, x, colours),
        *_usual_line(view, x, colours),
        *_now(view, now, x, colours),
        _hover(view, series, x, words, colours),
    ]
    return alt.layer(*layers, height=HEIGHT)


def grouped(view: ContactView, queues: Sequence[str], words: Words) -> Series:
    """Return the contacts by series, in the order of their stacking.

    ``queues``: the busiest first, so that a queue keeps its colour; beyond eight, the rest share one.
    """
    columns = {name: view.table.contacts[:, index] for index, name in enumerate(view.table.queues)}
    named = [queue for queue in queues if queue in columns]
    named += [queue for queue in columns if queue not in named]
    if len(named) <= MOST_SERIES:
        return {name: columns[name] for name in named}
    shown, rest = named[: MOST_SERIES - 1], named[MOST_SERIES - 1 :]
    others = words.count("{n} more source queue", "{n} more source queues", len(rest))
    return {name: columns[name] for name in shown} | {
        others: np.nansum([columns[name] for name in rest], axis=0)
    }


def interval_name(view: ContactView, index: int, words: Words) -> str:
    """Return such as "Tue 24 Nov, 09:15–09:30", or the day alone."""
    start = view.table.starts[index]
    if view.table.interval == "1d":
        return words.day(start)
    end = view.table.starts[index + 1] if index + 1 < len(view.table.starts) else view.end
    return f"{words.moment(start)}–{words.time(end)}"


def _axis(view: ContactView, words: Words) -> alt.Axis:
    starts = view.table.starts
    if view.table.interval == "1d":
        return place_axis({index + 0.5: words.short_day(start) for index, start in enumerate(starts)})
    if view.period.view == "day":
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


def _bars(view: ContactView, series: Series, x: alt.X, words: Words) -> alt.Chart:
    values = np.nan_to_num(np.array(list(series.values()))).reshape(len(series), len(view.table.starts))
    tops = values.cumsum(axis=0)
    which, place = np.nonzero(values)
    frame = pd.DataFrame(
        {
            "place": place + 0.06,
            "after": place + 0.94,
            "bottom": (tops - values)[which, place],
            "top": tops[which, place],
            "queue": np.array(list(series), dtype=object)[which],
        }
    )
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x,
            alt.X2(field="after"),
            alt.Y(
                field="bottom",
                type="quantitative",
                scale=alt.Scale(domain=[0, _highest(view)]),
                axis=count_axis(words, words.text("Contacts")),
            ),
            alt.Y2(field="top"),
            alt.Color(
                field="queue",
                type="nominal",
                scale=alt.Scale(domain=list(series), range=series_colours()[: len(series)]),
                legend=None,
            ),
        )
    )
    return chart


def _highest(view: ContactView) -> float:
    """Return where the axis of contacts ends; an empty day keeps a few contacts of room."""
    found = (
        [view.total] if view.comparison is None else [view.total, view.comparison.high, view.comparison.usual]
    )
    known = np.concatenate(found)
    known = known[~np.isnan(known)]
    return max(4.0, float(known.max(initial=0)) * 1.1)


def _counted(view: ContactView, x: alt.X, colours: Colours) -> list[alt.Chart]:
    """A line under the bars where contacts were counted: it tells zero from what is not known."""
    counted = np.flatnonzero(~np.isnan(view.total))
    if not len(counted):
        return []
    frame = pd.DataFrame({"place": counted, "after": counted + 1, "zero": 0})
    mark = alt.Chart(frame).mark_rule(color=colours.ink, strokeWidth=2)
    return [mark.encode(x, alt.X2(field="after"), alt.Y(field="zero", type="quantitative"))]


def _gaps(view: ContactView, x: alt.X, words: Words, colours: Colours) -> list[alt.Chart]:
    """Areas without data with the words for it, and a strip over what was fetched back."""
    frame = pd.DataFrame(
        {
            "place": [gap.first for gap in view.gaps],
            "after": [gap.after for gap in view.gaps],
            "middle": [(gap.first + gap.after) / 2 for gap in view.gaps],
            "kind": [gap.kind for gap in view.gaps],
            "name": [words.text(GAP_NAMES[gap.kind]) for gap in view.gaps],
        }
    )
    wide = (frame["after"] - frame["place"]) / len(view.table.starts) >= WIDE_ENOUGH_FOR_A_LABEL
    strip = frame["kind"] == "recovered"

    def area(kind: str, **style: Any) -> alt.Chart:
        chart: alt.Chart = (
            alt.Chart(frame[frame["kind"] == kind]).mark_rect(**style).encode(x, alt.X2(field="after"))
        )
        return chart

    def label(rows: pd.Series, **style: Any) -> alt.Chart:
        mark = alt.Chart(frame[rows]).mark_text(color=colours.muted, fontSize=12, **style)
        chart: alt.Chart = mark.encode(
            _at_middle(x), y=alt.value(9), text=alt.Text(field="name", type="nominal")
        )
        return chart

    layers = [
        area("no_data", color=colours.faint),
        area("incomplete", color=colours.faint, opacity=0.5),
        area("recovered", color=colours.good).encode(y=alt.value(0), y2=alt.value(5)),
        label(wide, baseline="top"),
        label(~wide & ~strip, angle=270, align="right"),
    ]
    return [layer for layer in layers if len(layer.data)]


def _at_middle(x: alt.X) -> alt.X:
    moved = x.copy()
    moved["field"] = "middle"
    return moved


def _usual_frame(comparison: Comparison) -> pd.DataFrame:
    """Steps need their last value once more, where the last interval ends."""
    return pd.DataFrame(
        {
            "place": np.arange(len(comparison.usual) + 1),
            "usual": np.append(comparison.usual, comparison.usual[-1]),
            "low": np.append(comparison.low, comparison.low[-1]),
            "high": np.append(comparison.high, comparison.high[-1]),
        }
    )


def _usual_band(view: ContactView, x: alt.X, colours: Colours) -> list[alt.Chart]:
    if view.comparison is None or view.comparison.periods == 1:
        return []
    chart = alt.Chart(_usual_frame(view.comparison))
    area = chart.mark_area(interpolate="step-after", color=colours.ink, opacity=0.14)
    return [area.encode(x, alt.Y(field="low", type="quantitative"), alt.Y2(field="high"))]


def _usual_line(view: ContactView, x: alt.X, colours: Colours) -> list[alt.Chart]:
    if view.comparison is None:
        return []
    chart = alt.Chart(_usual_frame(view.comparison))
    line = chart.mark_line(interpolate="step-after", color=colours.ink, strokeWidth=1.5, strokeDash=[5, 3])
    return [line.encode(x, alt.Y(field="usual", type="quantitative"))]


def _now(view: ContactView, now: datetime, x: alt.X, colours: Colours) -> list[alt.Chart]:
    starts = view.table.starts
    if not starts[0] <= now < view.end:
        return []
    index = sum(start <= now for start in starts) - 1
    end = starts[index + 1] if index + 1 < len(starts) else view.end
    begin = starts[
        index
    ].timestamp()  # differences of local times would be an hour off when the clock changes
    place = index + (now.timestamp() - begin) / (end.timestamp() - begin)
    mark = alt.Chart(pd.DataFrame({"place": [place]})).mark_rule(color=colours.contacts, strokeWidth=1.5)
    return [mark.encode(x)]


def _hover(view: ContactView, series: Series, x: alt.X, words: Words, colours: Colours) -> alt.Chart:
    """An invisible field over each interval, with every figure of it."""
    nothing = words.text(N_("no data"))

    def figures(values: np.ndarray) -> list[str]:
        return [
            nothing if np.isnan(value) else words.number(value, 0 if value % 1 == 0 else 1)
            for value in values
        ]

    count = len(view.table.starts)
    columns: dict[str, object] = {
        "place": np.arange(count),
        "after": np.arange(count) + 1,
        "when": [interval_name(view, index, words) for index in range(count)],
        "total": figures(view.total),
    }
    tooltips = [
        alt.Tooltip(field="when", type="nominal", title=words.text(N_("Interval"))),
        alt.Tooltip(field="total", type="nominal", title=words.text(N_("Total"))),
    ]
    if view.comparison is not None:
        columns["usual"] = figures(view.comparison.usual)
        tooltips.append(alt.Tooltip(field="usual", type="nominal", title=comparison_name(view, words)))
    for index, (name, values) in enumerate(series.items()):
        columns[f"queue_{index}"] = figures(values)
        tooltips.append(alt.Tooltip(field=f"queue_{index}", type="nominal", title=name))
    pointed = alt.selection_point(
        name="pointed", on="pointerover", clear="pointerout", fields=["place"], empty=False
    )
    opacity = alt.when(pointed).then(alt.value(0.12)).otherwise(alt.value(0))
    mark = alt.Chart(pd.DataFrame(columns)).mark_rect(color=colours.ink)
    chart: alt.Chart = mark.encode(x, alt.X2(field="after"), opacity=opacity, tooltip=tooltips).add_params(
        pointed
    )
    return chart
