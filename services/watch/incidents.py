"""Incidents: one for each cause, opened when the data stopped, closed when real data flows again."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from data.watch import Incident
from services.injixo_key import BASE62
from services.watch.assessment import Assessment
from services.watch.verdict import BROKEN, Verdict

INCIDENT_ID_LENGTH = 12
STRENGTH = ("silent", "partial_loss", "confirmed_loss")


def next_incidents(integration_id: str, known: Sequence[Incident], assessment: Assessment) -> list[Incident]:
    """Return the incidents to save: opened, changed or closed by this assessment."""
    verdict, now = assessment.verdict, assessment.evidence.now
    running = [incident for incident in known if incident.closed_at is None]
    changed = []
    concerned = None
    if verdict.data_flow in BROKEN:
        concerned = next((incident for incident in running if _same_cause(incident, verdict)), None)
        updated = (
            _opened(integration_id, verdict, now) if concerned is None else _sharpened(concerned, verdict)
        )
        if updated != concerned:
            changed.append(updated)
    for incident in running:
        ended_at = _flows_again_at(incident, assessment)
        if incident is not concerned and ended_at is not None:
            changed.append(replace(incident, closed_at=ended_at))
    return changed


def _same_cause(incident: Incident, verdict: Verdict) -> bool:
    """Tell whether the verdict is about the span that is open already: both on all queues, or on the same ones."""
    return bool(incident.queues) == bool(verdict.queues)


def _opened(integration_id: str, verdict: Verdict, now: datetime) -> Incident:
    return Incident(
        integration_id,
        "".join(secrets.choice(BASE62) for _ in range(INCIDENT_ID_LENGTH)),
        opened_at=verdict.since or now,
        detected_at=now,
        closed_at=None,
        data_flow=verdict.data_flow,
        cause=verdict.cause,
        queues=verdict.queues,
    )


def _sharpened(incident: Incident, verdict: Verdict) -> Incident:
    """Return the incident with what is known better now: stronger evidence, a named cause, more queues."""
    stronger = STRENGTH.index(verdict.data_flow) > STRENGTH.index(incident.data_flow)
    vague = incident.cause in ("none", "key_valid_contact_support")
    return replace(
        incident,
        opened_at=min(incident.opened_at, verdict.since or incident.opened_at),
        data_flow=verdict.data_flow if stronger else incident.data_flow,
        cause=verdict.cause if vague else incident.cause,
        queues=tuple(sorted({*incident.queues, *verdict.queues})) if incident.queues else (),
    )


def _flows_again_at(incident: Incident, assessment: Assessment) -> datetime | None:
    """Return when real data came again, None while it has not: a heartbeat alone shows no contacts."""
    evidence = assessment.evidence
    pushed_at = evidence.last_contact_pushed_at
    seen = [at for at in (evidence.last_event_at, pushed_at) if at is not None and at > incident.detected_at]
    return min(seen) if seen else None
