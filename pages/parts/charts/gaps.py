"""Where the chart of contacts has no data, in words, and what was fetched back after an outage."""

from typing import Any

import altair as alt
import pandas as pd

from pages.parts.charts.colours import Colours
from services.contacts.view import ContactView
from services.translation import N_, Words

WIDE_ENOUGH_FOR_A_LABEL = 0.08
GAP_NAMES = {"no_data": N_("no data"), "incomplete": N_("incomplete"), "recovered": N_("recovered")}


def gap_layers(view: ContactView, x: alt.X, words: Words, colours: Colours) -> list[alt.Chart]:
    """Return fenced areas without data, and a strip over what was fetched back, each with its name where it fits."""
    if not view.gaps:
        return []
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

    def area(kind: str, **style: Any) -> alt.Chart:
        chart: alt.Chart = (
            alt.Chart(frame[frame["kind"] == kind]).mark_rect(**style).encode(x, alt.X2(field="after"))
        )
        return chart

    fenced = {"color": colours.faint, "stroke": colours.muted, "strokeDash": [2, 3], "strokeOpacity": 0.7}
    name = alt.Chart(frame[wide]).mark_text(color=colours.muted, fontSize=12, baseline="top")
    layers = [
        area("no_data", **fenced),
        area("incomplete", **fenced, fillOpacity=0.5),
        area("recovered", color=colours.recovered).encode(alt.YValue(0), alt.Y2Value(5)),
        name.encode(_at_middle(x), alt.YValue(9), text=alt.Text(field="name", type="nominal")),
    ]
    return [layer for layer in layers if len(layer.data)]


def _at_middle(x: alt.X) -> alt.X:
    moved = x.copy()
    moved["field"] = "middle"
    return moved
