"""Signs of life and refusals, counted per quarter hour, key and kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row
from data.turn import Reads

ActivityKind = Literal[
    "events",
    "webhook",
    "webhook_not_understood",
    "webhook_unknown_event",
    "unknown_event",
    "bad_event",
    "bad_json",
    "not_json",
    "too_large",
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
    "no_signature",
    "no_public_key",
    "wrong_address",
    "unknown_integration",
    "store_unavailable",
]
"""Deliveries and signs of life that were accepted, those that nobody understood, then the codes of refusals."""

NOT_UNDERSTOOD_OF_APP: frozenset[ActivityKind] = frozenset(
    {"bad_event", "bad_json", "not_json", "too_large", "unknown_event"}
)
NOT_UNDERSTOOD: frozenset[ActivityKind] = NOT_UNDERSTOOD_OF_APP | {
    "webhook_not_understood",
    "webhook_unknown_event",
}
"""Deliveries that came to the right place with the right key, and could not be read."""
WEBHOOK_REFUSED: frozenset[ActivityKind] = frozenset(
    {
        *("bad_signature", "bad_signature_altered", "bad_signature_non_ascii"),
        *("no_public_key", "wrong_address"),
    }
)
"""Deliveries of Freshchat's webhook that were turned away. One without a signature was not Freshchat's."""
_USES: frozenset[ActivityKind] = frozenset({"events", "heartbeat", "connection"})
ALIVE: frozenset[ActivityKind] = _USES | NOT_UNDERSTOOD_OF_APP
"""What shows that the app is there and its key works."""
PUSHED: frozenset[ActivityKind] = frozenset({"events", "webhook"})
"""Deliveries that may hold contacts, and were understood."""
TELLING: frozenset[ActivityKind] = frozenset({"events", "heartbeat"})
"""What only an app that is installed does: a person may try a key by hand."""
REACHED_US: frozenset[ActivityKind] = ALIVE | {"webhook"}
"""Whatever of the source found its way to us."""
WITH_A_KEY: frozenset[ActivityKind] = _USES | {"goodbye"}
"""What a key was used for."""
WRONG_KEY: frozenset[ActivityKind] = frozenset({"revoked_key", "expired_key", "unknown_key", "malformed_key"})
"""Refusals that name a key of ours."""
NOT_TAKEN: frozenset[ActivityKind] = WRONG_KEY | WEBHOOK_REFUSED | NOT_UNDERSTOOD | {"store_unavailable"}
"""Whatever came and was not taken."""


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
    """Add to what is counted already, and to its totals over all time."""
    _add(transaction, "add_activity", activities)
    totals: dict[tuple[str, str, str], Activity] = {}
    for activity in activities:
        place = (activity.integration_id, activity.key_id, activity.kind)
        totals[place] = activity if place not in totals else added_up(totals[place], activity)
    _add(transaction, "add_to_activity_totals", totals.values())


def _add(transaction: Transaction, statement: str, activities: Iterable[Activity]) -> None:
    rows = [row(activity) for activity in activities]
    transaction.run_by_column(sql(statement), Activity.__slots__, rows)


def forget_activity(transaction: Transaction, before: datetime, most: int) -> int:
    """Forget the oldest quarter hours from before then, and return how many rows these were. The totals stay."""
    return transaction.run(sql("forget_activity"), before=before, most=most)


def added_up(one: Activity, other: Activity) -> Activity:
    """Return both as one entry: from the earlier quarter hour, with all occurrences."""
    return replace(
        one,
        interval_start=min(one.interval_start, other.interval_start),
        occurrences=one.occurrences + other.occurrences,
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
    )


def activity_since(database: Database, integration_id: str, since: datetime) -> list[Activity]:
    """Return what happened in quarter hours that begin at ``since`` or later, oldest first."""
    rows = database.rows(sql("activity_since"), integration_id=integration_id, since=since)
    return [Activity(*columns) for columns in rows]


def latest_of_kind(
    database: Reads, integration_id: str, kind: ActivityKind, *, since: datetime, most: int
) -> list[Activity]:
    """Return the latest entries of one kind, ``most`` of them at the most, oldest first."""
    rows = database.rows(
        sql("latest_of_kind"), integration_id=integration_id, kind=kind, since=since, most=most
    )
    return [Activity(*columns) for columns in reversed(rows)]


def activity_totals(database: Reads, integration_id: str) -> list[Activity]:
    """Return one entry for each key and kind over all time; ``interval_start`` is the first one's."""
    rows = database.rows(sql("activity_totals"), integration_id=integration_id)
    return [Activity(*columns) for columns in rows]
