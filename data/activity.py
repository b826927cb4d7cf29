"""Signs of life and refusals, counted per quarter hour, key and kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row

ActivityKind = Literal[
    "events",
    "webhook",
    "webhook_not_understood",
    "heartbeat",
    "connection",
    "goodbye",
    "missing_key",
    "malformed_key",
    "unknown_key",
    "revoked_key",
    "expired_key",
    "integration_deleted",
    "wrong_token",
    "bad_signature",
    "bad_signature_altered",
    "bad_signature_non_ascii",
]
"""Accepted deliveries and signs of life, then the codes of refusals."""

ALIVE: frozenset[ActivityKind] = frozenset({"events", "heartbeat", "connection"})
"""What shows that the app is there and its key works."""
PUSHED: frozenset[ActivityKind] = frozenset({"events", "webhook"})
"""Deliveries that may hold contacts."""
REACHED_US: frozenset[ActivityKind] = ALIVE | {"webhook"}
"""Whatever of the source found its way to us."""
WITH_A_KEY: frozenset[ActivityKind] = ALIVE | {"goodbye"}
"""What a key was used for."""
WRONG_KEY: frozenset[ActivityKind] = frozenset({"revoked_key", "expired_key", "unknown_key", "malformed_key"})
"""Refusals that name a key of ours."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What one key did of one kind in one quarter hour. ``key_id`` is empty where there was no key of ours."""

    integration_id: str
    key_id: str
    kind: ActivityKind
    interval_start: datetime
    occurrences: int
    first_at: datetime
    last_at: datetime


def add_activity(transaction: Transaction, activities: Sequence[Activity]) -> None:
    """Add to what is counted already."""
    transaction.run_for(sql("add_activity"), [row(activity) for activity in activities])


def activity_since(database: Database, integration_id: str, since: datetime) -> list[Activity]:
    """Return what happened in quarter hours that begin at ``since`` or later, oldest first."""
    rows = database.rows(sql("activity_since"), integration_id=integration_id, since=since)
    return [Activity(*columns) for columns in rows]


def latest_of_kind(
    database: Database, integration_id: str, kind: ActivityKind, *, since: datetime, most: int
) -> list[Activity]:
    """Return the latest entries of one kind, ``most`` of them at the most, oldest first."""
    rows = database.rows(
        sql("latest_of_kind"), integration_id=integration_id, kind=kind, since=since, most=most
    )
    return [Activity(*columns) for columns in reversed(rows)]


def activity_totals(database: Database, integration_id: str) -> list[Activity]:
    """Return one entry for each key and kind over all time; ``interval_start`` is the first one's."""
    rows = database.rows(sql("activity_totals"), integration_id=integration_id)
    return [Activity(*columns) for columns in rows]
