"""The expectation for the time to come, on the chart of contacts: a line with its band."""

from typing import Literal

import altair as alt
import numpy as np

from pages.parts.charts.colours import Colours
from pages.parts.charts.drawing import Layer, layer, moved
from pages.parts.charts.places import places_of
from services.contacts.ahead import Ahead
from services.contacts.view import ContactView
from services.intervals import INTERVALS
from services.translation import Words

MANY = 20
"""Contacts, from which on a digit after the point says nothing."""


def ahead_layers(view: ContactView, found: Ahead | None, x: alt.X, colours: Colours) -> list[Layer]:
    """Return the line with its band: smooth through the parts of days, in steps over days."""
    if found is None:
        return []
    columns = {"mean": found.mean, "low": found.low, "high": found.high}
    places = places_of(view, found.starts)
    way: Literal["monotone", "step-after"] = "monotone"
    if INTERVALS.get(view.table.interval) is None:
        way = "step-after"
        places = np.append(places, places[-1] + 1)
        columns = {name: np.append(values, values[-1]) for name, values in columns.items()}
    else:
        places = places + 0.5
    table, at = {"at": places, **columns}, moved(x, "at")
    mean, low = (alt.Y(field=field, type="quantitative") for field in ("mean", "low"))
    area = alt.MarkDef(type="area", interpolate=way, color=colours.contacts, opacity=0.18)
    line = alt.MarkDef(type="line", interpolate=way, color=colours.contacts, strokeWidth=2)
    return [layer(table, area, x=at, y=low, y2=alt.Y2(field="high")), layer(table, line, x=at, y=mean)]


def ahead_by_interval(view: ContactView, found: Ahead, words: Words) -> list[str]:
    """Return for each interval what is expected of it, such as "12 (5–20)"; a dash for what has begun."""
    told = {
        start.timestamp(): f"{words.number(mean, 0 if mean >= MANY else 1)}"
        f" ({words.number(low)}–{words.number(high)})"
        for start, mean, low, high in zip(found.starts, found.mean, found.low, found.high, strict=True)
    }
    return [told.get(start.timestamp(), "–") for start in view.table.starts]


def highest_ahead(found: Ahead | None) -> float:
    return 0.0 if found is None else float(np.max(found.high, initial=0.0))
