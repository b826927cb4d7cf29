"""What speaks for a broken data flow: one rule for each kind of evidence. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from data.probes import Comparison, Probe
from data.watch import Cause, DataFlow
from services.detector import StreamReading, Suspicion
from services.watch.evidence import Evidence, KeyFacts, Refusal

Source = Literal[
    "refused_key", "key_never_used", "no_key_left", "probe", "goodbye", "heartbeat", "statistics"
]

LOSS_IS_OVER = timedelta(minutes=15)
STALE_REFUSAL = timedelta(minutes=10)
IN_FLIGHT = timedelta(minutes=1)
"""Deliveries that were under way when the key was replaced."""

CAUSE_OF_REFUSAL: dict[str, Cause] = {
    "revoked_key": "key_revoked",
    "expired_key": "key_expired",
    "unknown_key": "key_unknown",
    "malformed_key": "key_unknown",  # mistyped: its id is one of ours, the rest is not
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence that data flow is broken, with its figures. Empty ``queues`` means all of them."""

    source: Source
    data_flow: DataFlow
    cause: Cause
    since: datetime
    expected: float | None = None
    received: int | None = None
    once_in_weeks: float | None = None
    queues: tuple[str, ...] = ()
    key: KeyFacts | None = None
    count: int | None = None
    last_at: datetime | None = None


def refused_key(evidence: Evidence) -> Finding | None:
    """Somebody uses a key that does not open anything: contacts are turned away at the door."""
    refusal = next((refusal for refusal in evidence.refusals if _still_refused(refusal, evidence)), None)
    if refusal is None:
        return None
    accepted_since = evidence.last_event_at is not None and evidence.last_event_at > refusal.last_at
    return Finding(
        "refused_key",
        "partial_loss" if accepted_since else "silent",
        CAUSE_OF_REFUSAL[refusal.code],
        refusal.first_at if evidence.last_accepted_at is None else _lost_since(refusal),
        key=refusal.key,
        count=refusal.count,
        last_at=refusal.last_at,
    )


def _still_refused(refusal: Refusal, evidence: Evidence) -> bool:
    """Tell whether the refusals go on. They end when a newer key came into use, or when they stopped."""
    accepted_at = evidence.last_accepted_at
    if accepted_at is None or accepted_at < refusal.last_at - IN_FLIGHT:
        return True
    replaced_at = max(
        (
            key.first_used_at
            for key in evidence.keys
            if key.first_used_at and key.created_at > refusal.key.created_at
        ),
        default=None,
    )
    if replaced_at is not None and refusal.last_at <= replaced_at + IN_FLIGHT:
        return False
    return accepted_at < refusal.last_at or evidence.now - refusal.last_at < STALE_REFUSAL


def _lost_since(refusal: Refusal) -> datetime:
    """Return when the refused key last opened anything: what came later is lost."""
    return max(filter(None, (refusal.key.last_used_at, refusal.key.ended_at)), default=refusal.first_at)


def door_is_shut(evidence: Evidence) -> bool:
    """Tell whether no key opens anything and nothing came since: no contact can be on its way any more."""
    shut = refused_key(evidence) or app_without_key(evidence)
    return shut is not None and (evidence.last_event_at is None or evidence.last_event_at <= shut.since)


def app_without_key(evidence: Evidence) -> Finding | None:
    """The key that the app has has ended, and it uses no other: a new one was never installed, or none is left.

    Not so while events come by another way, Freshchat's own webhook.
    """
    usable = [key for key in evidence.keys if key.ended is None]
    used = {key.last_used_at: key for key in evidence.keys if key.last_used_at is not None}
    if not used or any(key.last_used_at for key in usable):
        return None  # nothing was ever installed: that is waiting, not broken
    last_used_at = max(used)
    if evidence.last_event_at is not None and evidence.last_event_at > last_used_at + IN_FLIGHT:
        return None
    ended_at = max(key.ended_at for key in used.values() if key.ended_at is not None)
    if usable:
        return Finding("key_never_used", "silent", "key_not_installed", ended_at, key=usable[0])
    last = used[last_used_at]
    assert last.ended is not None
    return Finding("no_key_left", "silent", CAUSE_OF_REFUSAL[last.ended], ended_at, key=last)


