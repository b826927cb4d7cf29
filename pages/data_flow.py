"""The data flow: whether contacts arrive as they should, why not, and what to do next."""

import streamlit as st

from pages.parts.data_flow.panel import panel
from pages.parts.integration_choice import ALL, KEY, choose_integration
from pages.parts.language import words_for
from pages.parts.live import live
from pages.parts.reader import current

REFRESH_SECONDS = 5

if st.query_params.get(KEY) == ALL:  # links from the time in which this page listed them all
    st.switch_page("overview.py")
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(words_for().text("Data flow"), width="content", anchor=False)
    integration_id = choose_integration(current(), words_for())
live(panel, REFRESH_SECONDS)(integration_id)
