"""The list of many integrations: a row for each, which leads to its page."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.parts.integration_choice import KEY
from pages.parts.language import words_for
from pages.parts.plain import plain
from pages.parts.reader import current
from pages.parts.rows import badges, row, table_of_rows, told_html
from pages.parts.unreadable import unreadable
from services.integrations import Integration
from services.system import Damaged, NotFound
from services.translation import N_, Words
from services.watch.data_flow import Freshness, freshness


def listed_rows(integrations: Sequence[Integration]) -> None:
    """Draw a row for each; what can be done with one is on its page."""
    with table_of_rows():
        for integration in integrations:
            try:
                shown = freshness(current(), integration.integration_id)
            except Damaged:
                unreadable(integration.integration_id, integration.name)
            except NotFound:
                continue  # deleted a moment ago; the page is about to be drawn without it
            else:
                _row(shown, words_for(integration.time_zone))


def last_event(shown: Freshness, words: Words) -> str:
    """Return when the last event came."""
    last = shown.assessment.evidence.last_event_at
    if last is None:
        return words.text(N_("No event yet"))
    ago = words.ago(last, current().clock())
    return words.text(N_("Last event: {moment} ({ago})"), moment=words.moment(last), ago=ago)


def _row(shown: Freshness, words: Words) -> None:
    integration = shown.integration
    here = {KEY: integration.integration_id}
    with row(shown):
        st.page_link("integration.py", label=plain(integration.name), query_params=here)
        st.html(told_html(shown, words))
        st.markdown(badges(shown, words))
        st.html(f'<div class="told">{escape(integration.domain)}<br>{escape(last_event(shown, words))}</div>')
        st.page_link(
            "integration.py", label=words.text(N_("Open")), icon=":material/settings:", query_params=here
        )
