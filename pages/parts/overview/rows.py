"""The overview of many integrations: a row for each, with its day, its seals and the next step."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.charts.colours import Colours, colours
from pages.parts.integration_choice import KEY
from pages.parts.language import words_for
from pages.parts.overview.sparkline import sparkline_html
from pages.parts.overview.step import next_step_link
from pages.parts.overview.strip import seals_html, steps_html
from pages.parts.plain import plain
from pages.parts.reader import may
from pages.parts.rows import badges, row, table_of_rows, told_html
from services.overview import Glance
from services.set_up import next_step_of
from services.translation import Words

SPARK = 26
"""Pixels of the line's height."""


def rows(glances: Sequence[Glance]) -> None:
    """Draw a row for each integration."""
    palette = colours()
    with table_of_rows():
        for each in glances:
            _row(each, words_for(each.integration.time_zone), palette)


def _row(each: Glance, words: Words, palette: Colours) -> None:
    with row(each.shown):
        st.page_link(
            "contacts.py",
            label=plain(each.integration.name),
            query_params={KEY: each.integration.integration_id},
        )
        st.html(told_html(each.shown, words))
        st.markdown(badges(each.shown, words))
        st.html(_figures(each, words, palette))
        next_step_link(each, words)


def _figures(each: Glance, words: Words, palette: Colours) -> str:
    """Return today against the usual, and the days that are sealed; how far the set-up is, before there is a day."""
    drawn = []
    if each.today is not None:
        drawn.append(sparkline_html(each.today, words, palette, SPARK))
    elif next_step_of(each.set_up) is not None and may("admin"):
        drawn.append(steps_html(each.set_up, words, palette))
    if each.over:
        drawn.append(seals_html(each, words, palette))
    return f'<div class="figures">{"".join(drawn)}</div>'
