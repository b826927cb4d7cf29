"""Which notifications an alert needs. Pure: the same alert, channels, notifications and time give the same.

Planning again changes nothing: what is planned has an id made of what it tells. So it is done whenever anything
changes, and once more in every turn, and nothing depends on a turn that did not come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.alerts import STILLWATCH, Alert, Notification, NotificationKind
from data.channels import Channel

COLLECTION = timedelta(minutes=2)
"""How long a message waits for what else the same cause shows."""

PATIENCE = timedelta(minutes=15)
"""How long the all-clear waits for the contacts that are being fetched back."""

LONGEST_REST = timedelta(days=1)
FALSE_ALARM = "false_alarm"
"""What is known of an alert that was none."""

GIVEN_UP = "given_up"
"""What is known of an alert that ends without having been mended: nobody is told that it is over."""

WITHOUT_REMINDERS = ("unsealed_day",)
"""Kinds of alerts that cost nothing while they last."""

_SENT = ("sent", "given_up")
_TOLD = (*_SENT, "sending")


def planned(
    alert: Alert,
    channels: Iterable[Channel],
    known: Sequence[Notification],
    now: datetime,
    *,
    settled: bool = True,
) -> list[Notification]:
    """Return the notifications to add or change so that every channel is told what it wants, once.

    ``known``: those of the alert. ``settled``: whether nothing more will become known of an alert that is over.
    """
    changed: list[Notification] = []
    for channel in channels:
        mine = [one for one in known if one.channel_id == channel.channel_id]
        if not mine and not wants(channel, alert):
            continue
        if alert.closed_at is not None:
            changed += _when_over(alert, channel, mine, now, settled=settled)
        else:
            changed += _while_it_lasts(alert, channel, mine, now)
    return changed


def wants(channel: Channel, alert: Alert) -> bool:
    """Tell whether the channel is to be told of the alert. Of a failing channel all others are."""
    if alert.kind == "channel":
        return alert.about != channel.channel_id
    if channel.integrations and alert.integration_id not in (STILLWATCH, *channel.integrations):
        return False
    return not channel.states or bool(set(channel.states) & set(alert.states))


def _while_it_lasts(
    alert: Alert, channel: Channel, mine: Sequence[Notification], now: datetime
) -> list[Notification]:
    escalation = channel.after_minutes > 0
    opened = next((one for one in mine if one.kind == "opened"), None)
    if opened is None:
        if escalation and alert.acknowledged_at is not None:
            return []
        at = alert.detected_at + COLLECTION + timedelta(minutes=channel.after_minutes)
        return [_new(alert, channel, "opened", 0, now, at)]
    if alert.acknowledged_at is not None:
        unneeded = [one for one in mine if one.pending and _ends_with_acknowledgement(one, escalation)]
        never_told = opened in unneeded or opened.state == "superseded"
        if escalation and never_told:
            return _superseded(unneeded)
        return [*_superseded(unneeded), *_changes(alert, channel, opened, mine, now)]
    return [*_changes(alert, channel, opened, mine, now), *_reminders(alert, channel, opened, mine, now)]


def _ends_with_acknowledgement(one: Notification, escalation: bool) -> bool:
    return one.kind == "reminder" or (one.kind == "opened" and escalation)


def _changes(
    alert: Alert, channel: Channel, opened: Notification, mine: Sequence[Notification], now: datetime
) -> list[Notification]:
    """Return what tells that more is known; what was told before is not told again."""
    if opened.pending:
        return []  # it will tell what is known by then
    changes = [one for one in mine if one.kind == "changed"]
    waiting = next((one for one in changes if one.pending), None)
    told = {one.about for one in (opened, *changes) if one is not waiting}
    if alert.about in told:
        return _superseded([waiting] if waiting else [])
    if waiting is not None:
        return [replace(waiting, about=alert.about)] if waiting.about != alert.about else []
    return [_new(alert, channel, "changed", len(changes) + 1, now, now + COLLECTION)]


def _reminders(
    alert: Alert, channel: Channel, opened: Notification, mine: Sequence[Notification], now: datetime
) -> list[Notification]:
    """Return the next reminder; each rests twice as long as the one before.

    One that was superseded gave way to another message about the same integration, and is followed all the same.
    """
    reminders = [one for one in mine if one.kind == "reminder"]
    last = max((opened, *reminders), key=lambda one: one.number)
    if (
        not channel.remind_minutes
        or alert.kind in WITHOUT_REMINDERS
        or last.state not in (*_SENT, "superseded")
    ):
        return []
    first = timedelta(minutes=channel.remind_minutes)
    rest = min(first * 2 ** min(last.number, 20), max(first, LONGEST_REST))
    at = (last.sent_at or last.claimed_at or last.next_try_at) + rest
    return [_new(alert, channel, "reminder", last.number + 1, now, at)]


def _when_over(
    alert: Alert, channel: Channel, mine: Sequence[Notification], now: datetime, *, settled: bool
) -> list[Notification]:
    closed = next((one for one in mine if one.kind == "closed"), None)
    if closed is not None:
        early = settled and closed.pending and not closed.tries and closed.next_try_at > now
        return [replace(closed, next_try_at=now)] if early else []
    unneeded = _superseded([one for one in mine if one.pending])
    if not _worth_an_all_clear(alert, channel, mine):
        return unneeded
    return [*unneeded, _new(alert, channel, "closed", 0, now, now if settled else now + PATIENCE)]


def _worth_an_all_clear(alert: Alert, channel: Channel, mine: Sequence[Notification]) -> bool:
    """Tell whether to say that it is over: to whoever was told, and of a loss also to whoever would have been."""
    if alert.about == GIVEN_UP:
        return False
    if any(one.state in _TOLD for one in mine):
        return True
    if alert.kind != "incident" or alert.about == FALSE_ALARM or channel.after_minutes:
        return False
    waited = any(one.kind == "opened" and one.pending for one in mine)
    found_late = not mine and channel.created_at <= alert.detected_at
    return waited or found_late


def _new(
    alert: Alert, channel: Channel, kind: NotificationKind, number: int, now: datetime, at: datetime
) -> Notification:
    return Notification(
        alert.integration_id,
        f"{alert.alert_id}.{channel.channel_id}.{kind}.{number}",
        alert.alert_id,
        channel.channel_id,
        kind,
        number,
        "waiting",
        alert.about,
        created_at=now,
        next_try_at=at,
    )


def _superseded(unneeded: Iterable[Notification]) -> list[Notification]:
    return [replace(one, state="superseded") for one in unneeded]
