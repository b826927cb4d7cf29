"""Backfills that start by themselves, and what they mend: the first history, and the holes of incidents."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.contacts import pushed_and_recovered
from data.integrations import Integration
from data.watch import Incident, incidents
from services.backfill.jobs import JobStatus, TooManyJobs, covered_at, request, status
from services.backfill.plan import OLDEST, BadSpan
from services.system import System
from services.watch.findings import IN_FLIGHT
from services.watch.incidents import save_incidents

MARGIN = timedelta(minutes=15)
"""Contacts at the edges of an outage are fetched too; counting drops what we have."""

AGAIN_AFTER_FAILURE = timedelta(hours=1)
STILL_COUNTED = timedelta(days=3)
"""How long follow-up reports may add to an incident's recovered contacts."""


def keep_recovered(system: System, integration: Integration, now: datetime) -> None:
    """Request what is due for an integration whose Freshchat API key works, and note what came back."""
    known = incidents(system.database, integration.integration_id)
    if integration.configuration == "operational":
        _request_history(system, integration, now)
        for incident in known:
            if incident.closed_at and not incident.recovered_at and not incident.false_alarm:
                _request(
                    system, incident.integration_id, incident.opened_at - MARGIN, incident.closed_at + MARGIN
                )
    save_incidents(system, _with_recovered(system, known, now))


def _request_history(system: System, integration: Integration, now: datetime) -> None:
    if not any(
        _stands(known, now)
        for known in status(system, integration.integration_id)
        if known.job.reason == "history"
    ):
        request(system, integration.integration_id, now - OLDEST, now, "history")


def _stands(known: JobStatus, now: datetime) -> bool:
    """Tell whether a job need not be asked for again: it goes on, it is done, or it failed a moment ago."""
    finished_at = known.job.finished_at
    return known.state != "failed" or finished_at is None or now - finished_at < AGAIN_AFTER_FAILURE


def _request(system: System, integration_id: str, start: datetime, end: datetime) -> None:
    now = system.clock()
    jobs = [known for known in status(system, integration_id) if known.job.reason == "incident"]
    if any(known.job.span_start == start and _stands(known, now) for known in jobs):
        return
    try:
        request(system, integration_id, start, end, "incident")
    except (BadSpan, TooManyJobs):
        return  # too old to be fetched, or it will be asked for again in the next turn


def _with_recovered(system: System, known: Sequence[Incident], now: datetime) -> list[Incident]:
    changed = []
    for incident in known:
        if incident.closed_at is None or incident.false_alarm:
            continue
        if incident.recovered_at is not None and incident.recovered_at < now - STILL_COUNTED:
            continue
        mended = _recovered(system, incident, incident.closed_at)
        if mended != incident:
            changed.append(mended)
    return changed


def _recovered(system: System, incident: Incident, closed_at: datetime) -> Incident:
    """Return the incident with what a backfill found; once all of it is fetched, that is what was missed.

    A chat that was resolved just before the outage may have been on its way when it began.
    """
    start = incident.opened_at - IN_FLIGHT
    _, found = pushed_and_recovered(
        system.database, incident.integration_id, start, closed_at, incident.queues
    )
    covered = covered_at(system.database, incident.integration_id, incident.opened_at, closed_at)
    if covered is None:
        return replace(incident, recovered=found)
    return replace(
        incident, recovered=found, recovered_at=covered, missed=found, missed_low=found, missed_high=found
    )
