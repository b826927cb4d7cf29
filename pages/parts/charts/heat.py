"""The heat map of the week: a cell for each hour of each weekday, the darker the busier."""

import json
from typing import Any

import altair as alt
import numpy as np

from pages.parts.charts.axes import place_axis
from pages.parts.charts.colours import Colours, sequential_colours
from pages.parts.charts.drawing import Layer, by_column, layer
from services.contacts.week_hours import HOURS, WEEKDAYS, WeekHours
from services.translation import N_, Words

CELL = 34
HEIGHT = CELL * WEEKDAYS
MOST_NAMED = 3
FEWEST_HOURS = 6
MANY = 100


def hours_shown(found: WeekHours) -> range:
    """Return the hours of the day between the first and the last that bring contacts; all of a quiet one."""
    busy = np.flatnonzero(np.nansum(found.contacts, axis=(0, 1)))
    if not len(busy) or busy[-1] - busy[0] < FEWEST_HOURS:
        return range(HOURS)
    return range(int(busy[0]), int(busy[-1]) + 1)


def hour_name(hour: int) -> str:
    return f"{hour:02d}:00–{(hour + 1) % HOURS:02d}:00"


def mean_in_words(value: float, words: Words) -> str:
    """Return an average with a digit after the point where that says something."""
    return words.number(value, 0 if value >= MANY else 1)


def heat_map(found: WeekHours, words: Words, colours: Colours) -> list[Layer]:
    """Return the averages of all queues of the week together; the pointer reads the busiest queues of an hour."""
    hours = hours_shown(found)
    cells = [_cell(found, weekday, hour, words) for weekday in range(WEEKDAYS) for hour in hours]
    x = alt.X(
        field="hour",
        type="quantitative",
        scale=alt.Scale(domain=[hours.start, hours.stop], nice=False),
        axis=place_axis({hour: f"{hour:02d}" for hour in hours}),
    )
    y = alt.Y(
        field="weekday",
        type="quantitative",
        scale=alt.Scale(domain=[WEEKDAYS, 0], nice=False),
        axis=_weekday_axis(words, colours),
    )
    titles = {
        "when": N_("Hour"),
        "told": N_("Contacts an hour, on average"),
        "days": N_("Days with data"),
        "busiest": N_("Busiest source queues"),
    }
    tooltip = [
        alt.Tooltip(field=field, type="nominal", title=words.text(title)) for field, title in titles.items()
    ]
    places: dict[str, Any] = {
        "x": x,
        "x2": alt.X2(field="hour_end"),
        "y": y,
        "y2": alt.Y2(field="weekday_end"),
    }
    fill = alt.Fill(
        field="average",
        type="quantitative",
        scale=alt.Scale(
            domain=[0, max(1.0, float(np.nanmax(np.nan_to_num(found.total))))], range=sequential_colours()
        ),
        legend=None,
    )
    known = [cell for cell in cells if cell["average"] is not None]
    unknown = [cell for cell in cells if cell["average"] is None]
    plain = alt.MarkDef(type="rect", cornerRadius=2)
    fenced = alt.MarkDef(
        type="rect",
        cornerRadius=2,
        fill=colours.faint,
        stroke=colours.muted,
        strokeDash=[2, 3],
        strokeOpacity=0.5,
    )
    layers = [layer(by_column(known), plain, **places, fill=fill, tooltip=tooltip)]
    if unknown:
        layers.append(layer(by_column(unknown), fenced, **places, tooltip=tooltip))
    return layers


def _cell(found: WeekHours, weekday: int, hour: int, words: Words) -> dict[str, object]:
    average = float(found.total[weekday, hour])
    ranking = found.ranking(weekday, hour)
    named = [f"{queue} {mean_in_words(mean, words)}" for queue, mean, _ in ranking[:MOST_NAMED] if mean > 0]
    return {
        "hour": hour + 0.04,
        "hour_end": hour + 0.96,
        "weekday": weekday + 0.04,
        "weekday_end": weekday + 0.96,
        "average": None if np.isnan(average) else average,
        "when": f"{words.weekdays()[weekday]}, {hour_name(hour)}",
        "told": words.text(N_("no data")) if np.isnan(average) else mean_in_words(average, words),
        "days": words.number(max((days for *_, days in ranking), default=0)),
        "busiest": " · ".join(named) or "–",
    }


def _weekday_axis(words: Words, colours: Colours) -> alt.Axis:
    names = {f"{place + 0.5:g}": name for place, name in enumerate(words.weekdays("abbreviated"))}
    return alt.Axis(
        title=None,
        labelColor=colours.muted,
        values=[float(place) for place in names],
        labelExpr=f"{json.dumps(names, ensure_ascii=False)}[datum.value]",
        labelOverlap=False,
        grid=False,
        ticks=False,
        domain=False,
    )
