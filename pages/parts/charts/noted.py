"""What a chart of contacts notes beside them: incidents, closed days, holidays, and the seals of its days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import altair as alt
import numpy as np

from pages.parts.charts.colours import Colours
from pages.parts.charts.drawing import Columns, Layer, layer, moved
from pages.parts.charts.gaps import WIDE_ENOUGH_FOR_A_LABEL
from pages.parts.charts.places import places_of
from pages.parts.charts.seals import look_of, looks
from services.contacts.marks import Mark, MarkKind
from services.contacts.view import ContactView
from services.intervals import INTERVALS, midnight
from services.sealing.days import Seal
from services.translation import N_, Words

MARK_NAMES: dict[MarkKind, str] = {
    "incident": N_("Incident"),
    "closed": N_("Closed"),
    "downtime": N_("Planned downtime"),
    "holiday": N_("Public holiday"),
}
MOST_SEALED_DAYS = 62
"""More signs would run into each other."""


def mark_layers(
    view: ContactView, marks: Sequence[Mark], x: alt.X, words: Words, colours: Colours
) -> list[Layer]:
    """Return tinted days on which nothing is expected, with their names, and a strip over each incident."""
    if not marks:
        return []
    place = places_of(view, [mark.start for mark in marks])
    after = places_of(view, [mark.end for mark in marks])
    broken = np.array([mark.kind == "incident" for mark in marks])
    named = ~broken & ((after - place) / len(view.table.starts) >= WIDE_ENOUGH_FOR_A_LABEL)
    names = np.array([words.text(MARK_NAMES[mark.kind]) for mark in marks], dtype=object)
    until = alt.X2(field="after")
    layers = [
        layer(
            {"place": place[~broken], "after": after[~broken]},
            alt.MarkDef(type="rect", color=colours.line, opacity=0.45),
            x=x,
            x2=until,
        ),
        layer(
            {"middle": ((place + after) / 2)[named], "name": names[named]},
            alt.MarkDef(type="text", color=colours.muted, fontSize=12, baseline="bottom"),
            x=moved(x, "middle"),
            y=alt.YValue(-4),
            text=alt.Text(field="name", type="nominal"),
        ),
        layer(
            {"place": place[broken], "after": after[broken]},
            alt.MarkDef(type="rect", color=colours.bad),
            x=x,
            x2=until,
            y=alt.YValue(6),
            y2=alt.Y2Value(10),
        ),
    ]
    return [each for each in layers if len(each)]


def seal_layers(view: ContactView, seals: Sequence[Seal], x: alt.X, colours: Colours) -> list[Layer]:
    """Return the sign of each day's seal over a chart of several days; none where they are too many."""
    if not 1 < view.period.days <= MOST_SEALED_DAYS or view.table.interval not in INTERVALS:
        return []
    drawn = looks(colours)
    shown = [seal for seal in seals if look_of(seal) not in ("open", "before_connection")]
    if not shown:
        return []
    signs: Columns = {
        "middle": _middles(view, [seal.day for seal in shown]),
        "sign": [drawn[look_of(seal)].sign for seal in shown],
        "colour": [drawn[look_of(seal)].colour for seal in shown],
    }
    return [
        layer(
            signs,
            alt.MarkDef(type="text", fontSize=13, fontWeight="bold", baseline="bottom"),
            x=moved(x, "middle"),
            y=alt.YValue(-2),
            text=alt.Text(field="sign", type="nominal"),
            color=alt.Color(field="colour", type="nominal", scale=None),
        )
    ]


def marks_by_day(view: ContactView, marks: Sequence[Mark], words: Words) -> list[str]:
    """Return for each interval what is noted of it, in words; a dash for nothing."""
    ends = [*view.table.starts[1:], view.end]
    return [
        "; ".join(
            dict.fromkeys(
                mark_in_words(mark, words) for mark in marks if mark.start < end and mark.end > start
            )
        )
        or "–"
        for start, end in zip(view.table.starts, ends, strict=True)
    ]


def mark_in_words(mark: Mark, words: Words) -> str:
    """Return such as "Incident: An injixo API key was revoked"."""
    more = words.text(mark.cause_name) if mark.cause_name else mark.note
    name = words.text(MARK_NAMES[mark.kind])
    return words.labelled(name, more) if more else name


def seal_signs(seals: Sequence[Seal], words: Words, colours: Colours) -> str:
    """Return what the signs mean that are drawn."""
    drawn: Mapping[str, str] = {
        look.sign: words.text(look.name)
        for state, look in looks(colours).items()
        if state not in ("open", "before_connection") and any(look_of(seal) == state for seal in seals)
    }
    return " · ".join(f"{sign} {name}" for sign, name in drawn.items())


def seals_counted(seals: Sequence[Seal], words: Words, colours: Colours) -> str:
    """Return such as "✓ Equal to Freshchat 3, ? Not compared 1" of the days that are over."""
    days = Counter(look_of(seal) for seal in seals if seal.state != "open")
    return ", ".join(
        f"{look.sign} {words.text(look.name)} {words.number(days[state])}"
        for state, look in looks(colours).items()
        if days[state]
    )


def _middles(view: ContactView, days: Sequence[date]) -> np.ndarray:
    zone = ZoneInfo(view.table.time_zone)
    begins = places_of(view, [midnight(day, zone) for day in days])
    ends = places_of(view, [midnight(day + timedelta(days=1), zone) for day in days])
    return np.asarray((begins + ends) / 2)
