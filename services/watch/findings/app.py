"""What the app itself tells: that it was uninstalled, or nothing at all any more."""

from datetime import datetime

from services.watch.evidence import Evidence
from services.watch.findings.finding import Finding
from services.watch.findings.streak import PATIENCE


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
        hint=_webhook_delivers(evidence, deadline),
    )


def _webhook_delivers(evidence: Evidence, deadline: datetime) -> bool:
    """Tell whether contacts come by Freshchat's webhook, with or without the app."""
    at = evidence.last_webhook_at
    return at is not None and (at > deadline or evidence.now - at < PATIENCE)
