"""Channels, alerts and a small world in which messages are planned, sent and answered by a held clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from data.alerts import Alert, Notification
from data.channels import Channel
from services.notifications.due import due, next_try_at
from services.notifications.plan import planned

BEGAN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # a Tuesday
MINUTE = timedelta(minutes=1)


def channel(channel_id: str = "mail", **more: Any) -> Channel:
    fields: dict[str, Any] = {
        "channel_id": channel_id,
        "name": channel_id,
        "url": "locked",
        "service": "E-Mail",
        "language": "en",
        "states": (),
        "integrations": (),
        "quiet": None,
        "after_minutes": 0,
        "remind_minutes": 0,
        "weekly": False,
        "created_at": BEGAN - timedelta(days=1),
    }
    return Channel(**fields | more)


def alert(alert_id: str = "a", **more: Any) -> Alert:
    fields: dict[str, Any] = {
        "integration_id": "i",
        "alert_id": alert_id,
        "kind": "incident",
        "about": "silent/none",
        "states": ("silent",),
        "opened_at": BEGAN - 20 * MINUTE,
        "detected_at": BEGAN,
    }
    return Alert(**fields | more)


@dataclass
class Post:
    """Plans and sends as the outbox does, in memory."""

    channels: Sequence[Channel]
    now: datetime = BEGAN
    alerts: dict[str, Alert] = field(default_factory=dict)
    rows: dict[str, Notification] = field(default_factory=dict)
    delivered: list[tuple[int, str, str]] = field(default_factory=list)
    """Minutes since it began, channel and kind of every message that went out."""

    broken: bool = False
    settled: bool = True

    def know(self, known: Alert) -> None:
        self.alerts[known.alert_id] = known

    def change(self, alert_id: str = "a", **more: Any) -> None:
        self.alerts[alert_id] = replace(self.alerts[alert_id], **more)

    def plan(self) -> None:
        for known in self.alerts.values():
            mine = [row for row in self.rows.values() if row.alert_id == known.alert_id]
            for row in planned(known, self.channels, mine, self.now, settled=self.settled):
                self.rows[row.notification_id] = row

    def minute(self) -> None:
        self.now += MINUTE
        self.plan()
        pending = [row for row in self.rows.values() if row.pending]
        alerts = {(known.integration_id, known.alert_id): known for known in self.alerts.values()}
        for found in due(pending, {one.channel_id: one for one in self.channels}, alerts, self.now):
            row = replace(found.notification, tries=found.notification.tries + 1, claimed_at=self.now)
            for other in found.instead_of:
                self.rows[other.notification_id] = replace(other, state="superseded")
            if self.broken:
                row = replace(row, state="failed", next_try_at=next_try_at(row.tries, self.now))
            else:
                about = self.alerts[row.alert_id].about
                row = replace(row, state="sent", sent_at=self.now, about=about)
                self.delivered.append(((self.now - BEGAN) // MINUTE, row.channel_id, row.kind))
            self.rows[row.notification_id] = row
        self.plan()

    def run(self, minutes: int) -> list[tuple[int, str, str]]:
        """Let minutes pass and return what went out in them."""
        before = len(self.delivered)
        for _ in range(minutes):
            self.minute()
        return self.delivered[before:]
