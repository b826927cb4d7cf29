"""What the injixo API keys tell: one that is refused, one that was never installed, or that none is left."""

from datetime import datetime, timedelta
from operator import itemgetter

from data.activity import ActivityKind
from data.watch import Cause
from services.watch.evidence import LATELY, Evidence, Refusal
from services.watch.findings.deliveries import webhook_refused
from services.watch.findings.finding import Finding
from services.watch.findings.streak import ENOUGH, PATIENCE, streak

STALE_REFUSAL = timedelta(minutes=10)
IN_FLIGHT = timedelta(minutes=1)
"""Deliveries that were under way when the key was replaced."""

WRONG_SECRET: frozenset[ActivityKind] = frozenset({"unknown_key", "malformed_key"})
"""How a request is refused that names a key of ours without its secret."""

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
        step="paste_waiting_key" if _new_one_waits(refusal, evidence) else None,
        hint=_somebody_else(refusal, evidence),
    )


def _new_one_waits(refusal: Refusal, evidence: Evidence) -> bool:
    """Tell whether a newer key was made already that nobody has used: another one would mend nothing."""
    return any(
        key.ended is None and key.last_used_at is None and key.created_at > refusal.key.created_at
        for key in evidence.keys
    )


def _somebody_else(refusal: Refusal, evidence: Evidence) -> bool:
    """Tell whether the app uses this very key, and somebody else a wrong secret with its id.

    So it is while the app goes on telling between the refusals, or has just done so before a single one.
    """
    told_at = refusal.key.last_told_at
    if refusal.code not in WRONG_SECRET or refusal.key.ended is not None or told_at is None:
        return False
    patience = max(1.5 * (evidence.heartbeat_interval or PATIENCE), PATIENCE)
    if evidence.now - told_at >= patience:
        return False
    own = [entry for entry in evidence.not_taken if entry.key_id == refusal.key.key_id]
    since = streak(own, WRONG_SECRET, told_at)
    between = streak(own, WRONG_SECRET, evidence.now - LATELY)
    return since is None or since.count < ENOUGH or (between is not None and between.first_at < told_at)


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


def turned_away(evidence: Evidence) -> Finding | None:
    """Return what shows that contacts are turned away at the door."""
    found = [rule(evidence) for rule in (refused_key, webhook_refused)]
    return next((finding for finding in found if finding is not None and not finding.hint), None)


def door_is_shut(evidence: Evidence) -> bool:
    """Tell whether no key opens anything and nothing came since: no contact can be on its way any more."""
    shut = turned_away(evidence) or app_without_key(evidence)
    return shut is not None and (evidence.last_event_at is None or evidence.last_event_at <= shut.since)


def app_without_key(evidence: Evidence) -> Finding | None:
    """The key that the app has has ended, and it uses no other: a new one was never installed, or none is left.

    Not so while events come by another way, Freshchat's own webhook.
    """
    usable = [key for key in evidence.keys if key.ended is None]
    used = [(key.last_used_at, key) for key in evidence.keys if key.last_used_at is not None]
    if not used or any(key.last_used_at for key in usable):
        return None  # nothing was ever installed: that is waiting, not broken
    last_used_at, last = max(used, key=itemgetter(0))
    if evidence.last_event_at is not None and evidence.last_event_at > last_used_at + IN_FLIGHT:
        return None
    ended_at = max(key.ended_at for _, key in used if key.ended_at is not None)
    if usable:
        return Finding(
            "key_never_used", "silent", "key_not_installed", ended_at, key=usable[0], step="paste_waiting_key"
        )
    assert last.ended is not None
    return Finding("no_key_left", "silent", CAUSE_OF_REFUSAL[last.ended], ended_at, key=last)


def no_key_generated(evidence: Evidence) -> Finding | None:
    """Nobody has made a key yet, so no app can have one. Freshchat's own webhook needs none."""
    if evidence.keys or evidence.webhook or evidence.last_event_at is not None:
        return None
    since = evidence.added_at or evidence.started_at
    return Finding("no_key_generated", "waiting", "app_not_installed", since, step="generate_key")
