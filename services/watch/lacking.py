"""What Freshchat's figures say is missing, by source queue: the same pair of figures wherever it is shown. Pure."""

from data.probes import Comparison
from services.watch.evidence import Evidence
from services.watch.verdict import Verdict

__all__ = ["Comparison", "lacking_by_queue", "told_pair"]


def lacking_by_queue(verdict: Verdict, evidence: Evidence) -> dict[str | None, Comparison]:
    """Return the comparisons that hold the loss of the verdict, by queue; the total's is under None."""
    probe = evidence.probe
    told = next((finding for finding in verdict.findings if finding.source == "probe"), None)
    if probe is None or told is None:
        return {}
    if not told.queues:
        return {None: probe.total} | {queue.queue: queue for queue in probe.queues if queue.missing}
    return {queue.queue: queue for queue in probe.queues if queue.queue in told.queues}


def told_pair(verdict: Verdict) -> tuple[int, int] | None:
    """Return (received, Freshchat's) as the verdict's sentence tells them, None when it tells none."""
    told = next((finding for finding in verdict.findings if finding.source == "probe"), None)
    if told is None or told.received is None or told.expected is None:
        return None
    return told.received, round(told.expected)
