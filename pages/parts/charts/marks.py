"""Marks that the charts of contacts and of the data flow share."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from pages.parts.charts.colours import Colours

MANY_BARS = 120


def bar_places(place: np.ndarray, bars: int = 0) -> dict[str, np.ndarray]:
    """Return where bars begin and end, with a little room on both sides; with none where there are many ``bars``."""
    room = 0.06 if bars <= MANY_BARS else 0.0
    return {"place": place + room, "after": place + 1 - room}


def steps(**columns: np.ndarray) -> pd.DataFrame:
    """Steps need their last value once more, where the last one ends."""
    frame = pd.DataFrame({name: np.append(values, values[-1]) for name, values in columns.items()})
    return frame.assign(place=np.arange(len(frame)))


def pointed_fields(
    columns: Mapping[str, Sequence[str]], tooltips: Sequence[tuple[str, str]], x: alt.X, colours: Colours
) -> alt.Chart:
    """An invisible field over each interval, with every figure of it under the pointer.

    ``columns``: texts by field, one for each interval; ``tooltips``: (field, title) in their order.
    """
    frame = pd.DataFrame(columns)
    frame = frame.assign(place=np.arange(len(frame)), after=np.arange(len(frame)) + 1)
    pointed = alt.selection_point(
        name="pointed", on="pointerover", clear="pointerout", fields=["place"], empty=False
    )
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_rect(color=colours.ink)
        .encode(
            x,
            alt.X2(field="after"),
            opacity=alt.OpacityValue(0, condition={"param": "pointed", "empty": False, "value": 0.12}),
            tooltip=[alt.Tooltip(field=field, type="nominal", title=title) for field, title in tooltips],
        )
        .add_params(pointed)
    )
    return chart
