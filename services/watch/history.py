"""The incidents of an integration, each with what is done about the contacts it cost."""

from dataclasses import dataclass

from data.watch import Incident, incidents
from services.backfill.jobs import JobStatus, request, status
from services.system import NotFound, System


@dataclass(frozen=True, slots=True)
class Entry:
    """An incident, the newest backfill that covers it, and whether one can be asked for now."""

    incident: Incident
    job: JobStatus | None
    fetchable: bool


def history(system: System, integration_id: str) -> list[Entry]:
    """Return the incidents, newest first; a deleted integration's too. Raises NotFound and StoreUnavailable."""
    integration = system.integration_with_history(integration_id)
    can_ask = integration.freshchat_api_key is not None and integration.deleted_at is None
    jobs = status(system, integration_id)
    return [
        _entry(incident, _covering(incident, jobs), can_ask)
        for incident in incidents(system.database, integration_id)
    ]


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


def _entry(incident: Incident, job: JobStatus | None, can_ask: bool) -> Entry:
    running = job is not None and job.state in ("running", "scheduled")
    missing = not incident.false_alarm and incident.recovered_at is None
    return Entry(incident, job, can_ask and missing and not running)


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
