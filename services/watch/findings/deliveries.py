"""What the deliveries tell that came and were not taken: turned away, or not understood."""

from datetime import datetime

from data.activity import NOT_UNDERSTOOD, WEBHOOK_REFUSED, ActivityKind
from services.activity import NOT_ATTRIBUTED
from services.causes import Step
from services.watch.evidence import LATELY, Evidence
from services.watch.findings.finding import Finding
from services.watch.findings.streak import PATIENCE, Streak, streak

STEP_OF_REFUSAL: dict[ActivityKind, Step] = {
    "bad_signature": "paste_public_key",
    "bad_signature_altered": "check_proxy",
    "bad_signature_non_ascii": "install_app",
    "no_public_key": "paste_public_key",
    "wrong_address": "correct_webhook_address",
    "store_unavailable": "switch_webhook_on",
}


def webhook_refused(evidence: Evidence) -> Finding | None:
    """Freshchat's webhook delivers and is turned away; or it was, by a store that failed, and fell silent."""
    by_webhook = [entry for entry in evidence.not_taken if entry.key_id == NOT_ATTRIBUTED]
    refused = streak(by_webhook, WEBHOOK_REFUSED, evidence.last_webhook_at)
    if refused is not None and refused.tells(evidence.now):
        return _refused(refused, evidence)
    unanswered = streak(by_webhook, {"store_unavailable"}, evidence.last_webhook_at)
    if unanswered is not None and evidence.now - unanswered.last_at >= PATIENCE:
        return _refused(unanswered, evidence)
    lately = streak(by_webhook, WEBHOOK_REFUSED, evidence.now - LATELY)
    beside = lately is not None and evidence.last_webhook_at is not None
    return _refused(lately, evidence, hint=True) if lately and beside else None


def not_understood(evidence: Evidence) -> Finding | None:
    """Deliveries come in the right way, and nobody here can read them."""
    found = streak(evidence.not_taken, NOT_UNDERSTOOD, evidence.last_event_at)
    if found is not None and found.tells(evidence.now):
        return _unread(found, hint=_nothing_missed(found.last_at, evidence))
    lately = streak(evidence.not_taken, NOT_UNDERSTOOD, evidence.now - LATELY)
    return _unread(lately, hint=True) if lately and evidence.last_event_at is not None else None


def _refused(found: Streak, evidence: Evidence, *, hint: bool = False) -> Finding:
    return Finding(
        "webhook",
        "silent",
        "webhook_refused",
        found.first_at,
        count=found.count,
        last_at=found.last_at,
        reason=found.kind,
        step=STEP_OF_REFUSAL[found.kind],
        hint=hint or _app_tells(found, evidence) or _nothing_missed(found.last_at, evidence),
    )


def _unread(found: Streak, *, hint: bool) -> Finding:
    return Finding(
        "not_understood",
        "silent",
        "events_not_understood",
        found.first_at,
        count=found.count,
        last_at=found.last_at,
        hint=hint,
    )


def _app_tells(found: Streak, evidence: Evidence) -> bool:
    """Tell whether the app is there and tells of the contacts all the same."""
    deadline = evidence.heartbeat_deadline
    alive = deadline is not None and evidence.now < deadline
    pushed_at = evidence.last_event_at
    return alive or (pushed_at is not None and pushed_at > found.first_at)


def _nothing_missed(until: datetime, evidence: Evidence) -> bool:
    """Tell whether Freshchat itself says that none of it was a contact."""
    probe = evidence.probe
    return probe is not None and probe.answered and probe.window_end >= until and probe.total.missing == 0
