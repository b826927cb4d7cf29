"""What the pointer reads off the chart of contacts: every figure of the interval under it."""

import altair as alt
import numpy as np
import pandas as pd

from pages.parts.colours import Colours
from services.contact_view import ContactView
from services.export import comparison_name
from services.translation import N_, Words

Series = dict[str, np.ndarray]


def interval_name(view: ContactView, index: int, words: Words) -> str:
    """Return such as "Tue 24 Nov, 09:15–09:30", or the day alone."""
    start = view.table.starts[index]
    if view.table.interval == "1d":
        return words.day(start)
    end = view.table.starts[index + 1] if index + 1 < len(view.table.starts) else view.end
    return f"{words.moment(start)}–{words.time(end)}"


def hover(view: ContactView, series: Series, x: alt.X, words: Words, colours: Colours) -> alt.Chart:
    """An invisible field over each interval, with every figure of it."""
    nothing = words.text(N_("no data"))

    def figures(values: np.ndarray) -> list[str]:
        return [
            nothing if np.isnan(value) else words.number(value, 0 if value % 1 == 0 else 1)
            for value in values
        ]

    count = len(view.table.starts)
    columns: dict[str, object] = {
        "place": np.arange(count),
        "after": np.arange(count) + 1,
        "when": [interval_name(view, index, words) for index in range(count)],
        "total": figures(view.total),
    }
    tooltips = [
        alt.Tooltip(field="when", type="nominal", title=words.text(N_("Interval"))),
        alt.Tooltip(field="total", type="nominal", title=words.text(N_("Total"))),
    ]
    if view.comparison is not None:
        columns["usual"] = figures(view.comparison.usual)
        tooltips.append(alt.Tooltip(field="usual", type="nominal", title=comparison_name(view, words)))
    for index, (name, values) in enumerate(series.items()):
        columns[f"queue_{index}"] = figures(values)
        tooltips.append(alt.Tooltip(field=f"queue_{index}", type="nominal", title=name))
    pointed = alt.selection_point(
        name="pointed", on="pointerover", clear="pointerout", fields=["place"], empty=False
    )
    opacity = alt.when(pointed).then(alt.value(0.12)).otherwise(alt.value(0))
    mark = alt.Chart(pd.DataFrame(columns)).mark_rect(color=colours.ink)
    chart: alt.Chart = mark.encode(x, alt.X2(field="after"), opacity=opacity, tooltip=tooltips).add_params(
        pointed
    )
    return chart
