"""The contacts as tables: by source queue, and by interval."""

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts.charts.hover import interval_name
from services.contacts.export import comparison_name
from services.contacts.view import ContactView
from services.translation import Words


def by_queue(view: ContactView, words: Words) -> None:
    sums = np.nansum(view.table.contacts, axis=0)
    frame = pd.DataFrame({"queue": view.table.queues, "contacts": sums.astype(int)})
    frame["share"] = (frame["contacts"] / max(int(frame["contacts"].sum()), 1)).round(2)
    st.dataframe(
        frame.sort_values(["contacts", "queue"], ascending=[False, True]),
        hide_index=True,
        key="contacts_by_queue",
        column_config={
            "queue": st.column_config.TextColumn(words.text("Source queue")),
            "contacts": st.column_config.NumberColumn(words.text("Contacts"), format="localized"),
            "share": st.column_config.ProgressColumn(
                words.text("Share"), format="percent", min_value=0, max_value=1
            ),
        },
    )


def by_interval(view: ContactView, now: datetime, words: Words) -> None:
    """The newest interval first; what has not begun is left out."""
    begun = sum(start <= now for start in view.table.starts)
    columns: dict[str, object] = {
        "interval": [interval_name(view, index, words) for index in range(begun)],
        "total": pd.array(view.total[:begun], dtype="Int64"),
    }
    config = {
        "interval": st.column_config.TextColumn(words.text("Interval"), pinned=True),
        "total": _number(words.text("Total")),
    }
    if view.comparison is not None:
        columns["usual"] = view.comparison.usual[:begun]
        config["usual"] = _number(comparison_name(view, words))
    for index, name in enumerate(view.table.queues):
        columns[f"queue_{index}"] = pd.array(view.table.contacts[:begun, index], dtype="Int64")
        config[f"queue_{index}"] = _number(name)
    st.dataframe(
        pd.DataFrame(columns)[::-1],
        hide_index=True,
        key="contacts_table",
        height=430,
        column_config=config,
        placeholder=words.text("no data"),
    )


def _number(name: str) -> Any:
    return st.column_config.NumberColumn(name, format="localized")
