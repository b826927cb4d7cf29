"""The incidents of an integration, each with what is done about the contacts it cost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.alerts import Alert, alerts
from data.watch import Incident, incidents
from services.backfill.jobs import JobStatus, request, status
from services.causes import CAUSES
from services.system import NotFound, System, needs
from services.watch.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Entry:
    """An incident, the newest backfill that covers it, and whether one can be asked for now.

    ``told``: what people were told of it and said to it, None for an incident from before anybody was told.
    """

    incident: Incident
    job: JobStatus | None
    fetchable: bool
    told: Alert | None = None


@needs("support")
def history(system: System, integration_id: str) -> list[Entry]:
    """Return the incidents, newest first; a deleted integration's too. Raises NotFound and StoreUnavailable."""
    integration = system.integration_with_history(integration_id)
    can_ask = integration.freshchat_api_key is not None and integration.deleted_at is None
    jobs = status(system, integration_id)
    told = {known.alert_id: known for known in alerts(system.database, integration_id)}
    return [
        _entry(incident, _covering(incident, jobs), can_ask, told.get(incident.incident_id))
        for incident in incidents(system.database, integration_id)
    ]


@needs("support", changes=True)
def fetch_lost(system: System, integration_id: str, incident_id: str) -> None:
    """Have the contacts of an incident's span fetched from Freshchat.

    Raises NotFound, and BadSpan or TooManyJobs of ``services.backfill.jobs``.
    """
    found = {incident.incident_id: incident for incident in incidents(system.database, integration_id)}
    if incident_id not in found:
        raise NotFound(f"the integration has no incident {incident_id}")
    incident = found[incident_id]
    end = incident.closed_at or system.clock()
    request(system, integration_id, incident.opened_at, end, "requested")


def missing_since(verdict: Verdict) -> datetime | None:
    """Return since when contacts are missing that can be fetched before anything is mended, None for none."""
    told = [finding.since for finding in verdict.findings if finding.source == "probe"]
    return min(told, default=None) if CAUSES[verdict.cause].figures_alone else None


@needs("support")
def fetching(
    system: System, integration_id: str, since: datetime
) -> Literal["possible", "under_way", "no_key"]:
    """Return whether Freshchat can be asked for what is missing since then. Raises NotFound."""
    if system.integration(integration_id).freshchat_api_key is None:
        return "no_key"
    under_way = any(
        known.state in ("running", "scheduled")
        and known.job.reason != "history"
        and known.job.span_start <= since < known.job.span_end
        for known in status(system, integration_id)
    )
    return "under_way" if under_way else "possible"


@needs("support", changes=True)
def fetch_missing(system: System, integration_id: str, since: datetime) -> None:
    """Have what is missing since then fetched from Freshchat.

    Raises NotFound, and BadSpan or TooManyJobs of ``services.backfill.jobs``.
    """
    request(system, integration_id, since, system.clock(), "requested")


def _entry(incident: Incident, job: JobStatus | None, can_ask: bool, told: Alert | None) -> Entry:
    running = job is not None and job.state in ("running", "scheduled")
    missing = not incident.false_alarm and incident.recovered_at is None
    return Entry(incident, job, can_ask and missing and not running, told)


def _covering(incident: Incident, jobs: list[JobStatus]) -> JobStatus | None:
    return next(
        (
            status
            for status in jobs
            if status.job.reason != "history"
            and status.job.span_start <= incident.opened_at
            and status.job.span_end >= (incident.closed_at or incident.detected_at)
        ),
        None,
    )
