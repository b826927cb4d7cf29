"""What statistics tell: fewer contacts than are to be expected."""

from services.detector import StreamReading, Suspicion
from services.watch.evidence import Evidence
from services.watch.findings.finding import Finding
from services.watch.findings.freshchat import quiet_at_freshchat


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
