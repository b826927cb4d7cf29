"""The overlap of keys as lines in time: which of them the app may still use, and until when."""

from datetime import datetime, timedelta
from html import escape

import streamlit as st

from pages.parts.charts.colours import Colours, colours
from services.integrations import ListedKey
from services.translation import Words

MARGIN = 0.2
"""The share of the overlap that is drawn before and after it."""
SHORTEST = timedelta(minutes=1)


def overlap(listed: list[ListedKey], now: datetime, words: Words) -> None:
    """Draw the keys that are valid now, each from its beginning to its end; nothing while there is only one."""
    valid = [entry for entry in listed if entry.ended is None]
    ends = [entry.key.expires_at for entry in valid if entry.key.expires_at is not None]
    if len(valid) < 2 or not ends:
        return
    newest = max(entry.key.created_at for entry in valid)
    margin = MARGIN * max(max(ends) - newest, SHORTEST)
    st.html(lines(valid, newest - margin, max(ends) + margin, now, colours()))
    ending = [entry for entry in valid if entry.key.expires_at is not None]
    for entry in ending:
        assert entry.key.expires_at is not None
        told = words.text(
            "`{prefix}…` ends on {moment}: paste the newest key in the app before.",
            prefix=entry.key.prefix,
            moment=words.moment(entry.key.expires_at),
        )
        st.markdown(told)  # a caption's grey is too faint for code


def lines(valid: list[ListedKey], start: datetime, end: datetime, now: datetime, palette: Colours) -> str:
    """Return a line for each key from ``start`` to ``end``, and where now is; what it says stands in words below."""

    def place(at: datetime) -> float:
        return 100 * min(max((at - start) / (end - start), 0.0), 1.0)

    rows = []
    for entry in valid:
        left, right = place(entry.key.created_at), place(entry.key.expires_at or end)
        colour = palette.contacts if entry.key.expires_at is None else palette.doubtful
        rows.append(
            '<div style="display:flex;align-items:center;gap:.75rem">'
            f'<code style="flex:0 0 auto;font-size:.8rem">{escape(entry.key.prefix)}…</code>'
            f'<div style="position:relative;flex:1;height:.75rem;background:{palette.faint};border-radius:.4rem">'
            f'<div style="position:absolute;left:{left:.1f}%;width:{right - left:.1f}%;height:100%;'
            f'background:{colour};border-radius:.4rem"></div>'
            f'<div style="position:absolute;left:{place(now):.1f}%;width:2px;top:-.25rem;bottom:-.25rem;'
            f'background:{palette.ink}"></div></div></div>'
        )
    return f'<div aria-hidden="true" style="display:grid;gap:.5rem">{"".join(rows)}</div>'
