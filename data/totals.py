"""What is known of all contacts of a source queue ever: kept in the transaction that changes them, never summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from data.database import Transaction
from data.queries import sql
from data.rows import row
from data.turn import Reads

if TYPE_CHECKING:
    from data.chats import ChatKey, Contact

QueueKey = tuple[str, str]
"""Integration and source queue."""


@dataclass(frozen=True, slots=True)
class QueueTotal:
    """A source queue that has contacts. ``resolved``: by Freshchat's clock, ``pushed_at``: by ours.

    ``pushed_from`` and ``pushed_until``: the span of the resolutions that were pushed, by Freshchat's clock.
    """

    integration_id: str
    queue: str
    contacts: int
    first_contacts: int
    pushed_contacts: int
    first_resolved_at: datetime
    last_resolved_at: datetime
    first_pushed_at: datetime | None
    last_pushed_at: datetime | None
    pushed_from: datetime | None
    pushed_until: datetime | None


def queue_totals(store: Reads | Transaction, integration_id: str) -> list[QueueTotal]:
    """Return the totals of the integration's queues in the order of their names."""
    rows = store.rows(sql("queue_totals"), integration_id=integration_id)
    return [QueueTotal(*columns) for columns in rows]


def keep_totals(
    transaction: Transaction,
    removed: Sequence[tuple[ChatKey, Contact]],
    added: Sequence[tuple[ChatKey, Contact]],
) -> None:
    """Let the totals follow a change of contacts that is made already.

    Only a contact that was a queue's first or last and is gone makes its other contacts be looked through.
    """
    changes: dict[QueueKey, _Change] = {}
    for sign, contacts in ((-1, removed), (1, added)):
        for (integration_id, _), contact in contacts:
            changes.setdefault((integration_id, contact.queue), _Change()).note(contact, sign)
    rows = [change.as_row(key) for key, change in changes.items()]
    columns = QueueTotal.__slots__
    transaction.add_up(columns, sql("raise_total"), sql("add_to_totals"), rows)
    lost = {key: change for key, change in changes.items() if change.lost}
    for integration_id in {integration_id for integration_id, _ in lost}:
        for total in queue_totals(transaction, integration_id):
            change = lost.get((integration_id, total.queue))
            if change is not None and (not total.contacts or change.may_be_gone(total)):
                _look_through(transaction, total)


@dataclass(slots=True)
class _Change:
    """Contacts of one queue that came and went."""

    contacts: int = 0
    first_contacts: int = 0
    pushed_contacts: int = 0
    times: Counter[tuple[datetime, datetime | None]] = field(default_factory=Counter)

    def note(self, contact: Contact, sign: int) -> None:
        self.contacts += sign
        self.first_contacts += sign * contact.is_first
        self.pushed_contacts += sign * (contact.pushed_at is not None)
        self.times[contact.resolved_at, contact.pushed_at] += sign

    @property
    def lost(self) -> list[tuple[datetime, datetime | None]]:
        return [times for times, change in self.times.items() if change < 0]

    def as_row(self, key: QueueKey) -> tuple[object, ...]:
        """Return what is added to the stored row. What has gone stood within its bounds, and does not widen them."""
        resolved = [at for at, _ in self.times]
        pushed = [at for _, at in self.times if at is not None]
        pushed_resolved = [at for at, pushed_at in self.times if pushed_at is not None]
        bounds = [
            bound(times, default=None)
            for times in (resolved, pushed, pushed_resolved)
            for bound in (min, max)
        ]
        return (*key, self.contacts, self.first_contacts, self.pushed_contacts, *bounds)

    def may_be_gone(self, total: QueueTotal) -> bool:
        """Tell whether a contact has gone that was at one of the bounds."""
        resolved = {total.first_resolved_at, total.last_resolved_at, total.pushed_from, total.pushed_until}
        pushed = {total.first_pushed_at, total.last_pushed_at}
        return any(
            resolved_at in resolved or (pushed_at is not None and pushed_at in pushed)
            for resolved_at, pushed_at in self.lost
        )


def _look_through(transaction: Transaction, total: QueueTotal) -> None:
    key = {"integration_id": total.integration_id, "queue": total.queue}
    found = transaction.rows(sql("total_of_queue"), **key) if total.contacts else []
    if found:
        transaction.upsert("queue_total", [row(QueueTotal(*found[0]))])
    else:
        transaction.run(sql("delete_queue_total"), **key)
