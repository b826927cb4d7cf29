"""Counted contacts: reading what the charts and the API show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data.chats import quarter_hour
from data.database import Database
from data.queries import sql
from data.totals import queue_totals
from data.turn import Reads

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """A source queue that has ever counted a contact."""

    queue: str
    contacts: int
    first_interval: datetime
    last_interval: datetime
    first_contacts: int
    """Those that were their chat's first."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest and the earliest contact by each clock, Freshchat's and ours; how many there are and were pushed.

    ``pushed_from`` and ``pushed_until``: the span of the resolutions that were pushed, by Freshchat's clock.
    """

    resolved_at: datetime | None
    pushed_at: datetime | None
    first_resolved_at: datetime | None
    first_pushed_at: datetime | None
    pushed_from: datetime | None
    pushed_until: datetime | None
    contacts: int
    pushed: int


NOTHING = Latest(None, None, None, None, None, None, 0, 0)


@dataclass(frozen=True, slots=True)
class CountedChat:
    """One contact with the ids by which it can be looked up. ``is_first``: the chat's first resolution."""

    chat_id: str
    interaction_id: str | None
    queue: str
    resolved_at: datetime
    is_first: bool
    reporter: str
    received_at: datetime


def contacts_of_span(
    database: Database,
    integration_id: str,
    queues: Sequence[str],
    *,
    start: datetime,
    end: datetime,
    received_before: datetime,
    most: int,
) -> list[CountedChat]:
    """Return the contacts of these queues resolved from ``start`` to before ``end`` in order, so many at most."""
    rows = database.rows(
        sql("contacts_of_span"),
        integration_id=integration_id,
        queues=list(queues),
        start=start,
        end=end,
        received_before=received_before,
        most=most,
    )
    return [CountedChat(*row) for row in rows]


def queues(
    database: Reads, integration_id: str, received_before: datetime | None = None
) -> list[QueueSummary]:
    """Return the queues of the integration in the order of their names; see counts() for ``received_before``."""
    if received_before is None:
        return [
            QueueSummary(
                total.queue,
                total.contacts,
                quarter_hour(total.first_resolved_at),
                quarter_hour(total.last_resolved_at),
                total.first_contacts,
            )
            for total in queue_totals(database, integration_id)
        ]
    rows = database.rows(
        sql("queues_received_before"), integration_id=integration_id, received_before=received_before
    )
    return [QueueSummary(*columns) for _, *columns in rows]


def counts(
    database: Database,
    integration_id: str,
    *,
    start: datetime,
    end: datetime,
    received_before: datetime | None,
) -> pd.DataFrame:
    """Return the non-zero counts by quarter hour from ``start`` to before ``end``.

    Columns: queue, interval_start (UTC), contacts, first_contacts, pushed_contacts. ``received_before`` leaves
    out what we heard of later: a paused integration shows nothing new.
    """
    span = {"integration_id": integration_id, "start": start, "end": end}
    if received_before is None:
        return database.frame(sql("counts"), **span)
    return database.frame(sql("counts_received_before"), **span, received_before=received_before)


def counts_by_day(database: Database, integration_id: str, start: datetime, end: datetime) -> pd.DataFrame:
    """Return the non-zero counts by spans of 24 hours from ``start``, a quarter hour's beginning, to before ``end``.

    Columns: queue, day (0 for the first), contacts, first_contacts.
    """
    return database.frame(sql("counts_by_day"), integration_id=integration_id, start=start, end=end)


def pushed_counts(database: Reads, integration_id: str, start: datetime, end: datetime) -> pd.DataFrame:
    """Return the counts that were pushed, by quarter hour from ``start`` to before ``end``.

    What only a backfill knows says nothing about the connection. Columns: integration_id, queue,
    interval_start (UTC), contacts.
    """
    return database.frame(sql("pushed_counts"), integration_id=integration_id, start=start, end=end)


def latest(database: Reads, integration_id: str) -> Latest:
    """Return what is known of the integration's contacts as a whole."""
    rows = database.rows(sql("latest"), integration_id=integration_id)
    return Latest(*rows[0][1:]) if rows else NOTHING


def last_resolved(database: Reads, integration_id: str) -> dict[str, datetime]:
    """Return when the last contact of each source queue was resolved, by Freshchat's clock."""
    rows = database.rows(sql("last_resolved"), integration_id=integration_id)
    return {queue: resolved_at for _, queue, resolved_at in rows}


def latest_pushed(
    database: Reads, integration_id: str, *, since: datetime, most: int
) -> list[tuple[datetime, datetime]]:
    """Return the contacts pushed last, newest first: when each was resolved, and when it was received."""
    rows = database.rows(sql("latest_pushed"), integration_id=integration_id, since=since, most=most)
    return [(resolved_at, pushed_at) for _, resolved_at, pushed_at in rows]


def push_lag(database: Database, integration_id: str, since: datetime) -> timedelta | None:
    """Return how late a resolution is pushed: the 99.9 % quantile since ``since``, None without any."""
    ((seconds,),) = database.rows(sql("push_lag"), integration_id=integration_id, since=since)
    return None if seconds is None else timedelta(seconds=seconds)


def last_contacts(database: Reads, integration_id: str, since: datetime) -> dict[str, datetime]:
    """Return when the newest pushed contact of each queue was resolved, where that is at ``since`` or later."""
    rows = database.rows(sql("last_contacts"), integration_id=integration_id, since=since)
    return {queue: resolved_at for _, queue, resolved_at in rows}


def pushed_and_recovered(
    database: Database, integration_id: str, start: datetime, end: datetime, queues: Collection[str] = ()
) -> tuple[int, int]:
    """Return the contacts resolved from ``start`` to before ``end``: pushed ones, and those only a backfill knows.

    ``queues`` limits the answer to these; all of them otherwise.
    """
    rows = database.rows(sql("pushed_and_recovered"), integration_id=integration_id, start=start, end=end)
    concerned = [row for row in rows if not queues or row[0] in queues]
    return sum(pushed for _, pushed, _ in concerned), sum(recovered for _, _, recovered in concerned)


def contacts_between(database: Reads, integration_id: str, start: datetime, end: datetime) -> int:
    """Return how many contacts were counted in the quarter hours from ``start`` to before ``end``."""
    rows = database.rows(sql("contacts_between"), integration_id=integration_id, start=start, end=end)
    return sum(contacts for _, contacts in rows)
