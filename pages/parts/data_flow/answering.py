"""Acknowledging an incident, or silencing it with a reason: who was told of it hears no more for the time being."""

from datetime import timedelta

import streamlit as st

from pages.parts.plain import plain
from pages.parts.reader import current
from services.alerting.words import REFUSALS
from services.notifications.answers import LONGEST_REASON, acknowledge, silence
from services.system import Invalid, NotFound
from services.translation import Words
from services.watch.history import Entry

HOURS = (1, 4, 12, 24)


def answering(entry: Entry, words: Words) -> None:
    """Say who sees to an open incident, and let the reader do so."""
    told, incident, _ = entry.told, entry.incident, words.text
    if told is None or incident.closed_at is not None:
        return
    silent = told.silenced_until is not None and told.silenced_until > current().clock()
    if told.acknowledged_at is not None:
        line = _(
            "Acknowledged on {moment} by {who}.",
            moment=words.moment(told.acknowledged_at),
            who=told.acknowledged_by or "–",
        )
        st.caption(":material/done_all: " + plain(f"{line} {told.reason or ''}"))
    if silent:
        assert told.silenced_until is not None
        line = _("Silenced until {moment}.", moment=words.moment(told.silenced_until))
        if told.acknowledged_at is None:
            by = _("Silenced by {who}.", who=told.acknowledged_by or "–")
            line = f"{line} {by} {told.reason or ''}"
        st.caption(":material/notifications_paused: " + plain(line))
    place = incident.integration_id, incident.incident_id
    with (
        st.popover(
            _("Acknowledge or silence"), icon=":material/done_all:", key=f"answer_{incident.incident_id}"
        ),
        st.form(f"answering_{incident.incident_id}", border=False),
    ):
        st.caption(_("Acknowledged: no reminders and no escalation follow."))
        reason = st.text_input(_("Reason"), max_chars=LONGEST_REASON, key=f"reason_{incident.incident_id}")
        hours = st.selectbox(
            _("Silence for"),
            HOURS,
            format_func=lambda hours: words.duration(timedelta(hours=hours)),
            key=f"hours_{incident.incident_id}",
        )
        with st.container(horizontal=True):
            seen = st.form_submit_button(_("Acknowledge"), type="primary", key=f"seen_{incident.incident_id}")
            quiet = st.form_submit_button(_("Silence"), key=f"quiet_{incident.incident_id}")
        try:
            if seen:
                acknowledge(current(), *place, reason=reason or "")
            elif quiet:
                silence(current(), *place, hours=hours or HOURS[0], reason=reason or "")
        except Invalid as error:
            st.error(_(REFUSALS.get(error.code, str(error))), icon=":material/error:")
        except NotFound:
            st.rerun()
        else:
            if seen or quiet:
                st.rerun()
