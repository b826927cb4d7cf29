"""Counted contacts: reading what the charts and the API show."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from data.database import Database
from data.queries import sql


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """A source queue that has ever counted a contact."""

    queue: str
    contacts: int
    first_interval: datetime
    last_interval: datetime


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest contact by each clock: Freshchat's and ours (pushed ones only); and the earliest one ever."""

    resolved_at: datetime | None
    pushed_at: datetime | None
    first_resolved_at: datetime | None


def queues(database: Database, integration_id: str) -> list[QueueSummary]:
    """Return the queues of the integration in the order of their names."""
    return [QueueSummary(*row) for row in database.rows(sql("queues"), integration_id=integration_id)]


def counts(
    database: Database,
    integration_id: str,
    *,
    start: datetime,
    end: datetime,
    received_before: datetime | None,
) -> pd.DataFrame:
    """Return the non-zero counts by quarter hour from ``start`` to before ``end``.

    Columns: queue, interval_start (UTC), contacts, first_contacts. ``received_before`` leaves out what we
    heard of later: a paused integration shows nothing new.
    """
    span = {"integration_id": integration_id, "start": start, "end": end}
    if received_before is None:
        return database.frame(sql("counts"), **span)
    return database.frame(sql("counts_received_before"), **span, received_before=received_before)


def latest(database: Database, integration_id: str) -> Latest:
    """Return when the newest contact was resolved and when one was last pushed to us."""
    ((resolved_at, pushed_at, first_resolved_at),) = database.rows(
        sql("latest_contact"), integration_id=integration_id
    )
    return Latest(resolved_at, pushed_at, first_resolved_at)
