"""The legend of a chart. Vega's own would neither wrap on a narrow screen nor leave the chart its height."""

from collections.abc import Sequence
from html import escape

import streamlit as st


def series_names(names: Sequence[str], colours: Sequence[str]) -> None:
    """Draw each name after a mark in its colour."""
    marks = [
        f'<span style="white-space:nowrap"><span style="color:{colour}">■</span> {escape(name)}</span>'
        for name, colour in zip(names, colours, strict=False)
    ]
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:0 1rem;font-size:.875rem">{"".join(marks)}</div>')
