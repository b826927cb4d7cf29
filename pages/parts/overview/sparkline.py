"""The contacts of today as one small line against the usual, drawn by the server: a page may show hundreds."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from pages.parts.charts.colours import Colours, colours
from pages.parts.overview.picture import source_of
from services.contacts.today import Today
from services.runs import runs
from services.translation import N_, Words

WIDTH, HEIGHT, MARGIN = 240, 40, 3
LINE = 'fill="none" vector-effect="non-scaling-stroke" stroke-linejoin="round"'


def sparkline(today: Today, words: Words) -> None:
    """Draw the day with its two figures beneath; a gap is grey, and what is still to come stays empty."""
    st.html(sparkline_html(today, words, colours()))


def sparkline_html(today: Today, words: Words, palette: Colours, height: int = HEIGHT) -> str:
    """Return the same as HTML, so high (pixels)."""
    return (
        f'<div><img alt="{escape(alternative(today, words))}" src="{source_of(drawing(today, palette))}" '
        f'style="display:block;width:100%;height:{height}px">'
        f'<div style="font-size:.875em;margin-top:.2em">{figures(today, words)}</div></div>'
    )


def figures(today: Today, words: Words) -> str:
    """Return such as "212 contacts today · usually 230 by now", as HTML."""
    counted = words.count("{n} contact today", "{n} contacts today", today.so_far)
    if today.usual_so_far is None:
        return f"<strong>{escape(counted)}</strong>"
    told = N_("usually {usual} by now") if today.whole else N_("usually {usual} in the time with data")
    usual = words.text(told, usual=words.number(round(today.usual_so_far)))
    return f"<strong>{escape(counted)}</strong> · {escape(usual)}"


def alternative(today: Today, words: Words) -> str:
    """Return what the line shows, for whoever does not see it."""
    missing = int(np.isnan(today.contacts[: today.begun]).sum())
    told = words.text("Contacts of today, added up, against the usual")
    if not missing:
        return told
    without = words.count("{n} quarter hour without data", "{n} quarter hours without data", missing)
    return f"{told}; {without}"


def drawing(today: Today, palette: Colours) -> str:
    """Return the SVG."""
    usual = today.usual if today.usual is not None else np.zeros(0)
    top = max(float(np.nanmax(today.contacts, initial=0)), float(usual.max(initial=0)), 1.0)
    step = WIDTH / len(today.contacts)

    def points(first: int, heights: Sequence[float] | np.ndarray) -> str:
        """What is counted in a quarter hour is reached at its end."""
        places = enumerate(heights, start=first + 1)
        return " ".join(f"{place * step:.1f},{_down(height, top):.1f}" for place, height in places)

    parts = [f'<path d="M0 {HEIGHT - 1}H{WIDTH}" stroke="{palette.line}" {LINE}/>']
    for first, after in runs(np.isnan(today.contacts[: today.begun])):
        width = (after - first) * step
        parts.append(
            f'<rect x="{first * step:.1f}" width="{width:.1f}" height="{HEIGHT}" fill="{palette.faint}"/>'
        )
    for first, after in runs(~np.isnan(today.contacts)):
        heights = today.contacts[first:after]
        before = heights[0] if first else 0.0
        line = f"{first * step:.1f},{_down(before, top):.1f} {points(first, heights)}"
        area = f"{first * step:.1f},{HEIGHT} {line} {after * step:.1f},{HEIGHT}"
        parts.append(f'<polygon points="{area}" fill="{palette.band}"/>')
        parts.append(f'<polyline points="{line}" stroke="{palette.contacts}" stroke-width="2" {LINE}/>')
    if len(usual):
        parts.append(
            f'<polyline points="0,{_down(0, top):.1f} {points(0, usual)}" stroke="{palette.ink}" '
            f'stroke-width="1.5" stroke-dasharray="4 3" {LINE}/>'
        )
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _down(height: float, top: float) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * height / top
