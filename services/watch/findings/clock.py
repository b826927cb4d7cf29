"""What speaks against ourselves: a clock that others show to be wrong, and that we were not there."""

from datetime import timedelta

from services.system import ANSWERS_ABOUT_CLOCK
from services.watch.evidence import CONTACTS_ABOUT_CLOCK, Evidence
from services.watch.findings.finding import Finding

CLOCKS_DIFFER = timedelta(minutes=5)
"""By less, clocks that are right may differ."""


def clock_wrong(evidence: Evidence) -> Finding | None:
    """Our clock differs from Freshchat's so much that nothing can be judged."""
    return _by_contacts(evidence) or _by_answers(evidence)


def _by_contacts(evidence: Evidence) -> Finding | None:
    """The last contacts were, by Freshchat's clock, resolved after we received them: ours is behind.

    Unless Freshchat's answers show that ours is right: then whoever sent these contacts dates them wrongly.
    """
    if any(abs(told - at) <= CLOCKS_DIFFER for told, at in evidence.told_to_anybody):
        return None
    ahead = [
        (resolved_at, received_at)
        for resolved_at, received_at in evidence.pushed_lately
        if resolved_at - received_at > CLOCKS_DIFFER
    ]
    if len(ahead) < CONTACTS_ABOUT_CLOCK or len(ahead) < len(evidence.pushed_lately):
        return None
    resolved_at, received_at = ahead[0]
    return Finding("clock", "unknown", "clock_wrong", received_at, last_at=resolved_at)


def _by_answers(evidence: Evidence) -> Finding | None:
    """Freshchat's last answers were written at another time than they were received, ahead of us or behind."""
    if len(evidence.times_told) < ANSWERS_ABOUT_CLOCK:
        return None
    differences = [told - at for told, at in evidence.times_told]
    if min(differences) <= CLOCKS_DIFFER and max(differences) >= -CLOCKS_DIFFER:
        return None
    told, at = evidence.times_told[-1]
    return Finding("clock", "unknown", "clock_wrong", at, last_at=told, reason="answers")


def own_absence(evidence: Evidence) -> Finding | None:
    """Nobody was here, or the clock jumped, so lately that no heartbeat had time to come since."""
    if not evidence.settling or evidence.woke_at is None:
        return None
    if evidence.away_since is None:
        return Finding("clock_jump", "unknown", "clock_wrong", evidence.woke_at)
    return Finding("own_absence", "unknown", "own_outage", evidence.away_since, last_at=evidence.woke_at)
