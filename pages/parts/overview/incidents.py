"""The incidents that go on, above everything else."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.integration_choice import KEY
from pages.parts.language import words_for
from pages.parts.plain import plain
from pages.parts.reader import current, may
from services.causes import CAUSES
from services.overview import OpenIncident
from services.translation import Words

MOST_SHOWN = 5


def open_incidents(found: Sequence[OpenIncident]) -> None:
    """Draw the incidents, the oldest first; nothing while there are none."""
    if not found:
        return
    words = words_for()
    with st.container(border=True, gap="xsmall", key="open_incidents"):
        heading = words.count("{n} open incident", "{n} open incidents", len(found))
        st.markdown(f":material/error: **{heading}**")
        for each in found[:MOST_SHOWN]:
            _incident(each, words_for(each.glance.integration.time_zone))
        if len(found) > MOST_SHOWN:
            st.caption(words.text("and {n} more", n=words.number(len(found) - MOST_SHOWN)))


def _incident(each: OpenIncident, words: Words) -> None:
    integration = each.glance.integration
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.page_link(
            "data_flow.py" if may("support") else "contacts.py",
            label=plain(integration.name),
            query_params={KEY: integration.integration_id},
        )
        st.markdown(f":small[{told(each, words)}]", width="content")


def told(each: OpenIncident, words: Words) -> str:
    """Return the cause, the queues, since when, and what it has cost so far."""
    incident = each.incident
    parts = [words.text(CAUSES[incident.cause].name)]
    if incident.queues:
        parts.append(plain(", ".join(incident.queues)))
    span = words.duration(current().clock() - incident.opened_at)
    parts.append(words.text("since {moment} ({span})", moment=words.moment(incident.opened_at), span=span))
    if incident.missed:
        missed = words.count("about {n} contact missed", "about {n} contacts missed", incident.missed)
        parts.append(missed)
    return " · ".join(parts)
