"""What the pointer reads off the chart of contacts: every figure of the interval under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import altair as alt
import numpy as np

from pages.parts.charts.ahead import ahead_by_interval
from pages.parts.charts.colours import Colours
from pages.parts.charts.drawing import Layer
from pages.parts.charts.marks import pointed_fields
from pages.parts.charts.noted import marks_by_day
from pages.parts.plain import JOINER
from services.contacts.ahead import Ahead
from services.contacts.export import comparison_name
from services.contacts.marks import Mark
from services.contacts.view import ContactView
from services.sealing.days import Seal
from services.translation import N_, Words

Series = dict[str, np.ndarray]


def interval_name(view: ContactView, index: int, words: Words) -> str:
    """Return such as "Tue 24 Nov, 09:15–09:30", or the day alone."""
    start = view.table.starts[index]
    if view.table.interval == "1d":
        return words.day(start)
    if view.table.interval == "1mo":
        return words.month(start)
    if view.table.interval == "1w":
        return words.text(N_("Week {week}, from {day}"), week=start.isocalendar().week, day=words.day(start))
    end = view.table.starts[index + 1] if index + 1 < len(view.table.starts) else view.end
    return f"{words.moment(start)}–{words.time(end)}"


@dataclass(frozen=True, slots=True)
class Beside:
    """What is drawn beside the contacts. ``told``: the seals in words, by local day."""

    seals: Sequence[Seal] = ()
    told: Mapping[date, str] = field(default_factory=dict)
    marks: Sequence[Mark] = ()
    ahead: Ahead | None = None


def hover(
    view: ContactView, series: Series, beside: Beside, now: datetime, x: alt.X, words: Words, colours: Colours
) -> Layer:
    """Draw what the pointer reads. What is still to come is not missing."""
    nothing = [words.text(N_("to come") if at > now else N_("no data")) for at in view.table.starts]

    def figures(values: np.ndarray) -> list[str]:
        known = np.unique(values[~np.isnan(values)]).tolist()
        told = {value: words.number(value, 0 if value % 1 == 0 else 1) for value in known}
        return [told.get(value, none) for value, none in zip(values.tolist(), nothing, strict=True)]

    columns = {
        "when": [interval_name(view, index, words) for index in range(len(view.table.starts))],
        "total": figures(view.total),
    }
    tooltips = [("when", words.text(N_("Interval"))), ("total", words.text(N_("Total")))]
    if view.comparison is not None:
        columns["usual"] = figures(view.comparison.usual)
        tooltips.append(("usual", comparison_name(view, words)))
    for index, (name, values) in enumerate(series.items()):
        columns[f"queue_{index}"] = figures(values)
        tooltips.append((f"queue_{index}", name))
    if beside.ahead is not None:
        columns["ahead"] = ahead_by_interval(view, beside.ahead, words)
        tooltips.append(("ahead", words.text(N_("Expected"))))
    if beside.marks:
        columns["noted"] = marks_by_day(view, beside.marks, words)
        tooltips.append(("noted", words.text(N_("Noted"))))
    if beside.told:
        columns["seal"] = [beside.told.get(start.date(), "–") for start in view.table.starts]
        tooltips.append(("seal", words.text(N_("Seal of the day"))))
    fields, names = zip(*tooltips, strict=True)
    return pointed_fields(columns, list(zip(fields, told_apart(names), strict=True)), x, colours)


def told_apart(names: Sequence[str]) -> list[str]:
    """Return names of which each is a row of its own: Vega shows equal ones as one, and two words otherwise."""
    taken = {"title", "image"}
    found = []
    for name in names:
        while name in taken:
            name += JOINER
        taken.add(name)
        found.append(name)
    return found
