"""What our own store tells: that nothing can be kept, so nothing can be said either."""

from services.watch.evidence import Evidence
from services.watch.findings.finding import Finding


def failing_store(evidence: Evidence) -> Finding | None:
    """Changes fail: what arrives is refused, and what was concluded rests on what was known before."""
    failure = evidence.store_failure
    if failure is None:
        return None
    return Finding(
        "store",
        "unknown",
        "store_failing",
        failure.since,
        last_at=failure.last_at,
        reason=failure.reason,
    )
