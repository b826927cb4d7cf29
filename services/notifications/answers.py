"""What people answer to an alert: that they see to it, or that nothing is to be said of it for some hours."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from data.alerts import (
    LONGEST_SILENCE,
    Alert,
    Notification,
    alert,
    notification,
    save_alert,
    save_notifications,
)
from data.audit import Action
from data.database import Transaction
from services.fields import clean_name
from services.notifications.outbox import plan_again
from services.system import Invalid, NotFound, System, needs

LONGEST_REASON = 500


@needs("support", changes=True)
def acknowledge(
    system: System,
    integration_id: str,
    alert_id: str,
    *,
    reason: str = "",
    link: Notification | None = None,
) -> Alert:
    """Say that whoever asks sees to it: no more reminders and no escalation. Raises NotFound or Invalid.

    ``link``: the notification whose link is used up by it.
    """
    return _answered(
        system,
        integration_id,
        alert_id,
        lambda known, now: replace(known, acknowledged_at=now),
        reason,
        link,
        "incident_acknowledged",
    )


@needs("support", changes=True)
def silence(
    system: System,
    integration_id: str,
    alert_id: str,
    *,
    hours: float,
    reason: str,
    link: Notification | None = None,
) -> Alert:
    """Say nothing of it for so long, but that it is over. Raises NotFound or Invalid."""
    if not 0 < hours <= LONGEST_SILENCE / timedelta(hours=1):
        raise Invalid("bad_silence", "hours", "a silence lasts up to 168 hours")
    if not clean_name(reason):
        raise Invalid("no_reason", "reason", "say why nothing is to be said of it")
    return _answered(
        system,
        integration_id,
        alert_id,
        lambda known, now: replace(
            known,
            silenced_until=now + timedelta(hours=hours),
            acknowledged_at=known.acknowledged_at and now,
        ),
        reason,
        link,
        "incident_silenced",
    )


def _answered(
    system: System,
    integration_id: str,
    alert_id: str,
    answer: Callable[[Alert, datetime], Alert],
    reason: str,
    link: Notification | None,
    action: Action,
) -> Alert:
    """Keep an answer as a whole: who gave the last one, when and why never mixes with what somebody else said."""
    now, said = system.clock(), clean_name(reason)
    if len(said) > LONGEST_REASON:
        raise Invalid("long_reason", "reason", f"say it in {LONGEST_REASON} characters")

    def job(transaction: Transaction) -> Alert:
        known = alert(transaction, integration_id, alert_id)
        if known is None:
            raise NotFound(f"there is no alert {alert_id}")
        if known.closed_at is not None:
            raise Invalid("is_over", "alert", "it is over already")
        if link is not None:
            used = notification(transaction, link.integration_id, link.notification_id)
            if used is None or used.answered_at is not None:
                raise Invalid("link_used", "link", "this link has been used already")
            save_notifications(transaction, [replace(used, answered_at=now)])
        answered = replace(answer(known, now), acknowledged_by=system.person.name, reason=said or None)
        save_alert(transaction, answered)
        plan_again(transaction, answered, now)
        system.record(transaction, action, integration_id, alert_id, after={"reason": answered.reason})
        return answered

    return system.writer.write(job)
