"""The rows of alerts and notifications: written with what they tell of, claimed before they are sent."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.alerts import (
    STILLWATCH,
    Alert,
    Notification,
    NotificationState,
    alert,
    notification,
    notifications,
    open_alerts,
    save_alert,
    save_notifications,
    unfinished_notifications,
)
from data.channels import Channel, channels, save_channel
from data.database import Transaction
from services.notifications.due import Due, is_hopeless, next_try_at
from services.notifications.plan import planned
from services.system import System

LONG_OVER = timedelta(days=30)
"""What was over before that and is not known any more was told in its time, and has been forgotten since."""
FAILURES_TOLD_AFTER = 2
"""So many tries in a row have failed before the other channels are told."""

INTERRUPTED = "interrupted"
"""Why a try counts as failed that an end of the process cut off: the message may have gone out."""


def keep_alert(transaction: Transaction, found: Alert, now: datetime, *, settled: bool = True) -> None:
    """Save an alert as it is known now, and the notifications that it needs; what people said of it stays."""
    before = alert(transaction, found.integration_id, found.alert_id)
    if before is None and found.closed_at is not None and now - found.closed_at > LONG_OVER:
        return
    if before is not None:
        found = replace(
            found,
            detected_at=before.detected_at,
            acknowledged_at=before.acknowledged_at,
            acknowledged_by=before.acknowledged_by,
            silenced_until=before.silenced_until,
            reason=before.reason,
        )
    if found != before:
        save_alert(transaction, found)
    plan_again(transaction, found, now, settled=settled)


def plan_again(transaction: Transaction, known: Alert, now: datetime, *, settled: bool = True) -> None:
    """Write the notifications that an alert needs now; most of the time that is none."""
    already = notifications(transaction, known.integration_id, known.alert_id)
    save_notifications(transaction, planned(known, channels(transaction), already, now, settled=settled))


def plan_all_again(system: System) -> None:
    """Write what the alerts that go on need now: a channel may be new, or want something else."""
    now = system.clock()
    if not open_alerts(system.database):
        return

    def job(transaction: Transaction) -> None:
        for known in open_alerts(transaction):
            plan_again(transaction, known, now)

    system.writer.write(job)


def claim(system: System, found: Due) -> Notification | None:
    """Take a notification to send it; None when somebody else has, or it is no longer needed.

    What is claimed is on disk before anything is sent. When the process ends between the two, or before the outcome
    is on disk, nobody knows whether the message went out: ``release`` has it sent again, and it says so.
    """
    now = system.clock()

    def job(transaction: Transaction) -> Notification | None:
        wanted = found.notification
        current = notification(transaction, wanted.integration_id, wanted.notification_id)
        if current is None or not current.pending:
            return None
        told_of = alert(transaction, current.integration_id, current.alert_id)
        claimed = replace(
            current,
            state="sending",
            tries=current.tries + 1,
            claimed_at=now,
            about=told_of.about if told_of is not None else current.about,
        )
        others = [
            notification(transaction, one.integration_id, one.notification_id) for one in found.instead_of
        ]
        needless = [replace(one, state="superseded") for one in others if one is not None and one.pending]
        save_notifications(transaction, [claimed, *needless])
        return claimed

    return system.writer.write(job)


def record(system: System, claimed: Notification, failure: str | None) -> Notification:
    """Keep what came of a try, ``failure`` None for a message that went out; and what follows from it."""
    now = system.clock()

    def job(transaction: Transaction) -> Notification:
        outcome = _outcome(claimed, failure, now)
        save_notifications(transaction, [outcome])
        known = {channel.channel_id: channel for channel in channels(transaction)}
        if claimed.channel_id in known:
            _keep_health(transaction, known[claimed.channel_id], outcome, now)
        told_of = alert(transaction, claimed.integration_id, claimed.alert_id)
        if told_of is not None:
            plan_again(transaction, told_of, now)
        return outcome

    return system.writer.write(job)


def drop(system: System, claimed: Notification) -> Notification:
    """Say of a claimed notification that there is nothing left to tell."""
    dropped = replace(claimed, state="superseded")
    system.writer.write(lambda transaction: save_notifications(transaction, [dropped]))
    return dropped


def _outcome(claimed: Notification, failure: str | None, now: datetime) -> Notification:
    if failure is None:
        return replace(claimed, state="sent", sent_at=now, failure=None)
    if is_hopeless(claimed):
        return replace(claimed, state="given_up", failure=failure)
    return replace(claimed, state="failed", failure=failure, next_try_at=next_try_at(claimed.tries, now))


def _keep_health(transaction: Transaction, channel: Channel, outcome: Notification, now: datetime) -> None:
    """Note how the channel does, and have the others told when it goes on failing, or works again."""
    if outcome.failure is None:
        healthy = replace(channel, last_sent_at=now, failing_since=None, failure=None)
        save_channel(transaction, healthy)
        end_channel_alert(transaction, channel.channel_id, now)
        return
    since = channel.failing_since or now
    save_channel(transaction, replace(channel, failing_since=since, failure=outcome.failure))
    if outcome.tries >= FAILURES_TOLD_AFTER and channel.failing_since is not None:
        found = Alert(
            STILLWATCH,
            f"channel-{channel.channel_id}-{since:%Y%m%d%H%M%S}",
            "channel",
            channel.channel_id,
            (),
            opened_at=since,
            detected_at=now,
        )
        keep_alert(transaction, found, now)


def end_channel_alert(transaction: Transaction, channel_id: str, now: datetime) -> None:
    """Have the others told that a channel works again, if they were told that it failed."""
    for known in open_alerts(transaction):
        if known.kind == "channel" and known.about == channel_id:
            keep_alert(transaction, replace(known, closed_at=now), now)


def _after_an_end(one: Notification, known: Collection[str]) -> NotificationState:
    """Return what becomes of a notification that was being sent when the process ended."""
    if one.channel_id not in known:
        return "superseded"
    return "given_up" if one.kind == "test" else "failed"


def release(system: System, claimed_before: datetime) -> Sequence[Notification]:
    """Have sent again what a process that ended was sending. The message says that it may have come before."""

    def job(transaction: Transaction) -> list[Notification]:
        known = {channel.channel_id for channel in channels(transaction)}
        cut_off = [
            replace(one, state=_after_an_end(one, known), failure=INTERRUPTED, next_try_at=claimed_before)
            for one in unfinished_notifications(transaction)
            if one.state == "sending" and (one.claimed_at or one.created_at) < claimed_before
        ]
        save_notifications(transaction, cut_off)
        return cut_off

    return system.writer.write(job)
