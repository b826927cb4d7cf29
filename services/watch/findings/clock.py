"""What the contacts tell of our own clock: received before they were resolved, it must be behind."""

from datetime import timedelta

from services.watch.evidence import CONTACTS_ABOUT_CLOCK, Evidence
from services.watch.findings.finding import Finding

CLOCKS_DIFFER = timedelta(minutes=5)
"""By less, clocks that are right may differ."""


def clock_behind(evidence: Evidence) -> Finding | None:
    """The last contacts were, by Freshchat's clock, resolved after we received them; nothing can be judged."""
    ahead = [
        (resolved_at, received_at)
        for resolved_at, received_at in evidence.pushed_lately
        if resolved_at - received_at > CLOCKS_DIFFER
    ]
    if len(ahead) < CONTACTS_ABOUT_CLOCK or len(ahead) < len(evidence.pushed_lately):
        return None
    resolved_at, received_at = ahead[0]
    return Finding("clock", "unknown", "clock_wrong", received_at, last_at=resolved_at)
