"""The integrations on the landing page: a card for each, or a row where there are many."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.language import words_for
from pages.parts.overview.choice import Shown, nobody_is_named_so
from pages.parts.overview.incidents import open_incidents
from pages.parts.overview.rows import rows
from pages.parts.overview.set_up import set_up_steps
from pages.parts.overview.sparkline import sparkline
from pages.parts.overview.step import next_step_link
from pages.parts.overview.strip import sealed
from pages.parts.plain import plain
from pages.parts.reader import current, may
from pages.parts.status import status_pair
from pages.parts.unreadable import unreadable
from services.contacts.table import ContactTable
from services.contacts.today import weekdays_before
from services.overview import Glance, Overview, in_order, matching, overview
from services.set_up import next_step_of
from services.translation import Words
from services.watch.words import headline

WIDTHS = [11, 8, 8]


def cards(shown: Shown) -> None:
    """Draw all of them; they are drawn anew every few seconds."""
    system = current()
    now = system.clock()
    found = overview(system, now, weekdays_before=_weekdays_before)
    _summary(found, words_for())
    open_incidents(found.open_incidents)
    for integration in found.unreadable:
        unreadable(integration.integration_id, integration.name)
    glances = in_order(matching(found.glances, shown.search), shown.order)
    if not glances and found.glances:
        nobody_is_named_so(words_for())
    if shown.short:
        rows(glances)
        return
    for each in glances:
        _card(each, words_for(each.integration.time_zone))


@st.cache_data(ttl="10m", max_entries=500, show_spinner=False)
def _weekdays_before(integration_id: str) -> Sequence[ContactTable]:
    system = current()
    return weekdays_before(system, integration_id, system.clock())


def _summary(found: Overview, words: Words) -> None:
    """Say in one line whether anybody needs to look closer."""
    troubled = len(found.unreadable) + sum(not each.calm for each in found.glances)
    number = len(found.unreadable) + len(found.glances)
    integrations = words.count("{n} integration", "{n} integrations", number)
    state = (
        words.count("{n} needs a look", "{n} need a look", troubled)
        if troubled
        else words.text("nothing to do")
    )
    st.markdown(f"{integrations} · {state}")


def _card(each: Glance, words: Words) -> None:
    """Draw one integration with its sentence, both statuses, today, its seals and the next step."""
    with st.container(border=True, key=f"card_{each.integration.integration_id}"):
        what, state, figures = st.columns(WIDTHS, vertical_alignment="top")
        with what, st.container(gap="xsmall"):
            st.header(plain(each.integration.name), anchor=False)
            st.markdown(plain(headline(each.shown.verdict, words)))
            if next_step_of(each.set_up) is not None and may("admin"):
                set_up_steps(each.set_up, words, api_key=each.integration.freshchat_api_key is not None)
            next_step_link(each, words)
        with state, st.container(gap="xsmall"):
            status_pair(each.shown, words)
            _sealed(each, words)
        with figures:
            if each.today is not None:
                sparkline(each.today, words)


def _sealed(each: Glance, words: Words) -> None:
    if each.over:
        help_text = words.text("A day is sealed when Freshchat's own figures equal ours.")
        st.caption(sealed(each, words), help=help_text, width="content")
