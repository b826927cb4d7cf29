"""What Freshchat's own figures tell: chats that it resolved and that never arrived here."""

from collections.abc import Sequence
from datetime import timedelta

from data.probes import Comparison, Probe
from services.detector import Suspicion
from services.watch.evidence import Evidence
from services.watch.findings.finding import Finding
from services.watch.findings.keys import turned_away

LOSS_IS_OVER = timedelta(minutes=15)


def confirmed_by_probe(evidence: Evidence) -> Finding | None:
    """Freshchat resolved chats that never arrived here, and the loss goes on."""
    probe = evidence.probe
    if probe is None or (evidence.mended_at is not None and probe.window_start < evidence.mended_at):
        return None
    if probe.total.missing and turned_away(evidence) is not None:
        return _told_by(probe, [probe.total])  # the door is shut: every missing chat is a lost one
    lost = [queue for queue in probe.queues if goes_on(queue, probe)]
    others = [queue for queue in probe.queues if queue not in lost and queue.freshchat]
    if lost and others and probe.total.received_since and not any(queue.missing for queue in others):
        return _told_by(probe, lost)
    return _told_by(probe, holding(probe)) if goes_on(probe.total, probe) else None


def holding(probe: Probe) -> list[Comparison]:
    """Return the queues that hold all of a loss while others receive and lack nothing, else the total."""
    lacking = [queue for queue in probe.queues if queue.missing]
    others = [queue for queue in probe.queues if queue.freshchat and not queue.missing]
    received_by_others = probe.total.received_since - sum(queue.received_since for queue in lacking)
    held = sum(queue.missing for queue in lacking) >= probe.total.missing
    return lacking if lacking and others and held and received_by_others > 0 else [probe.total]


def _told_by(probe: Probe, told: Sequence[Comparison]) -> Finding:
    queues = tuple(comparison.queue for comparison in told if comparison.queue is not None)
    gone = bool(queues) and all(comparison.received_since == 0 for comparison in told)
    return Finding(
        "probe",
        "confirmed_loss",
        "queue_gone" if gone else "key_valid_contact_support",
        min(comparison.missing_since or probe.window_start for comparison in told),
        float(sum(comparison.freshchat_since for comparison in told)),
        sum(comparison.received_since for comparison in told),
        queues=queues,
        last_at=probe.probed_at,
        step="fetch_missing" if queues and not gone else None,
    )


def goes_on(comparison: Comparison, probe: Probe) -> bool:
    """Tell whether a loss reaches up to the end of what was compared; an older one is over."""
    until = comparison.missing_until
    return comparison.loss and until is not None and probe.window_end - until < LOSS_IS_OVER


def quiet_at_freshchat(suspicion: Suspicion, evidence: Evidence, queue: str | None) -> bool:
    """Tell whether a probe of this very span found nothing missing: it was quiet at the source."""
    probe = evidence.probe
    if probe is None or not probe.answered or probe.window_end < suspicion.since:
        return False
    if queue is None:
        return probe.total.missing == 0
    return all(other.missing == 0 for other in probe.queues if other.queue == queue)
