"""Which notifications are to be sent now, and when to try again what failed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from tenacity import RetryCallState
from tenacity.wait import wait_exponential

from data.alerts import Alert, AlertState, Notification
from data.channels import Channel
from services.notifications.quiet import quiet_until

MOST_TRIES = 101
"""About a day of trying. Tries are counted, not hours: a message may have waited for days, for the end of quiet hours
or for its turn as an escalation, before it is tried at all."""

_WAIT = wait_exponential(multiplier=30, max=15 * 60)
_SEVERITY: tuple[AlertState, ...] = ("confirmed_loss", "silent", "partial_loss")


@dataclass(frozen=True, slots=True)
class Due:
    """A notification to send, and those that it makes needless: they would tell of the same cause."""

    notification: Notification
    instead_of: tuple[Notification, ...] = ()


def due(
    pending: Iterable[Notification],
    channels: Mapping[str, Channel],
    alerts: Mapping[tuple[str, str], Alert],
    now: datetime,
) -> list[Due]:
    """Return what is to be sent now: one message for each channel and integration, of the worst that goes on.

    ``alerts``: by integration id and alert id.
    """
    ready = [
        one
        for one in pending
        if one.next_try_at <= now
        and one.channel_id in channels
        and held_until(one, channels[one.channel_id], _alert_of(one, alerts), now) is None
    ]
    alone = [Due(one) for one in ready if one.kind in ("closed", "test", "weekly")]
    gathered = sorted((one for one in ready if one.kind in _KINDS), key=_place)
    for _, group in groupby(gathered, key=_place):
        first, *others = sorted(group, key=lambda one: _urgency(one, _alert_of(one, alerts)))
        alone.append(Due(first, tuple(others)))
    return sorted(alone, key=lambda found: found.notification.next_try_at)


def held_until(one: Notification, channel: Channel, alert: Alert | None, now: datetime) -> datetime | None:
    """Return until when a notification is held back, by quiet hours or because somebody asked for silence."""
    if one.kind == "test":
        return None
    silenced = alert.silenced_until if alert is not None and one.kind != "closed" else None
    until = [at for at in (quiet_until(channel.quiet, now), silenced) if at is not None and at > now]
    return max(until, default=None)


def next_try_at(tries: int, now: datetime) -> datetime:
    """Return when to try again what has failed so often: after 30 s, then twice as long, 15 min at most."""
    state = RetryCallState(None, None, (), {})  # type: ignore[arg-type]  # a wait looks at the number alone
    state.attempt_number = tries
    return now + timedelta(seconds=_WAIT(state))


def is_hopeless(one: Notification) -> bool:
    """Tell whether to give a notification up that has just failed. A test is tried once."""
    return one.kind == "test" or one.tries >= MOST_TRIES


_KINDS = ("opened", "changed", "reminder")


def _place(one: Notification) -> tuple[str, str]:
    return one.channel_id, one.integration_id


def _urgency(one: Notification, alert: Alert | None) -> tuple[int, int, datetime]:
    states = alert.states if alert is not None else ()
    severity = next((place for place, state in enumerate(_SEVERITY) if state in states), len(_SEVERITY))
    return _KINDS.index(one.kind), severity, one.created_at


def _alert_of(one: Notification, alerts: Mapping[tuple[str, str], Alert]) -> Alert | None:
    return alerts.get((one.integration_id, one.alert_id))
