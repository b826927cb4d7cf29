"""The seals of the last twelve weeks: a calendar, the share that is sealed, and the same as a list."""

from collections import Counter
from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from pages.parts.charts.colours import colours
from pages.parts.charts.drawing import draw
from pages.parts.charts.seals import HEIGHT, look_of, looks, seals_chart
from pages.parts.reader import current
from services.sealing.days import LOOKED_BACK, Seal, calendar, sealed_share
from services.sealing.words import seal_sentence
from services.translation import N_, Words
from services.watch.data_flow import Freshness

WIDTH = 560
"""Pixels of the calendar where there is room: wider cells would not say more."""
LIST_HEIGHT = 430


def seal_calendar(shown: Freshness, words: Words) -> None:
    """Draw what Freshchat's own figures say of each day, and of the last 30 days in one figure."""
    st.header(words.text("Seals"), anchor=False)
    st.caption(
        words.text(
            "Every day that is over is compared with Freshchat per source queue; what differs is fetched. "
            "A day is sealed when both sides are equal, to the contact."
        )
    )
    system = current()
    found = calendar(system, shown.integration, shown.assessment.evidence.now)
    with st.container(horizontal=True, gap="large"):
        with st.container(width=WIDTH):
            draw(
                seals_chart(found, words, colours()),
                height=HEIGHT,
                key="seals",
                told=words.labelled(words.text("Seals"), _summary(found, words)),
            )
        with st.container(width="content", gap="small"):
            _share(shown.seals, words)
            _legend(found, words)
    _list(found, words)


def _share(lately: Sequence[Seal], words: Words) -> None:
    """Draw the share of days that are sealed, of those of the last 30 that are over and have data."""
    share = sealed_share(lately)
    over = sum(seal.state != "open" for seal in lately)
    st.metric(
        words.text("Sealed of the last {days} days", days=LOOKED_BACK),
        "–" if share is None else words.percent(share),
        help=words.text("Days that equal Freshchat's figures, of those that are over and have data."),
    )
    if share is not None:
        sealed = words.number(round(share * over))
        st.caption(words.count("{sealed} of {n} day", "{sealed} of {n} days", over, sealed=sealed))


def _legend(found: Sequence[Seal], words: Words) -> None:
    """Name the signs that are in the calendar, each with its colour."""
    present = {look_of(seal) for seal in found}
    rows = [
        f'<div><span aria-hidden="true" style="border:1.5px solid {look.colour};border-radius:3px;'
        f'display:inline-block;font-weight:600;line-height:1.3;margin-right:.5rem;text-align:center;width:1.4rem">'
        f"{look.sign}</span>{escape(words.text(look.name))}</div>"
        for state, look in looks(colours()).items()
        if state in present
    ]
    st.html(f'<div style="display:grid;gap:.25rem;font-size:.875rem">{"".join(rows)}</div>')


def _list(found: Sequence[Seal], words: Words) -> None:
    """Offer the same for keyboards and screen readers, and to be searched: a row for each day, the newest first."""
    days = st.expander(words.text("Seals as a list"), key="seals_as_list", on_change="rerun")
    if not days.open:
        return
    rows = [
        {
            "day": words.day(seal.day),
            "seal": seal_sentence(seal, words),
            "differs": ", ".join(
                words.labelled(line.queue, f"{words.number(line.contacts)} / {words.number(line.freshchat)}")
                for line in seal.queues
                if line.contacts != line.freshchat
            ),
        }
        for seal in reversed(found)
        if look_of(seal) != "before_connection"
    ]
    names = {
        "day": N_("Day"),
        "seal": N_("Seal"),
        "differs": N_("Source queues that differ (here / Freshchat)"),
    }
    with days:
        st.dataframe(
            pd.DataFrame(rows, columns=list(names)),
            hide_index=True,
            key="seal_list",
            height=LIST_HEIGHT,
            column_config={field: words.text(name) for field, name in names.items()},
        )


def _summary(found: Sequence[Seal], words: Words) -> str:
    """Return how many days there are of each kind, for those who do not see the calendar."""
    amounts = Counter(look_of(seal) for seal in found)
    return ", ".join(
        words.labelled(words.text(look.name), words.number(amounts[state]))
        for state, look in looks(colours()).items()
        if amounts[state]
    )
