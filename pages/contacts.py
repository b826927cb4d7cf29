"""Contacts per source queue: today against the usual, days, weeks and months."""

import streamlit as st

from pages.parts.contacts.controls import choose
from pages.parts.contacts.panel import contact_panel, nothing_yet
from pages.parts.integration_choice import choose_integration
from pages.parts.language import words_for
from pages.parts.live import live
from pages.parts.reader import current
from pages.parts.trust import deleted_line, trust_line
from services.contacts.periods import today_in
from services.contacts.view import real_queues

REFRESH_SECONDS = 10

system = current()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(words_for().text("Contacts"), width="content", anchor=False)
    integration_id = choose_integration(system, words_for(), with_deleted=True)
integration = system.integration_with_history(integration_id)
words = words_for(integration.time_zone)
trust = st.container()
queues = real_queues(system, integration_id)
today = today_in(integration.zone, system.clock())
if integration.deleted_at is not None:
    with trust:
        deleted_line(integration.deleted_at, words)
    today = today_in(integration.zone, integration.deleted_at)
    if not queues:
        st.stop()
elif not queues:
    with trust:
        live(trust_line, REFRESH_SECONDS)(integration_id, None)
    st.fragment(nothing_yet, run_every=REFRESH_SECONDS)(integration_id, words)
    st.stop()
chosen = choose(queues, today, words)
goes_on = integration.deleted_at is None and chosen.period.after > today
if integration.deleted_at is None:
    with trust:
        live(trust_line, REFRESH_SECONDS)(integration_id, chosen.period)
live(contact_panel, REFRESH_SECONDS if goes_on else None)(integration_id, chosen, queues, today)
