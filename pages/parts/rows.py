"""An integration among many, in one row of few elements: a page of hundreds is sent one by one to each reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from pages.parts.charts.colours import colours
from pages.parts.status import configuration_look, data_flow_look, in_a_badge
from pages.parts.trust import reason_text
from services.translation import Words
from services.watch.data_flow import Freshness
from services.watch.words import headline

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
[class*=st-key-row_] [data-testid=stPageLink-NavLink] { padding-inline: 0; left: 0; min-height: 0 }
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


@contextmanager
def table_of_rows() -> Iterator[None]:
    """Draw what is drawn here as rows."""
    st.html(CSS.replace("LINE", colours().line))
    with st.container(key="rows"):
        yield


@contextmanager
def row(shown: Freshness) -> Iterator[None]:
    """Draw a row: its parts are name, sentence, state, figures and next step, one element each."""
    with st.container(key=f"row_{shown.integration.integration_id}"):
        yield


def told_html(shown: Freshness, words: Words) -> str:
    """Return the sentence, as HTML; what it leaves out of all that was found unfolds beneath it."""
    short, whole = reason_text(shown.verdict, words), headline(shown.verdict, words)
    if short == whole:
        return f'<div class="told">{escape(short)}</div>'
    return f"<details><summary><span>{escape(short)}</span></summary>{escape(whole)}</details>"


def badges(shown: Freshness, words: Words) -> str:
    """Return the data flow, and the configuration status where it is not as it should be."""
    looks = [data_flow_look(shown)]
    if shown.integration.configuration != "operational":
        looks.append(configuration_look(shown.integration))
    return " ".join(in_a_badge(words.text(name), look) for name, look in looks)
