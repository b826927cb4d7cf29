"""Where the chart of contacts has no data, in words, and what was fetched back after an outage."""

from typing import Any

import altair as alt

from pages.parts.charts.colours import Colours
from pages.parts.charts.drawing import Columns, Layer, layer, moved
from services.contacts.view import ContactView
from services.translation import N_, Words

WIDE_ENOUGH_FOR_A_LABEL = 0.08
GAP_NAMES = {"no_data": N_("no data"), "incomplete": N_("incomplete"), "recovered": N_("recovered")}


def gap_layers(view: ContactView, x: alt.X, words: Words, colours: Colours) -> list[Layer]:
    """Return fenced areas without data, and a strip over what was fetched back, each with its name where it fits."""
    if not view.gaps:
        return []

    def area(kind: str, *, style: dict[str, Any], **channels: Any) -> Layer:
        of_kind = [gap for gap in view.gaps if gap.kind == kind]
        table = {"place": [gap.first for gap in of_kind], "after": [gap.after for gap in of_kind]}
        return layer(table, alt.MarkDef(type="rect", **style), x=x, x2=alt.X2(field="after"), **channels)

    wide = [
        gap
        for gap in view.gaps
        if (gap.after - gap.first) / len(view.table.starts) >= WIDE_ENOUGH_FOR_A_LABEL
    ]
    names: Columns = {
        "middle": [(gap.first + gap.after) / 2 for gap in wide],
        "name": [words.text(GAP_NAMES[gap.kind]) for gap in wide],
    }
    fenced = {"color": colours.faint, "stroke": colours.muted, "strokeDash": [2, 3], "strokeOpacity": 0.7}
    layers = [
        area("no_data", style=fenced),
        area("incomplete", style=fenced | {"fillOpacity": 0.5}),
        area("recovered", style={"color": colours.recovered}, y=alt.YValue(0), y2=alt.Y2Value(5)),
        layer(
            names,
            alt.MarkDef(type="text", color=colours.muted, fontSize=12, baseline="top"),
            x=moved(x, "middle"),
            y=alt.YValue(14),
            text=alt.Text(field="name", type="nominal"),
        ),
    ]
    return [each for each in layers if len(each)]
