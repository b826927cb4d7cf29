"""Axes with labels of our own: Vega's would follow the browser's time zone and language, and be too faint."""

import json
from collections.abc import Mapping

import altair as alt

from pages.parts.charts.colours import colours
from services.translation import Words


def place_axis(
    labels: Mapping[int, str] | Mapping[float, str],
    *,
    between: bool = False,
    offset: int = 0,
    evenly: bool = False,
) -> alt.Axis:
    """Return the axis below, with these texts at these places; ``between`` two ticks when the text names a span.

    Where there is no room for all, as many are left as fit; ``evenly``, every second, fourth and so on.
    """
    texts = json.dumps({f"{place:g}": text for place, text in labels.items()}, ensure_ascii=False)
    return alt.Axis(
        title=None,
        labelColor=colours().muted,
        values=list(labels),
        labelExpr=f"{texts}[datum.value]",
        labelAlign="left" if between else "center",
        labelOffset=4 if between else 0,
        labelOverlap="parity" if evenly else "greedy",
        labelSeparation=6,
        grid=between,
        offset=offset,
    )


def count_axis(words: Words, title: str) -> alt.Axis:
    """Return the axis on the left, with whole numbers as the language writes them."""
    return alt.Axis(
        title=title,
        titleColor=colours().muted,
        labelColor=colours().muted,
        labelExpr=f"replace(format(datum.value, ','), /,/g, '{words.thousands_mark}')",
        tickMinStep=1,
        tickCount=5,
        minExtent=40,
    )
