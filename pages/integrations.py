"""Account > Integrations: each integration with its configuration status and, beside it, its data flow."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.integration.actions import delete_button, pause_button
from pages.parts.integration.listed import last_event, listed_rows
from pages.parts.language import words_for
from pages.parts.live import live
from pages.parts.overview.choice import MANY, nobody_is_named_so, search_field
from pages.parts.plain import plain
from pages.parts.reader import current, may
from pages.parts.status import status_pair
from pages.parts.unreadable import unreadable
from services.integrations import Integration
from services.overview import is_named
from services.system import Damaged, NotFound
from services.translation import Words
from services.watch.data_flow import Freshness, freshness
from services.watch.words import headline

REFRESH_SECONDS, WITH_MANY = 10, 30

system = current()
_ = words_for().text


def cards(integrations: Sequence[Integration]) -> None:
    """Draw a card for each."""
    for integration in integrations:
        try:
            card(freshness(system, integration.integration_id), words_for(integration.time_zone))
        except Damaged:
            unreadable(integration.integration_id, integration.name)


def card(shown: Freshness, words: Words) -> None:
    """Draw one integration: what is told of it is live, its buttons stay where they are."""
    integration_id = shown.integration.integration_id
    with st.container(border=True, key=f"listed_{integration_id}"):
        told, actions = st.columns([5, 3], vertical_alignment="bottom")
        with told:
            live(state, REFRESH_SECONDS)(integration_id, words)
        with actions, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            if st.button(_("Open"), key=f"open_{integration_id}", icon=":material/settings:"):
                st.switch_page("integration.py", query_params={"integration": integration_id})
            pause_button(shown, words)
            delete_button(shown, words)


def state(integration_id: str, words: Words) -> None:
    """Draw what an integration is called and how it is doing."""
    try:
        shown = freshness(system, integration_id)
    except NotFound:
        st.rerun()
    integration = shown.integration
    what, how = st.columns([11, 12])
    with what, st.container(gap=None):
        st.header(plain(integration.name), anchor=False)
        st.caption(f"Freshchat · {integration.domain}")
    with how:
        status_pair(shown, words)
    st.markdown(plain(headline(shown.verdict, words)))
    st.caption(last_event(shown, words))


def look_for_others(drawn: list[tuple[str, bool]]) -> None:
    """Draw the page anew once an integration was added, deleted, paused or resumed elsewhere."""
    if drawn != listed():
        st.rerun()


def listed() -> list[tuple[str, bool]]:
    return [(known.integration_id, known.paused_at is not None) for known in system.directory.active()]


def deleted_ones() -> None:
    """Lead to the contacts of the integrations that are deleted: they are kept."""
    gone = system.directory.deleted()
    if not gone:
        return
    with st.expander(_("Deleted integrations"), icon=":material/delete:"):
        st.caption(_("Their contacts are kept and can still be read."))
        for integration in gone:
            assert integration.deleted_at is not None
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(integration.name)}**", width="content")
                when = words_for(integration.time_zone).moment(integration.deleted_at)
                st.caption(_("deleted on {moment}", moment=when), width="content")
                st.page_link(
                    "contacts.py",
                    label=_("Contacts"),
                    icon=":material/bar_chart:",
                    query_params={"integration": integration.integration_id},
                )


with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title(_("Integrations"), width="content", anchor=False)
    if may("admin") and st.button(_("Add integration"), type="primary", icon=":material/add:"):
        st.switch_page("add_integration.py")
active = system.directory.active()
if not active:
    nothing = (
        _("There is no integration yet. Add one to count its contacts.")
        if may("admin")
        else _("There is nothing for you to see yet: an admin adds the integrations.")
    )
    st.info(nothing, icon=":material/cable:")
search = search_field(len(active), words_for())
found = [integration for integration in active if is_named(integration, search)]
if active and not found:
    nobody_is_named_so(words_for())
if len(active) < MANY:
    cards(found)
else:
    live(listed_rows, WITH_MANY)(found)
if active:
    st.caption(
        _("Status says whether the Freshchat credentials work; data flow says whether contacts arrive.")
    )
deleted_ones()
live(look_for_others, REFRESH_SECONDS)(listed())
