"""Charts onto the page: layers over one another, each described with Altair's plain classes, with a table of its own.

``alt.Chart`` copies what it holds with every method that is called on it, and its data once more for a hash; every
class is held against its schema when it is made. That was most of what a page of contacts cost. The plain classes
describe the same. The charts are ours, so the tests have them checked and readers do not wait for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
import streamlit as st
from altair.utils import schemapi

schemapi.disable_debug_mode()

Columns = Mapping[str, Sequence[Any] | np.ndarray]


@dataclass(frozen=True, slots=True)
class Layer:
    """One mark for each row of the columns. ``channels``: by their names in ``alt.Encoding``."""

    columns: Columns
    mark: alt.MarkDef
    channels: Mapping[str, Any]
    selections: Sequence[alt.SelectionParameter] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def layer(
    columns: Columns, mark: alt.MarkDef, *, selections: Sequence[alt.SelectionParameter] = (), **channels: Any
) -> Layer:
    return Layer(columns, mark, channels, selections)


def by_column(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Return the columns of rows that all have the same ones; there is one row at least."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def moved(channel: alt.X, field: str) -> alt.X:
    """Return the channel with its axis and scale, for another field."""
    found = channel.copy(deep=False)
    found["field"] = field
    return found


def draw(layers: Sequence[Layer], *, height: int, key: str, told: str) -> None:
    """Draw the layers, the first at the bottom. ``told``: the same in words, for whoever does not see it."""
    names: dict[int, str] = {}  # what several layers are drawn from travels once
    for place, each in enumerate(layers):
        names.setdefault(id(each.columns), f"table_{place}")
    spec = {"height": height, "layer": _written(layers, [names[id(each.columns)] for each in layers])}
    if schemapi.DEBUG_MODE:
        alt.TopLevelLayerSpec.from_dict(spec)
    tables = {names[id(each.columns)]: _table(each.columns) for each in layers}
    st.vega_lite_chart(spec=spec | {"datasets": tables}, key=key, alt=told)


def _table(columns: Columns) -> pa.Table:
    """Return the columns as they travel; a number that is none becomes a value that is missing."""
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})


def _written(layers: Sequence[Layer], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the layers as Vega-Lite reads them; what several of them share is written out once.

    Only what can be pointed at is named mark by mark: a screen reader meets each figure once, and hundreds of marks
    cost the browser nothing but their drawing.
    """
    known: dict[int, Any] = {}

    def written(part: Any) -> Any:
        if isinstance(part, Sequence):
            return [written(each) for each in part]
        if id(part) not in known:
            known[id(part)] = part.to_dict(validate=schemapi.DEBUG_MODE)
        return known[id(part)]

    return [
        {
            "data": {"name": name},
            "mark": written(each.mark) | {"aria": "tooltip" in each.channels},
            "encoding": {channel: written(part) for channel, part in each.channels.items()},
        }
        | ({"params": written(each.selections)} if each.selections else {})
        for name, each in zip(names, layers, strict=True)
    ]
