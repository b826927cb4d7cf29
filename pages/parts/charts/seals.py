"""The calendar of seals: a cell for each day, weeks from left to right, each state by a colour and a sign."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from pages.parts.charts.axes import place_axis
from pages.parts.charts.colours import Colours
from pages.parts.charts.drawing import Layer, by_column, layer
from services.sealing.days import Seal
from services.sealing.words import STATE_NAMES, seal_sentence
from services.translation import N_, Words

CELL = 30
DAYS_OF_A_WEEK = 7
HEIGHT = CELL * DAYS_OF_A_WEEK
BEFORE_CONNECTION = N_("Before the connection")


@dataclass(frozen=True, slots=True)
class Look:
    """How a seal looks; ``name`` is not yet translated, ``strength`` is that of the colour in the cell."""

    name: str
    sign: str
    colour: str
    strength: float = 0.35


def looks(colours: Colours) -> dict[str, Look]:
    """Return how each state looks, in the order of the legend."""
    return {
        "equal": Look(STATE_NAMES["equal"], "✓", colours.good),
        "fetched": Look(STATE_NAMES["fetched"], "+", colours.recovered),
        "differs": Look(STATE_NAMES["differs"], "≠", colours.bad),
        "not_compared": Look(STATE_NAMES["not_compared"], "?", colours.muted),
        "open": Look(STATE_NAMES["open"], "…", colours.line, 0.1),
        "before_connection": Look(BEFORE_CONNECTION, "–", colours.line, 0),
    }


def look_of(seal: Seal) -> str:
    """Return which of the looks a seal has: of a day before the connection, nothing was to be compared."""
    return "before_connection" if seal.reason == "before_connection" else seal.state


def seals_chart(found: Sequence[Seal], words: Words, colours: Colours) -> list[Layer]:
    """Return the seals of days in a row, of which the first is a Monday."""
    drawn = looks(colours)
    table = by_column(
        [
            {
                "week": place // DAYS_OF_A_WEEK + 0.06,
                "week_end": place // DAYS_OF_A_WEEK + 0.94,
                "middle": place // DAYS_OF_A_WEEK + 0.5,
                "weekday": place % DAYS_OF_A_WEEK + 0.06,
                "weekday_end": place % DAYS_OF_A_WEEK + 0.94,
                "centre": place % DAYS_OF_A_WEEK + 0.5,
                "day": words.day(seal.day),
                "seal": seal_sentence(seal, words),
                "sign": drawn[look_of(seal)].sign,
                "colour": drawn[look_of(seal)].colour,
                "strength": drawn[look_of(seal)].strength,
            }
            for place, seal in enumerate(found)
        ]
    )
    weeks = -(-len(found) // DAYS_OF_A_WEEK)
    mondays = {week + 0.5: words.short_date(found[week * DAYS_OF_A_WEEK].day) for week in range(weeks)}
    across = alt.Scale(domain=[0, weeks], nice=False)
    down = alt.Scale(domain=[DAYS_OF_A_WEEK, 0], nice=False)
    x_axis, y_axis = place_axis(mondays, evenly=True), _weekdays(words, colours)
    tooltip = [
        alt.Tooltip(field="day", type="nominal", title=words.text(N_("Day"))),
        alt.Tooltip(field="seal", type="nominal", title=words.text(N_("Seal"))),
    ]
    cells = layer(
        table,
        alt.MarkDef(type="rect", cornerRadius=3, strokeWidth=1.5),
        x=alt.X(field="week", type="quantitative", scale=across, axis=x_axis),
        x2=alt.X2(field="week_end"),
        y=alt.Y(field="weekday", type="quantitative", scale=down, axis=y_axis),
        y2=alt.Y2(field="weekday_end"),
        fill=alt.Fill(field="colour", type="nominal", scale=None),
        stroke=alt.Stroke(field="colour", type="nominal", scale=None),
        fillOpacity=alt.FillOpacity(field="strength", type="quantitative", scale=None),
        tooltip=tooltip,
    )
    signs = layer(
        table,
        alt.MarkDef(type="text", color=colours.ink, fontSize=14, fontWeight="bold", baseline="middle"),
        x=alt.X(field="middle", type="quantitative", scale=across, axis=x_axis),
        y=alt.Y(field="centre", type="quantitative", scale=down, axis=y_axis),
        text=alt.Text(field="sign", type="nominal"),
        tooltip=tooltip,
    )
    return [cells, signs]


def _weekdays(words: Words, colours: Colours) -> alt.Axis:
    names = words.weekdays("abbreviated")
    texts = json.dumps({f"{place + 0.5:g}": name for place, name in enumerate(names)}, ensure_ascii=False)
    return alt.Axis(
        title=None,
        labelColor=colours.muted,
        values=[place + 0.5 for place in range(DAYS_OF_A_WEEK)],
        labelExpr=f"{texts}[datum.value]",
        labelOverlap=False,
        grid=False,
        ticks=False,
        domain=False,
    )
