"""Marks that the charts of contacts and of the data flow share."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np

from pages.parts.charts.colours import Colours
from pages.parts.charts.drawing import Layer, layer

MANY_BARS = 120


def bar_places(place: np.ndarray, bars: int = 0) -> dict[str, np.ndarray]:
    """Return where bars begin and end, with a little room on both sides; with none where there are many ``bars``."""
    room = 0.06 if bars <= MANY_BARS else 0.0
    return {"place": place + room, "after": place + 1 - room}


def steps(**columns: np.ndarray) -> dict[str, np.ndarray]:
    """Steps need their last value once more, where the last one ends."""
    found = {name: np.append(values, values[-1]) for name, values in columns.items()}
    return found | {"place": np.arange(len(next(iter(found.values()))))}


def pointed_fields(
    columns: Mapping[str, Sequence[str]], tooltips: Sequence[tuple[str, str]], x: alt.X, colours: Colours
) -> Layer:
    """An invisible field over each interval, with every figure of it under the pointer.

    ``columns``: texts by field, one for each interval; ``tooltips``: (field, title) in their order.
    """
    place = np.arange(len(next(iter(columns.values()))))
    select = alt.PointSelectionConfig(type="point", on="pointerover", clear="pointerout", fields=["place"])
    return layer(
        {**columns, "place": place, "after": place + 1},
        alt.MarkDef(type="rect", color=colours.ink),
        selections=[alt.SelectionParameter(name="pointed", select=select)],
        x=x,
        x2=alt.X2(field="after"),
        opacity=alt.OpacityValue(0, condition={"param": "pointed", "empty": False, "value": 0.12}),
        tooltip=[alt.Tooltip(field=field, type="nominal", title=title) for field, title in tooltips],
    )
