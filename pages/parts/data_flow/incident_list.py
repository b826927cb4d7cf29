"""The incidents of an integration: how long, how many contacts, and what can be done about each."""

from datetime import datetime

import streamlit as st

from pages.parts.data_flow.answering import answering
from pages.parts.data_flow.fetching import or_say_why
from pages.parts.integration_choice import INCIDENT
from pages.parts.plain import plain
from pages.parts.reader import current
from pages.parts.status import BAD, GOOD, NOT_KNOWN, Look
from services.causes import CAUSES
from services.translation import N_, Words
from services.watch.history import Entry, fetch_lost, history
from services.watch.incidents import mark_false_alarm
from services.watch.rhythm import asked_since, follow, follow_from, may_be_new_rhythm
from services.watch.words import NOT_RECOVERED

MOST_SHOWN = 5
BACKFILL_NAMES = {
    "scheduled": N_("Fetching is scheduled"),
    "running": N_("Fetching lost contacts"),
    "done": N_("Fetched"),
    "failed": N_("Fetching failed"),
}


def linked_incident(integration_id: str, words: Words) -> None:
    """Draw the incident that the address names, as the links in messages do, before everything else."""
    asked = st.query_params.get(INCIDENT)
    if not asked:
        return
    entries = history(current(), integration_id)
    linked = next((entry for entry in entries if entry.incident.incident_id == asked), None)
    if linked is None:
        said = words.text("There is no incident with the id **{id}**.", id=plain(asked))
        st.warning(said, icon=":material/search_off:")
        return
    st.header(words.text("The incident of this link"), anchor=False)
    _incident(integration_id, linked, words)


def incident_list(integration_id: str, words: Words) -> None:
    """Draw the newest incidents, and the others on demand."""
    st.header(words.text("Incidents"), anchor=False)
    _new_rhythm(integration_id, words)
    entries = history(current(), integration_id)
    if not entries:
        st.caption(words.text("No incident is on record yet."))
    asked = st.query_params.get(INCIDENT)
    entries = [entry for entry in entries if entry.incident.incident_id != asked]
    for entry in entries[:MOST_SHOWN]:
        _incident(integration_id, entry, words)
    if len(entries) > MOST_SHOWN:
        older = st.expander(words.text("Older incidents"), key="older_incidents", on_change="rerun")
        if older.open:
            with older:
                for entry in entries[MOST_SHOWN:]:
                    _incident(integration_id, entry, words)


def _new_rhythm(integration_id: str, words: Words) -> None:
    for number, (queue, since) in enumerate(asked_since(current(), integration_id).items()):
        _asked(integration_id, number, queue, since, words)


def _asked(integration_id: str, number: int, queue: str | None, since: datetime, words: Words) -> None:
    day = words.day(since)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"new_rhythm_{number}"):
        st.markdown(
            words.text("Contacts come at other hours since **{day}**. Is this the new rhythm?", day=day)
            if queue is None
            else words.text(
                "Contacts of {queue} come at other hours since **{day}**. Is this the new rhythm?",
                queue=plain(queue),
                day=day,
            ),
            width="content",
        )
        st.button(
            words.text("Yes, learn it"),
            key=f"follow_rhythm_{number}",
            icon=":material/schedule:",
            help=words.text(
                "Unanswered, Stillwatch learns it within a week as long as contacts keep coming then."
            ),
            on_click=follow,
            args=(current(), integration_id, since, queue),
        )


def _incident(integration_id: str, entry: Entry, words: Words) -> None:
    incident = entry.incident
    with st.container(border=True, key=f"incident_{incident.incident_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            name, (colour, icon) = _state(entry, words)
            st.badge(name, icon=icon, color=colour)
            st.markdown(f"**{words.text(CAUSES[incident.cause].name)}**", width="content")
            if incident.queues:
                st.markdown(plain(", ".join(incident.queues)), width="content")
        with st.container(horizontal=True, gap="large"):
            for label, value in _figures(entry, words):
                with st.container(width="content", gap=None):
                    st.caption(label)
                    st.markdown(value)
        if incident.not_recovered is not None and not incident.recovered_at:
            why = words.text(NOT_RECOVERED[incident.not_recovered])
            st.caption(words.text("Not back yet: {why}.", why=why))
        answering(entry, words)
        _actions(integration_id, entry, words)


def _state(entry: Entry, words: Words) -> tuple[str, Look]:
    if entry.incident.false_alarm:
        return words.text("False alarm"), NOT_KNOWN
    if entry.incident.closed_at is None:
        return words.text("Still open"), BAD
    return (words.text("Recovered"), GOOD) if entry.incident.recovered_at else (words.text("Over"), NOT_KNOWN)


def _figures(entry: Entry, words: Words) -> list[tuple[str, str]]:
    incident, _ = entry.incident, words.text
    until = incident.closed_at or current().clock()
    figures = [
        (_("Data stopped"), words.moment(incident.opened_at)),
        (_("Noticed"), words.moment(incident.detected_at)),
        (_("Data flows again"), words.moment(incident.closed_at) if incident.closed_at else "–"),
        (_("Downtime"), words.duration(until - incident.opened_at)),
    ]
    if incident.missed is not None:
        missed = words.number(incident.missed)
        low, high = incident.missed_low, incident.missed_high
        if low is not None and high is not None and low < high:
            missed += f" ({words.number(low)}–{words.number(high)})"
        figures.append((_("Contacts missed"), missed))
    figures.append((_("Fetched back"), words.number(incident.recovered)))
    return figures


def _actions(integration_id: str, entry: Entry, words: Words) -> None:
    incident, job = entry.incident, entry.job
    if job is not None and job.state in ("running", "scheduled"):
        st.progress(job.progress, text=words.text(BACKFILL_NAMES[job.state]))
    elif job is not None and job.state == "failed":
        st.caption(words.text("Fetching failed: {code}", code=job.error or "–"))
    with st.container(horizontal=True):
        if entry.fetchable:
            st.button(
                words.text("Fetch lost contacts"),
                key=f"fetch_{incident.incident_id}",
                icon=":material/cloud_download:",
                on_click=_fetch,
                args=(integration_id, incident.incident_id, words),
            )
        st.button(
            words.text("It was an incident after all")
            if incident.false_alarm
            else words.text("Mark as false alarm"),
            key=f"false_{incident.incident_id}",
            icon=":material/undo:" if incident.false_alarm else ":material/notifications_off:",
            type="tertiary",
            help=words.text("What happened in this time is then learned as usual."),
            on_click=_judge,
            args=(integration_id, incident.incident_id, not incident.false_alarm),
        )

        if may_be_new_rhythm(incident) and not incident.false_alarm:
            st.button(
                words.text("This is the new rhythm"),
                key=f"rhythm_{incident.incident_id}",
                icon=":material/schedule:",
                type="tertiary",
                help=words.text("From this day on what comes is learned, and nothing from before it."),
                on_click=follow_from,
                args=(current(), integration_id, incident.incident_id),
            )


def _judge(integration_id: str, incident_id: str, false_alarm: bool) -> None:
    mark_false_alarm(current(), integration_id, incident_id, false_alarm=false_alarm)


def _fetch(integration_id: str, incident_id: str, words: Words) -> None:
    or_say_why(lambda: fetch_lost(current(), integration_id, incident_id), words)
