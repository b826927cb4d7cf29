"""What the watcher concluded: the last verdict of each integration, incidents, and its own sign of life."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import orjson

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row, stored_json
from data.turn import Reads

WATCHER = ""
"""The place of the watcher's own sign of life among the integrations' verdicts."""


DataFlow = Literal[
    "waiting",
    "learning",
    "receiving",
    "nothing_expected",
    "quieter_than_usual",
    "silent",
    "partial_loss",
    "confirmed_loss",
    "paused",
    "unknown",
]
Cause = Literal[
    "key_revoked",
    "key_expired",
    "key_unknown",
    "key_not_installed",
    "heartbeat_missing",
    "app_not_installed",
    "freshchat_credentials",
    "freshchat_unreachable",
    "queue_gone",
    "key_valid_contact_support",
    "webhook_refused",
    "events_not_understood",
    "clock_wrong",
    "own_outage",
    "store_failing",
    "none",
]

NotRecovered = Literal["report_lacks", "report_empty", "rows_unreadable", "unreachable"]
"""Why an incident that is over has not given its contacts back yet."""

QUEUES_COLUMN = 7
"""Where the queues of an incident stand in its row: they are stored as JSON."""


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """The last verdict on an integration, and since when it has been the same."""

    integration_id: str
    evaluated_at: datetime
    data_flow: DataFlow
    cause: Cause
    since: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """A span in which data flow was broken. ``queues`` names those concerned; empty means all of them."""

    integration_id: str
    incident_id: str
    opened_at: datetime
    detected_at: datetime
    closed_at: datetime | None
    data_flow: DataFlow
    cause: Cause
    queues: tuple[str, ...] = ()
    missed: int | None = None
    missed_low: int | None = None
    missed_high: int | None = None
    recovered: int = 0
    recovered_at: datetime | None = None
    false_alarm: bool = False
    not_recovered: NotRecovered | None = None
    recovery_checked_at: datetime | None = None

    def reaches_into(self, start: datetime, end: datetime, now: datetime) -> bool:
        """Tell whether some of it lies in a span; one that is open reaches to now."""
        return self.opened_at < end and (self.closed_at or now) > start


def stored_verdicts(store: Database | Transaction) -> dict[str, StoredVerdict]:
    """Return the last verdicts by integration id; the watcher's own sign of life is under WATCHER."""
    return {columns[0]: StoredVerdict(*columns) for columns in store.rows(sql("verdicts"))}


def stored_verdict(store: Database | Transaction, integration_id: str) -> StoredVerdict | None:
    """Return the last verdict on one integration, or the watcher's own sign of life; None before the first."""
    rows = store.rows(sql("verdict"), integration_id=integration_id)
    return StoredVerdict(*rows[0]) if rows else None


def save_verdicts(transaction: Transaction, verdicts: list[StoredVerdict]) -> None:
    transaction.upsert("watch", [row(verdict) for verdict in verdicts])


def incidents(store: Reads | Transaction, integration_id: str) -> list[Incident]:
    """Return the incidents of the integration, newest first."""
    rows = store.rows(sql("incidents"), integration_id=integration_id)
    found = []
    for stored in rows:
        columns = list(stored)
        columns[QUEUES_COLUMN] = tuple(stored_json(columns[QUEUES_COLUMN], f"incident {columns[1]}"))
        found.append(Incident(*columns))
    return found


def save_incident(transaction: Transaction, incident: Incident) -> None:
    columns = list(row(incident))
    columns[QUEUES_COLUMN] = orjson.dumps(incident.queues).decode()
    transaction.upsert("incident", [tuple(columns)])
