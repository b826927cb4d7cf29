"""The JSON forms of integrations, keys, incidents, contacts and freshness."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from data.integrations import Integration
from data.watch import Cause, DataFlow, Incident
from services.integrations import ListedKey
from services.sealing.days import sealed_share
from services.translation import Words
from services.watch.data_flow import Freshness
from services.watch.words import advice


class IntegrationBody(BaseModel):
    """One integration. The Freshchat API key can be written, never read."""

    id: str
    name: str
    domain: str
    has_freshchat_api_key: bool
    time_zone: str
    holidays: str | None
    counting: str
    paused: bool
    webhook_public_key: str | None
    created_at: datetime
    configuration: str | None
    configuration_detail: str | None
    configuration_checked_at: datetime | None

    @classmethod
    def of(cls, integration: Integration) -> Self:
        return cls(
            id=integration.integration_id,
            name=integration.name,
            domain=integration.domain,
            has_freshchat_api_key=integration.freshchat_api_key is not None,
            time_zone=integration.time_zone,
            holidays=integration.holidays,
            counting=integration.counting,
            paused=integration.paused_at is not None,
            webhook_public_key=integration.webhook_public_key,
            created_at=integration.created_at,
            configuration=integration.configuration,
            configuration_detail=integration.configuration_detail,
            configuration_checked_at=integration.configuration_checked_at,
        )


class IntegrationList(BaseModel):
    integrations: list[IntegrationBody]


class KeyBody(BaseModel):
    """A key as it is listed. ``rejected_attempts`` counts requests refused with it."""

    id: str
    prefix: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    use_count: int
    rejected_attempts: int
    last_rejected_at: datetime | None

    @classmethod
    def of(cls, listed: ListedKey) -> Self:
        return cls(
            id=listed.key.key_id,
            prefix=listed.key.prefix,
            created_at=listed.key.created_at,
            created_by=listed.key.created_by,
            expires_at=listed.key.expires_at,
            revoked_at=listed.key.revoked_at,
            last_used_at=listed.use.last_used_at,
            use_count=listed.use.use_count,
            rejected_attempts=listed.use.refused_count,
            last_rejected_at=listed.use.last_refused_at,
        )


class KeyList(BaseModel):
    keys: list[KeyBody]


class NewKey(BaseModel):
    """A key that was just made; ``key`` is in this answer and nowhere else."""

    id: str
    key: str
    prefix: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None


class IncidentBody(BaseModel):
    """A span in which data flow was broken. No ``queues`` means all of them."""

    id: str
    opened_at: datetime
    detected_at: datetime
    closed_at: datetime | None
    data_flow: str
    cause: str
    queues: list[str]
    missed: int | None
    recovered: int
    false_alarm: bool

    @classmethod
    def of(cls, incident: Incident) -> Self:
        return cls(
            id=incident.incident_id,
            opened_at=incident.opened_at,
            detected_at=incident.detected_at,
            closed_at=incident.closed_at,
            data_flow=incident.data_flow,
            cause=incident.cause,
            queues=list(incident.queues),
            missed=incident.missed,
            recovered=incident.recovered,
            false_alarm=incident.false_alarm,
        )


class IncidentList(BaseModel):
    incidents: list[IncidentBody]


class ConfigurationBody(BaseModel):
    """What Freshchat said to the Freshchat API key."""

    configuration: str
    detail: str


class ContactRow(BaseModel):
    start: datetime
    queue: str
    contacts: int | None


class ContactsBody(BaseModel):
    """Contacts per interval and source queue; null is "no data", which is not zero."""

    time_zone: str
    interval: str
    counting: str
    rows: list[ContactRow]


class RejectedBody(BaseModel):
    at: datetime
    code: str
    key_prefix: str
    count: int


class ProbeBody(BaseModel):
    at: datetime
    freshchat: int
    received: int


class QueueBody(BaseModel):
    """How suspicious one source queue is: ``level`` 1 is the alarm."""

    queue: str
    level: float
    since: datetime | None
    expected: float | None
    received: int | None
    once_in_weeks: float | None
    earliest_verdict_at: datetime | None


class FreshnessBody(BaseModel):
    """Configuration status and data flow, side by side; what is not known is null."""

    configuration: str | None
    data_flow: DataFlow
    cause: Cause
    advice: str
    since: datetime | None
    expected: float | None
    received: int | None
    once_in_weeks: float | None
    earliest_verdict_at: datetime | None
    last_event_at: datetime | None
    last_contact_resolved_at: datetime | None
    last_heartbeat_at: datetime | None
    last_rejected: RejectedBody | None
    probe: ProbeBody | None
    queues: list[QueueBody]
    evaluated_at: datetime | None
    complete_until: datetime | None
    compared_until: datetime | None
    sealed_share: float | None

    @classmethod
    def of(cls, freshness: Freshness) -> Self:
        evidence, verdict = freshness.assessment.evidence, freshness.verdict
        reading, probe, refusal = evidence.reading, evidence.probe, freshness.last_refusal
        return cls(
            configuration=freshness.integration.configuration,
            data_flow=verdict.data_flow,
            cause=verdict.cause,
            advice=advice(freshness.path.step, Words()),
            since=freshness.since,
            expected=_rounded(verdict.expected),
            received=verdict.received,
            once_in_weeks=_rounded(verdict.once_in_weeks),
            earliest_verdict_at=reading.total.earliest_verdict_at if reading else None,
            last_event_at=evidence.last_event_at,
            last_contact_resolved_at=evidence.last_contact_resolved_at,
            last_heartbeat_at=evidence.last_heartbeat_at,
            last_rejected=RejectedBody(
                at=refusal.last_at, code=refusal.code, key_prefix=refusal.key.prefix, count=refusal.count
            )
            if refusal
            else None,
            probe=ProbeBody(
                at=probe.probed_at, freshchat=probe.total.freshchat, received=probe.total.received
            )
            if probe and probe.answered
            else None,
            queues=[_queue_body(stream) for stream in reading.queues] if reading else [],
            evaluated_at=freshness.evaluated_at,
            complete_until=freshness.complete_until,
            compared_until=freshness.compared_until,
            sealed_share=sealed_share(freshness.seals),
        )


def _queue_body(stream: Any) -> QueueBody:
    worst = max(stream.silence, stream.partial_loss, key=lambda suspicion: suspicion.level)
    return QueueBody(
        queue=stream.queue,
        level=round(worst.level, 3),
        since=worst.since,
        expected=_rounded(worst.expected),
        received=worst.received,
        once_in_weeks=_rounded(worst.once_in_weeks),
        earliest_verdict_at=stream.earliest_verdict_at,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
