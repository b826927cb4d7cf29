"""What the injixo API keys tell: one that is refused, one that was never installed, or that none is left."""

from datetime import datetime, timedelta

from data.watch import Cause
from services.watch.evidence import Evidence, Refusal
from services.watch.findings.finding import Finding

STALE_REFUSAL = timedelta(minutes=10)
IN_FLIGHT = timedelta(minutes=1)
"""Deliveries that were under way when the key was replaced."""

CAUSE_OF_REFUSAL: dict[str, Cause] = {
    "revoked_key": "key_revoked",
    "expired_key": "key_expired",
    "unknown_key": "key_unknown",
    "malformed_key": "key_unknown",  # mistyped: its id is one of ours, the rest is not
}


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
        return Finding(
            "key_never_used", "silent", "key_not_installed", ended_at, key=usable[0], step="paste_waiting_key"
        )
    last = used[last_used_at]
    assert last.ended is not None
    return Finding("no_key_left", "silent", CAUSE_OF_REFUSAL[last.ended], ended_at, key=last)


def no_key_generated(evidence: Evidence) -> Finding | None:
    """Nobody has made a key yet, so no app can have one. Freshchat's own webhook needs none."""
    if evidence.keys or evidence.webhook or evidence.last_event_at is not None:
        return None
    return Finding(
        "no_key_generated", "waiting", "app_not_installed", evidence.started_at, step="generate_key"
    )
