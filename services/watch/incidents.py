"""Incidents: one for each cause, opened when the data stopped, closed when real data flows again."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from data.database import Transaction
from data.watch import Incident, incidents, save_incident
from services.detector import Estimate
from services.injixo_key import BASE62
from services.system import NotFound, System
from services.watch.assessment import Assessment
from services.watch.evidence import MENDED_BY_EVENTS
from services.watch.verdict import BROKEN, STRENGTH, Verdict

INCIDENT_ID_LENGTH = 12
VAGUE_CAUSES = ("none", "key_valid_contact_support")


def next_incidents(integration_id: str, assessment: Assessment) -> list[Incident]:
    """Return the incidents that this assessment opens, changes or closes, and those that go on."""
    verdict, now = assessment.verdict, assessment.evidence.now
    running = [incident for incident in assessment.incidents if incident.closed_at is None]
    concerned = None
    result = []
    if verdict.data_flow in BROKEN:
        concerned = next(
            (incident for incident in running if bool(incident.queues) == bool(verdict.queues)), None
        )
        opened = (
            _opened(integration_id, verdict, now) if concerned is None else _sharpened(concerned, verdict)
        )
        result.append(opened)
    for incident in running:
        if incident is not concerned:
            result.append(replace(incident, closed_at=ended_at(incident, assessment)))
    return result


def ended_at(incident: Incident, assessment: Assessment) -> datetime | None:
    """Return when real data came again, None while it has not: a heartbeat alone shows no contacts.

    An outage by key or app is over with the first events after it was mended. Any other is over when the
    counts themselves prove it, or when Freshchat says that nothing is missing any more.
    """
    evidence = assessment.evidence
    if incident.cause in MENDED_BY_EVENTS:
        return evidence.mended_at(incident)
    if incident.queues and evidence.inactive_queues.issuperset(incident.queues):
        return evidence.now  # their groups are gone for good: nothing is expected of them any more
    resumed_at = evidence.flows_again_at(incident.detected_at)
    probe = evidence.probe
    if (
        probe is not None
        and probe.answered
        and probe.window_start >= incident.detected_at
        and probe.freshchat
    ):
        return None if probe.loss else resumed_at
    reading = evidence.reading
    if reading is None:
        return resumed_at
    streams = {stream.queue: stream for stream in (reading.total, *reading.queues)}
    judged = [streams[queue] for queue in (incident.queues or (None,)) if queue in streams]
    recovered = [stream.recovered_at for stream in judged if stream.recovered_at is not None]
    if len(recovered) < len(judged):
        return None
    return max([*recovered, incident.opened_at]) if recovered else resumed_at


def with_missed(incident: Incident, estimate: Estimate, pushed: int) -> Incident:
    """Return the incident with the contacts that were to be expected and did not come, and their 95 % band."""
    missed, low, high = (
        max(0, round(value - pushed)) for value in (estimate.mean, estimate.low, estimate.high)
    )
    return replace(incident, missed=missed, missed_low=low, missed_high=high)


def total(estimates: Sequence[Estimate]) -> Estimate:
    """Return the sum of several queues' estimates; their bands add up at worst."""
    return Estimate(
        sum(estimate.mean for estimate in estimates),
        sum(estimate.low for estimate in estimates),
        sum(estimate.high for estimate in estimates),
    )


def mark_false_alarm(
    system: System, integration_id: str, incident_id: str, *, false_alarm: bool = True
) -> Incident:
    """Say that an incident was none: its span is learned as normal, and an open one ends. Raises NotFound."""
    system.integration(integration_id)
    known = {incident.incident_id: incident for incident in incidents(system.database, integration_id)}
    if incident_id not in known:
        raise NotFound(f"the integration has no incident {incident_id}")
    incident = known[incident_id]
    changed = replace(incident, false_alarm=false_alarm, closed_at=incident.closed_at or system.clock())
    save_incidents(system, [changed])
    return changed


def save_incidents(system: System, changed: Sequence[Incident]) -> None:
    def job(transaction: Transaction) -> None:
        for incident in changed:
            save_incident(transaction, incident)

    if changed:
        system.writer.write(job)


def _opened(integration_id: str, verdict: Verdict, now: datetime) -> Incident:
    return Incident(
        integration_id,
        "".join(secrets.choice(BASE62) for _ in range(INCIDENT_ID_LENGTH)),
        opened_at=min(verdict.since or now, now),
        detected_at=now,
        closed_at=None,
        data_flow=verdict.data_flow,
        cause=verdict.cause,
        queues=verdict.queues,
    )


def _sharpened(incident: Incident, verdict: Verdict) -> Incident:
    """Return the incident with what is known better now: stronger evidence, a named cause, more queues."""
    stronger = STRENGTH[verdict.data_flow] > STRENGTH[incident.data_flow]
    return replace(
        incident,
        opened_at=min(incident.opened_at, verdict.since or incident.opened_at),
        data_flow=verdict.data_flow if stronger else incident.data_flow,
        cause=incident.cause if verdict.cause in VAGUE_CAUSES else verdict.cause,
        queues=tuple(sorted({*incident.queues, *verdict.queues})) if incident.queues else (),
    )
