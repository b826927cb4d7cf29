"""Backfills that start by themselves, and what they mend: the first history, and the holes of incidents.

A report alone mends nothing: what it brought has to equal Freshchat's own figures of the outage.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.backfill import Reason
from data.contacts import pushed_and_recovered
from data.integrations import Integration
from data.watch import Incident, NotRecovered, incidents
from services.asking import configuration
from services.backfill.jobs import JobStatus, TooManyJobs, covered_at, request, status
from services.backfill.plan import OLDEST, BadSpan
from services.contacts.table import unrecovered
from services.freshchat.errors import FreshchatError, Rejected
from services.intervals import full_minute
from services.sealing.figures import Figures
from services.sealing.schedule import MOST_REPORTS, rest_after
from services.sealing.seals import compared
from services.system import System
from services.watch.findings import IN_FLIGHT
from services.watch.incidents import save_incidents

MARGIN = timedelta(minutes=15)
"""Contacts at the edges of an outage are fetched too; counting drops what we have."""

AGAIN_AFTER_FAILURE = timedelta(hours=1)
STILL_COUNTED = timedelta(days=3)
"""How long follow-up reports may add to an incident's recovered contacts."""
CHECKED_AGAIN = timedelta(minutes=10)
"""How long a check of what came back rests that found contacts missing, or could not be made."""


def keep_recovered(system: System, integration: Integration, now: datetime) -> None:
    """Request what is due for an integration whose Freshchat API key can ask, and note what came back."""
    known = incidents(system.database, integration.integration_id)
    jobs = status(system, integration.integration_id)
    if configuration.can_ask(integration):
        for incident in unrecovered(known):
            _request_lost(system, integration, incident, jobs, now)
        # Last: reports are ordered meanwhile, one a minute, and what was lost is waited for.
        _request_history(system, integration, jobs, now)
    changed = [
        _with_recovered(system, integration, incident, jobs, now, start=_begins(incident, known))
        for incident in known
    ]
    save_incidents(system, [new for new, old in zip(changed, known, strict=True) if new != old])


def _request_history(
    system: System, integration: Integration, jobs: Sequence[JobStatus], now: datetime
) -> None:
    if not any(_stands(known, now) for known in jobs if known.job.reason == "history"):
        _request(system, integration, now - OLDEST, now, "history")


def _request(
    system: System, integration: Integration, start: datetime, end: datetime, reason: Reason
) -> None:
    try:
        request(system, integration.integration_id, start, end, reason)
    except (BadSpan, TooManyJobs):
        return  # too old to be fetched, or it will be asked for again in the next turn


def _stands(known: JobStatus, now: datetime) -> bool:
    """Tell whether a job need not be asked for again: it goes on, it is done, or it failed a moment ago."""
    finished_at = known.job.finished_at
    return known.state != "failed" or finished_at is None or now - finished_at < AGAIN_AFTER_FAILURE


def _request_lost(
    system: System, integration: Integration, incident: Incident, jobs: Sequence[JobStatus], now: datetime
) -> None:
    if incident.closed_at is None:
        return
    start, end = incident.opened_at - MARGIN, incident.closed_at + MARGIN
    own = [known for known in jobs if known.job.reason == "incident" and known.job.span_start == start]
    if not any(_stands(known, now) for known in own) or _worth_another(incident, own, now):
        _request(system, integration, start, end, "incident")


def _worth_another(incident: Incident, jobs: Sequence[JobStatus], now: datetime) -> bool:
    """Tell whether to order another report: the last one came, Freshchat's figures say more, and it has rested."""
    finished = [known.job.finished_at for known in jobs]
    if incident.not_recovered in (None, "unreachable") or None in finished or len(jobs) >= MOST_REPORTS:
        return False
    last = max(at for at in finished if at is not None)
    return now - last >= rest_after(len(jobs))


