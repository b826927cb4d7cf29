"""Backfills that start by themselves, and what they mend: the first history, and the holes of incidents."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data import backfill as stored
from data.contacts import pushed_and_recovered
from data.integrations import Integration
from data.watch import Incident, incidents
from services.backfill.jobs import TooManyJobs, covered_at, request
from services.backfill.plan import OLDEST, BadSpan
from services.system import System
from services.watch.incidents import save_incidents

MARGIN = timedelta(
    minutes=15
)  # contacts at the edges of an outage are fetched too; counting drops what we have
STILL_COUNTED = timedelta(days=3)  # how long follow-up reports may add to an incident's recovered contacts


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
    jobs = stored.jobs(system.database, integration.integration_id)
    if not any(job.reason == "history" for job in jobs):
        request(system, integration.integration_id, now - OLDEST, now, "history")


def _request(system: System, integration_id: str, start: datetime, end: datetime) -> None:
    jobs = stored.jobs(system.database, integration_id)
    if any(job.reason == "incident" and job.span_start == start for job in jobs):
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
    """Return the incident with what a backfill found; once all of it is fetched, that is what was missed."""
    _, found = pushed_and_recovered(
        system.database, incident.integration_id, incident.opened_at, closed_at, incident.queues
    )
    covered = covered_at(system.database, incident.integration_id, incident.opened_at, closed_at)
    if covered is None:
        return replace(incident, recovered=found)
    return replace(
        incident, recovered=found, recovered_at=covered, missed=found, missed_low=found, missed_high=found
    )
