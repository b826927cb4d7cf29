"""An integration among many, in one row of few elements: a page of hundreds is sent one by one to each reader."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.parts.charts.colours import Colours, colours
from pages.parts.integration_choice import KEY
from pages.parts.language import words_for
from pages.parts.overview.sparkline import sparkline_html
from pages.parts.overview.step import next_step_link
from pages.parts.overview.strip import seals_html, steps_html
from pages.parts.plain import plain
from pages.parts.reader import may
from pages.parts.status import configuration_look, data_flow_look, in_a_badge
from pages.parts.trust import reason_text
from services.overview import Glance
from services.set_up import next_step_of
from services.translation import Words
from services.watch.words import headline

SPARK = 26
"""Pixels of the line's height."""

CSS = """
<style>
.st-key-rows { gap: 0 }
[class*=st-key-row_] {
    display: grid; align-items: center; gap: .1rem 1.5rem; padding: .4rem 0; border-top: 1px solid LINE;
    grid-template: "name state figures next" auto "told state figures next" auto / 4.4fr 2.7fr 5.8fr 2.6fr
}
[class*=st-key-row_] > * { width: auto; min-width: 0 }
[class*=st-key-row_] > :nth-child(1) { grid-area: name; align-self: end }
[class*=st-key-row_] > :nth-child(2) { grid-area: told; align-self: start }
[class*=st-key-row_] > :nth-child(3) { grid-area: state }
[class*=st-key-row_] > :nth-child(4) { grid-area: figures }
[class*=st-key-row_] > :nth-child(5) { grid-area: next; justify-self: end }
[class*=st-key-row_] [data-testid=stPageLink-NavLink] { padding-inline: 0; min-height: 0 }
[class*=st-key-row_] [data-testid=stPageLink-NavLink] p { line-height: 1.3; white-space: normal }
[class*=st-key-row_] > :nth-child(1) p { font-weight: 600 }
[class*=st-key-row_] > :nth-child(5) p { text-align: end }
[class*=st-key-row_] [data-testid=stMarkdownContainer] { margin: 0 }
[class*=st-key-row_] .stMarkdownBadge { white-space: normal !important }
[class*=st-key-row_] [data-testid=stMarkdown] p { line-height: 1.5; margin: 0 }
[class*=st-key-row_] :is(details, .told) { font-size: .875rem; line-height: 1.35 }
[class*=st-key-row_] summary {
    cursor: pointer; list-style: none; overflow: hidden;
    display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2
}
[class*=st-key-row_] summary span::after { content: " ▾"; opacity: .6 }
[class*=st-key-row_] details[open] summary span::after { content: " ▴" }
[class*=st-key-row_] details[open] summary { -webkit-line-clamp: none; margin-bottom: .25rem }
.figures { display: grid; gap: .1rem 1rem; grid-template-columns: 1fr auto; align-items: end }
.figures > * { font-size: .8rem; line-height: 1.3 }
@media (max-width: 1000px) {
    [class*=st-key-row_] {
        grid-template: "name name" auto "told told" auto "state next" auto "figures figures" auto / 1.3fr 1fr
    }
}
</style>
"""


def rows(glances: Sequence[Glance]) -> None:
    """Draw a row for each integration; what its sentence leaves out unfolds beneath it."""
    palette = colours()
    st.html(CSS.replace("LINE", palette.line))
    with st.container(key="rows"):
        for each in glances:
            _row(each, words_for(each.integration.time_zone), palette)


def _row(each: Glance, words: Words, palette: Colours) -> None:
    with st.container(key=f"row_{each.integration.integration_id}"):
        st.page_link(
            "contacts.py",
            label=plain(each.integration.name),
            query_params={KEY: each.integration.integration_id},
        )
        st.html(_told(each, words))
        st.markdown(_badges(each, words))
        st.html(_figures(each, words, palette))
        next_step_link(each, words)


def _told(each: Glance, words: Words) -> str:
    """Return the sentence, as HTML; with all that was found where that is more."""
    short, whole = reason_text(each.shown.verdict, words), headline(each.shown.verdict, words)
    if short == whole:
        return f'<div class="told">{escape(short)}</div>'
    return f"<details><summary><span>{escape(short)}</span></summary>{escape(whole)}</details>"


def _badges(each: Glance, words: Words) -> str:
    """Return the data flow, and the configuration status where it is not as it should be."""
    looks = [data_flow_look(each.shown)]
    if each.integration.configuration != "operational":
        looks.append(configuration_look(each.integration))
    return " ".join(in_a_badge(words.text(name), look) for name, look in looks)


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
