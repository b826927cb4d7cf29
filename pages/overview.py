"""The landing page: every integration at a glance, the worst first, and what to do next."""

import streamlit as st

from pages.parts.language import words_for
from pages.parts.live import live
from pages.parts.overview.cards import cards
from pages.parts.overview.choice import choose_view
from pages.parts.reader import current

REFRESH_SECONDS = 10
WITH_MANY = 30
"""Each integration takes some 50 ms to look at."""

with st.container(horizontal=True):
    st.title(words_for().text("Overview"), width="content", anchor=False)
shown = choose_view(len(current().directory.active()), words_for())
live(cards, WITH_MANY if shown.short else REFRESH_SECONDS)(shown)
