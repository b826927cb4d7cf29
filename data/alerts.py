"""Alerts, what people are told of, and notifications, the messages that tell it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

import orjson

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row, stored_json

STILLWATCH = ""
"""Stands for the integration of what concerns all of them."""

NO_ALERT = ""
"""Stands for the alert of a notification that tells of none: a test, a weekly report."""

LONGEST_SILENCE = timedelta(days=7)
"""Nobody can ask for a longer one."""

AlertState = Literal[
    "confirmed_loss",
    "silent",
    "partial_loss",
    "one_queue",
    "refused_key",
    "freshchat_credentials",
    "unknown",
    "unsealed_day",
]
"""What a channel may want to be told of. ``unknown``: the monitor itself is late or failed."""

AlertKind = Literal["incident", "credentials", "monitor", "unsealed_day", "channel"]
NotificationKind = Literal["opened", "changed", "reminder", "closed", "test", "weekly"]
NotificationState = Literal["waiting", "sending", "sent", "failed", "given_up", "superseded"]


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that people are told of. ``alert_id`` of an incident is the incident's own.

    ``about``: what is known of it, of which a change is told. No ``states``: it is told whatever a channel wants.
    """

    integration_id: str
    alert_id: str
    kind: AlertKind
    about: str
    states: tuple[AlertState, ...]
    opened_at: datetime
    detected_at: datetime
    closed_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    silenced_until: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """One message through one channel. Its id is made of what it tells, so that none is written twice."""

    integration_id: str
    notification_id: str
    alert_id: str
    channel_id: str
    kind: NotificationKind
    number: int
    state: NotificationState
    about: str
    created_at: datetime
    next_try_at: datetime
    tries: int = 0
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    failure: str | None = None
    answered_at: datetime | None = None

    @property
    def pending(self) -> bool:
        """Whether it is still to be sent, and nobody is sending it."""
        return self.state in ("waiting", "failed")


def alerts(store: Database | Transaction, integration_id: str) -> list[Alert]:
    """Return the alerts of an integration, or of Stillwatch itself, newest first."""
    return [_decoded(columns) for columns in store.rows(sql("alerts"), integration_id=integration_id)]


def alert(store: Database | Transaction, integration_id: str, alert_id: str) -> Alert | None:
    found = store.rows(sql("alert"), integration_id=integration_id, alert_id=alert_id)
    return _decoded(found[0]) if found else None


def open_alerts(store: Database | Transaction) -> list[Alert]:
    """Return what goes on, of every integration, oldest first."""
    return [_decoded(columns) for columns in store.rows(sql("open_alerts"))]


def save_alert(transaction: Transaction, changed: Alert) -> None:
    stored = replace(changed, states=orjson.dumps(changed.states).decode())  # type: ignore[arg-type]  # a row
    transaction.upsert("alert", [row(stored)])


def notification(
    store: Database | Transaction, integration_id: str, notification_id: str
) -> Notification | None:
    found = store.rows(sql("notification"), integration_id=integration_id, notification_id=notification_id)
    return Notification(*found[0]) if found else None


def notifications(store: Database | Transaction, integration_id: str, alert_id: str) -> list[Notification]:
    """Return the notifications of an alert, oldest first."""
    rows = store.rows(sql("notifications"), integration_id=integration_id, alert_id=alert_id)
    return [Notification(*columns) for columns in rows]


def unfinished_notifications(store: Database | Transaction) -> list[Notification]:
    """Return what waits, failed or is being sent, the one that is due first before the others."""
    return [Notification(*columns) for columns in store.rows(sql("unfinished_notifications"))]


def latest_notifications(store: Database, most: int) -> list[Notification]:
    """Return the newest notifications that are no longer of no use, newest first."""
    return [Notification(*columns) for columns in store.rows(sql("latest_notifications"), most=most)]


def notification_counts(store: Database) -> list[tuple[str, NotificationState, int]]:
    """Return (channel id, state, notifications)."""
    return store.rows(sql("notification_counts"))


def save_notifications(transaction: Transaction, changed: Iterable[Notification]) -> None:
    transaction.upsert("notification", [row(notification) for notification in changed])


def forget_alerts(transaction: Transaction, before: datetime, most: int) -> int:
    """Forget the oldest alerts that were over before then, with their notifications, and return how many these were.

    None is forgotten of which something is still to be sent.
    """
    old = transaction.rows(sql("alerts_to_forget"), before=before, most=most)
    transaction.run_for(sql("forget_notifications_of_alerts"), old)
    transaction.run_for(sql("forget_alerts"), old)
    return len(old)


def forget_lone_notifications(transaction: Transaction, before: datetime, most: int) -> int:
    """Forget the oldest notifications of no alert from before then, and return how many these were."""
    return transaction.run(sql("forget_lone_notifications"), before=before, most=most)


def _decoded(columns: tuple[object, ...]) -> Alert:
    stored = Alert(*columns)  # type: ignore[arg-type]
    return replace(stored, states=tuple(stored_json(str(stored.states), f"alert {stored.alert_id}")))
