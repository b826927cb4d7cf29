"""Seals: what Freshchat's own figures say of each local day, beside ours.

The figures per queue are stored as a JSON list, each a list of queue, contacts and freshchat.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import orjson

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row

SealState = Literal["open", "equal", "fetched", "differs", "not_compared"]
SealReason = Literal[
    "fetching",
    "report_lacks",
    "more_here",
    "other_group",
    "not_yet",
    "before_connection",
    "too_old",
    "paused",
    "no_api_key",
    "invalid_credentials",
    "missing_scope",
    "unreachable",
]
"""Why a day differs, then why it was not compared."""

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Contacts that we have of one source queue, and chats that Freshchat resolved in its group."""

    queue: str
    contacts: int
    freshchat: int

    @property
    def missing(self) -> int:
        """Contacts that Freshchat has and we have not."""
        return max(0, self.freshchat - self.contacts)


@dataclass(frozen=True, slots=True)
class Seal:
    """One local day. ``compared_until``: the end of what was compared; ``next_at``: None for never again."""

    integration_id: str
    day: date
    state: SealState
    reason: SealReason | None = None
    contacts: int | None = None
    freshchat: int | None = None
    fetched: int = 0
    compared_until: datetime | None = None
    compared_at: datetime | None = None
    tries: int = 0
    next_at: datetime | None = None
    queues: tuple[QueueFigures, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether all that was compared of the day equals Freshchat's figures, per queue."""
        return self.compared_until is not None and all(
            queue.contacts == queue.freshchat for queue in self.queues
        )


def seals(
    store: Database | Transaction, integration_id: str, first: date = EARLIEST, last: date = LATEST
) -> list[Seal]:
    """Return the seals of the days from ``first`` to ``last``, oldest first; days never tried have none."""
    rows = store.rows(sql("seals"), integration_id=integration_id, first=first, last=last)
    return [replace(Seal(*columns), queues=_decoded(queues)) for *columns, queues in rows]


def save_seals(transaction: Transaction, changed: Sequence[Seal]) -> None:
    transaction.upsert("day_seal", [(*row(seal)[:-1], _encoded(seal.queues)) for seal in changed])


def received_by_group(
    database: Database, integration_id: str, start: datetime, end: datetime
) -> list[tuple[str | None, str, int, int]]:
    """Return (group id, queue, contacts, those that only a backfill knows) of what was resolved from ``start`` to
    before ``end``."""
    return database.rows(sql("received_by_group"), integration_id=integration_id, start=start, end=end)


def _decoded(queues: str) -> tuple[QueueFigures, ...]:
    return tuple(QueueFigures(*figures) for figures in orjson.loads(queues))


def _encoded(queues: Sequence[QueueFigures]) -> str:
    return orjson.dumps([row(figures) for figures in queues]).decode()
