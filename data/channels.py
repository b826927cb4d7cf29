"""Notification channels: where people are told, in which language, and of what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

import orjson

from data.alerts import AlertState
from data.database import Database, Transaction
from data.queries import sql
from data.rows import row, stored_json


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing is sent. ``weekdays``: 1 = Monday, the days on which they begin.

    ``starts`` and ``ends``: local times such as 22:00; an end not after the start is on the next day.
    """

    time_zone: str
    weekdays: tuple[int, ...]
    starts: str
    ends: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def span(self) -> tuple[time, time]:
        return time.fromisoformat(self.starts), time.fromisoformat(self.ends)


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. ``url`` is encrypted. No ``states`` or ``integrations`` means all of them."""

    channel_id: str
    name: str
    url: str
    service: str
    language: str
    states: tuple[AlertState, ...]
    integrations: tuple[str, ...]
    quiet: Quiet | None
    after_minutes: int
    remind_minutes: int
    weekly: bool
    created_at: datetime
    last_sent_at: datetime | None = None
    failing_since: datetime | None = None
    failure: str | None = None


def channels(store: Database | Transaction) -> list[Channel]:
    """Return every channel, oldest first."""
    return [_decoded(Channel(*columns)) for columns in store.rows(sql("channels"))]


def save_channel(transaction: Transaction, channel: Channel) -> None:
    stored = replace(
        channel,
        states=_text(channel.states),  # type: ignore[arg-type]  # a row, not a channel
        integrations=_text(channel.integrations),  # type: ignore[arg-type]
        quiet=orjson.dumps(row(channel.quiet)).decode() if channel.quiet else None,  # type: ignore[arg-type]
    )
    transaction.upsert("channel", [row(stored)])


def delete_channel(transaction: Transaction, channel_id: str) -> None:
    transaction.run(sql("delete_channel"), channel_id=channel_id)


def _decoded(stored: Channel) -> Channel:
    what = f"channel {stored.channel_id}"
    states, integrations = (stored_json(str(text), what) for text in (stored.states, stored.integrations))
    quiet = None
    if stored.quiet is not None:
        time_zone, weekdays, starts, ends = stored_json(str(stored.quiet), what)
        quiet = Quiet(time_zone, tuple(weekdays), starts, ends)
    return replace(stored, states=tuple(states), integrations=tuple(integrations), quiet=quiet)


def _text(values: Sequence[str]) -> str:
    return orjson.dumps(values).decode()