def _begins(incident: Incident, known: Sequence[Incident]) -> datetime:
    """Return from when on contacts may be lost by an incident, and by none of the others that are over.

    A chat that was resolved just before the outage may have been on its way when it began.
    """
    earlier = [
        other.closed_at
        for other in known
        if other.closed_at is not None
        and other.closed_at <= incident.opened_at
        and other.queues in ((), incident.queues)
        and not other.false_alarm
    ]
    return max([incident.opened_at - IN_FLIGHT, *earlier])


def _with_recovered(
    system: System,
    integration: Integration,
    incident: Incident,
    jobs: Sequence[JobStatus],
    now: datetime,
    *,
    start: datetime,
) -> Incident:
    """Return the incident with what a backfill found; once that equals Freshchat's figures, it is what was missed."""
    closed_at, recovered_at = incident.closed_at, incident.recovered_at
    if closed_at is None or incident.false_alarm:
        return incident
    if recovered_at is not None and recovered_at < now - STILL_COUNTED:
        return incident
    _, found = pushed_and_recovered(
        system.database, incident.integration_id, start, closed_at, incident.queues
    )
    incident = replace(incident, recovered=found)
    if recovered_at is None:
        recovered_at = covered_at(system.database, incident.integration_id, incident.opened_at, closed_at)
        if recovered_at is None or not _may_be_checked(incident, jobs, now):
            return incident
        incident = _checked(system, integration, incident, start, closed_at, jobs, now)
        if incident.not_recovered is not None:
            return incident
    return replace(incident, recovered_at=recovered_at, missed=found, missed_low=found, missed_high=found)


def _may_be_checked(incident: Incident, jobs: Sequence[JobStatus], now: datetime) -> bool:
    """Tell whether it is time to compare: never done, a report came since, or the last check has rested."""
    checked_at = incident.recovery_checked_at
    return (
        checked_at is None
        or any(known.job.finished_at and known.job.finished_at > checked_at for known in jobs)
        or now - checked_at >= CHECKED_AGAIN
    )


def _checked(
    system: System,
    integration: Integration,
    incident: Incident,
    start: datetime,
    end: datetime,
    jobs: Sequence[JobStatus],
    now: datetime,
) -> Incident:
    """Return the incident with the reason why its contacts are not all back; None where they are."""
    reason: NotRecovered | None
    try:
        figures = compared(system, integration, full_minute(start), full_minute(end) + timedelta(minutes=1))
    except Rejected as rejected:
        reason = _without_figures(incident, jobs) if rejected.reason == "forbidden" else "unreachable"
    except FreshchatError:
        reason = "unreachable"
    else:
        reason = _by_figures(figures, incident, jobs)
    return replace(incident, not_recovered=reason, recovery_checked_at=now)


def _by_figures(figures: Figures, incident: Incident, jobs: Sequence[JobStatus]) -> NotRecovered | None:
    concerned = [line for line in figures.queues if line.queue in incident.queues] or list(figures.queues)
    if not any(line.missing for line in concerned):
        return None
    return _by_reports_alone(incident, jobs) or "report_lacks"


def _without_figures(incident: Incident, jobs: Sequence[JobStatus]) -> NotRecovered | None:
    """Return what is wrong where the permission to ask for figures is missing, and reports are all there is.

    They must have been read at least, and reports lag: less than was surely missed is not all of it.
    """
    lacks = incident.recovered < (incident.missed_low or 0)
    return _by_reports_alone(incident, jobs) or ("unreachable" if lacks else None)


def _by_reports_alone(incident: Incident, jobs: Sequence[JobStatus]) -> NotRecovered | None:
    """Return what is wrong with the newest report on the outage, as far as the report itself shows it."""
    newest = next(
        (
            known
            for known in jobs
            if known.job.span_start <= incident.opened_at and known.job.span_end > incident.opened_at
        ),
        None,
    )
    if newest is not None and newest.unreadable:
        return "rows_unreadable"
    return "report_empty" if newest is not None and not newest.fetched and incident.missed else None
