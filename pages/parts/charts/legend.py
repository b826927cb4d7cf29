"""The legend of a chart. Vega's own would neither wrap on a narrow screen nor leave the chart its height."""

from collections.abc import Collection, Sequence
from html import escape

import streamlit as st

BAR = '<span style="color:{colour}">■</span>'
DASHES = (
    '<span style="border-top:2px dashed {colour};display:inline-block;margin-right:.25em;'
    'vertical-align:middle;width:1.4em"></span>'
)


def series_names(names: Sequence[str], colours: Sequence[str], *, dashed: Collection[str] = ()) -> None:
    """Draw each name after a mark in its colour; ``dashed``: those that are dashed lines."""
    entries = []
    for name, colour in zip(names, colours, strict=False):
        mark = (DASHES if name in dashed else BAR).format(colour=colour)
        entries.append(f'<span data-series="{colour}">{mark} {escape(name)}</span>')
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:0 1rem;font-size:.875rem">{"".join(entries)}</div>')
