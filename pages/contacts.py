"""Contacts per source queue: today against the usual, days, weeks, months, years and free spans."""

import streamlit as st

from pages.parts.address import remembered
from pages.parts.brand import name_tab
from pages.parts.contacts.controls import ADDRESS
from pages.parts.contacts.favourites import remember_favourites
from pages.parts.contacts.panel import contact_panel
from pages.parts.integration_choice import choose_integration
from pages.parts.language import words_for
from pages.parts.live import live
from pages.parts.reader import current

REFRESH_SECONDS = 10

system = current()
remembered(ADDRESS, drawn="view")
with st.container(
    horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="head"
):
    st.title(words_for().text("Contacts"), width="content", anchor=False)
    integration_id = choose_integration(system, words_for(), with_deleted=True)
integration = system.integration_with_history(integration_id)
words = words_for(integration.time_zone)
name_tab(f"{words.text('Contacts')} – {integration.name}")
remember_favourites()
live(contact_panel, REFRESH_SECONDS)(integration_id)