def confirmed_by_probe(evidence: Evidence) -> Finding | None:
    """Freshchat resolved chats that never arrived here, and the loss goes on."""
    probe = evidence.probe
    if probe is None or (evidence.mended_at is not None and probe.window_start < evidence.mended_at):
        return None
    if probe.total.missing and refused_key(evidence) is not None:
        return _told_by(probe, [probe.total])  # the door is shut: every missing chat is a lost one
    lost = [queue for queue in probe.queues if goes_on(queue, probe)]
    others = [queue for queue in probe.queues if queue not in lost and queue.freshchat]
    if lost and others and probe.total.received_since and not any(queue.missing for queue in others):
        return _told_by(probe, lost)
    return _told_by(probe, [probe.total]) if goes_on(probe.total, probe) else None


def _told_by(probe: Probe, told: Sequence[Comparison]) -> Finding:
    queues = tuple(comparison.queue for comparison in told if comparison.queue is not None)
    gone = queues and all(comparison.received_since == 0 for comparison in told)
    return Finding(
        "probe",
        "confirmed_loss",
        "queue_gone" if gone else "key_valid_contact_support",
        min(comparison.missing_since or probe.window_start for comparison in told),
        float(sum(comparison.freshchat_since for comparison in told)),
        sum(comparison.received_since for comparison in told),
        queues=queues,
        last_at=probe.probed_at,
    )


def goes_on(comparison: Comparison, probe: Probe) -> bool:
    """Tell whether a loss reaches up to the end of what was compared; an older one is over."""
    until = comparison.missing_until
    return comparison.loss and until is not None and probe.window_end - until < LOSS_IS_OVER


def said_goodbye(evidence: Evidence) -> Finding | None:
    """The app told us that it was uninstalled, and nothing came since."""
    goodbye_at = evidence.goodbye_at
    if goodbye_at is None or (evidence.last_accepted_at and evidence.last_accepted_at > goodbye_at):
        return None
    return Finding("goodbye", "silent", "app_not_installed", goodbye_at)


def missed_heartbeats(evidence: Evidence) -> Finding | None:
    """The app's regular proof of life is overdue."""
    deadline = evidence.heartbeat_deadline
    if deadline is None or evidence.now < deadline or evidence.last_accepted_at is None:
        return None
    return Finding(
        "heartbeat",
        "silent",
        "heartbeat_missing",
        evidence.last_accepted_at,
        last_at=evidence.last_heartbeat_at,
    )


def statistics(evidence: Evidence) -> Finding | None:
    """Fewer contacts than the promise about false alarms leaves room for, unless Freshchat was quiet too."""
    reading = evidence.reading
    if reading is None:
        return None
    total = alarm_of(reading.total)
    if total is not None:
        return None if quiet_at_freshchat(total, evidence, None) else _suspected(total, ())
    for stream in reading.queues:
        suspicion = None if stream.queue in evidence.inactive_queues else alarm_of(stream)
        if suspicion is not None and not quiet_at_freshchat(suspicion, evidence, stream.queue):
            return _suspected(suspicion, (stream.queue or "",))
    return None


def alarm_of(stream: StreamReading) -> Suspicion | None:
    if stream.recovered_at is not None:
        return None  # the figures of the loss linger, but the data was seen to flow again
    return next((suspicion for suspicion in (stream.silence, stream.partial_loss) if suspicion.alarm), None)


def _suspected(suspicion: Suspicion, queues: tuple[str, ...]) -> Finding:
    silent = suspicion.kind == "silence"
    return Finding(
        "statistics",
        "silent" if silent and not queues else "partial_loss",
        "queue_gone" if silent and queues else "key_valid_contact_support",
        suspicion.since,
        suspicion.expected,
        suspicion.received,
        suspicion.once_in_weeks,
        queues,
    )


def quiet_at_freshchat(suspicion: Suspicion, evidence: Evidence, queue: str | None) -> bool:
    """Tell whether a probe of this very span found nothing missing: it was quiet at the source."""
    probe = evidence.probe
    if probe is None or not probe.answered or probe.window_end < suspicion.since:
        return False
    if queue is None:
        return probe.total.missing == 0
    return all(other.missing == 0 for other in probe.queues if other.queue == queue)


Rule = Callable[[Evidence], Finding | None]
RULES: tuple[Rule, ...] = (
    refused_key,
    app_without_key,
    confirmed_by_probe,
    said_goodbye,
    missed_heartbeats,
    statistics,
)
