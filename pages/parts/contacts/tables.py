"""The contacts as tables: by source queue, and by interval."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts.charts.hover import interval_name
from pages.parts.contacts.figures import amount_of, difference
from pages.parts.plain import plain
from services.contacts.by_queue import QueueFigure
from services.contacts.export import comparison_name
from services.contacts.view import ContactView
from services.translation import Words

SEARCHED_FROM = 12
"""Source queues, from which on a search is worth its room."""

MOST_NAMED = 5


def by_queue(view: ContactView, words: Words) -> None:
    """Draw each source queue against its own usual, what stands out first."""
    st.markdown(standing_out(view, words))
    figures = view.by_queue
    if len(figures) >= SEARCHED_FROM:
        sought = st.text_input(
            words.text("Find a source queue"),
            key="queue_search",
            placeholder=words.text("Find a source queue"),
            label_visibility="collapsed",
            icon=":material/search:",
        )
        figures = tuple(each for each in figures if sought.strip().casefold() in each.queue.casefold())
        if not figures:
            st.info(words.text("No source queue has this in its name."), icon=":material/search_off:")
            return
    frame = pd.DataFrame(
        {
            "queue": [each.queue for each in figures],
            "contacts": pd.array([each.contacts for each in figures], dtype="Int64"),
            "usual": usual_of(figures),
            "deviation": [_deviation(each, view, words) for each in figures],
            "course": [np.nan_to_num(each.course).tolist() for each in figures],
            "share": [round(each.share, 3) for each in figures],
        }
    )
    if view.comparison is None:
        frame = frame.drop(columns=["usual", "deviation"])
    st.dataframe(
        frame,
        hide_index=True,
        key="contacts_by_queue",
        placeholder=words.text("no data"),
        column_config={
            "queue": st.column_config.TextColumn(words.text("Source queue"), width="medium"),
            "contacts": _number(words.text("Contacts")),
            "usual": _tenths(words.text("Usual by now") if _is_usual(view) else comparison_name(view, words)),
            "deviation": st.column_config.TextColumn(words.text("Difference"), width="medium"),
            "course": st.column_config.LineChartColumn(words.text("Course"), y_min=0, width="small"),
            "share": st.column_config.ProgressColumn(
                words.text("Share"), format="percent", min_value=0, max_value=1, width="small"
            ),
        },
    )


def standing_out(view: ContactView, words: Words) -> str:
    """Return in words which source queues differ from what they are held against by more than chance."""
    comparison = view.comparison
    if comparison is None or np.isnan(view.total).all():
        return ""
    notable = [
        each for each in view.by_queue if each.standing is not None and each.standing.amount != "as_usual"
    ]
    if not notable:
        if any(gap.kind == "no_data" for gap in view.gaps):
            return words.text("In the time with data no source queue stands out.")
        if view.period.days > 1:
            return words.text("Over the whole time no source queue stands out.")
        return words.text("No source queue stands out.")
    named = [f"**{plain(each.queue)}** {_deviation(each, view, words)}" for each in notable[:MOST_NAMED]]
    told = words.text("Stands out: {queues}", queues=" · ".join(named))
    rest = len(notable) - len(named)
    return told + (" · " + words.count("{n} more", "{n} more", rest) if rest else "")


def _is_usual(view: ContactView) -> bool:
    return view.against == "usual"


def usual_of(figures: Sequence[QueueFigure]) -> list[float]:
    """Return what is usual of each queue, to a tenth: more digits would say more than is known."""
    return [np.nan if each.standing is None else round(each.standing.usual, 1) for each in figures]


def _deviation(each: QueueFigure, view: ContactView, words: Words) -> str:
    """Return such as "+12%, more than usual"."""
    if each.standing is None or view.comparison is None:
        return ""
    return f"{difference(each.standing, words)}, {amount_of(each.standing, view.comparison, words)}"


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
        columns["usual"] = view.comparison.usual[:begun].round(1)
        config["usual"] = _tenths(comparison_name(view, words))
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


def _tenths(name: str) -> Any:
    """Return a column of what is usual: one digit each, so that the points stand below one another."""
    return st.column_config.NumberColumn(name, format="localized", step=0.1)
