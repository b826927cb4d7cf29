"""Chats and their contacts: the set of events of each chat, and what is derived from it.

The history of a chat is a JSON list of its events, each a list of EVENT_FIELDS with instants in
microseconds since 1970.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson

from data.database import Transaction
from data.queries import sql
from data.records import row

Kind = Literal["resolved", "reopened"]
Reporter = Literal["app", "webhook", "backfill"]
Naming = Literal["reported", "looked_up", "awaited", "undefined"]

FEW_COUNTS = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Event:
    """A chat was resolved or reopened, as one reporter told us.

    A backfill's report and a pushed one are two events, even when they say the same: only the push is a sign
    that the connection works.
    """

    kind: Kind
    occurred_at: datetime
    interaction_id: str | None
    opened_at: datetime | None
    group_id: str | None
    group_name: str | None
    reporter: Reporter
    received_at: datetime

    @property
    def identity(self) -> tuple[object, ...]:
        return (
            self.kind,
            self.occurred_at,
            self.interaction_id,
            self.opened_at,
            self.group_id,
            self.group_name,
            self.reporter == "backfill",
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """One resolution of a chat, in the column order of the table behind (integration, chat).

    ``naming`` says where the queue's name comes from: the event itself, another sighting of the same
    group, nowhere yet (the group's id is known, its name is awaited), or there was no group at all.
    """

    resolved_at: datetime
    queue: str
    group_id: str | None
    naming: Naming
    interaction_id: str | None
    opened_at: datetime | None
    is_first: bool
    reporter: Reporter
    received_at: datetime
    pushed_at: datetime | None


ChatKey = tuple[str, str]


def histories(transaction: Transaction, chats: Iterable[ChatKey]) -> dict[ChatKey, list[Event]]:
    """Return the known events of these (integration id, chat id); chats never heard of are left out."""
    keys = {f"{integration_id}/{chat_id}": (integration_id, chat_id) for integration_id, chat_id in chats}
    if not keys:
        return {}
    rows = transaction.rows_by_key("chat", "chat_key", list(keys))
    return {keys[chat_key]: _decode(history) for chat_key, _, history in rows}


def save_histories(
    transaction: Transaction, new: dict[ChatKey, list[Event]], changed: dict[ChatKey, list[Event]]
) -> None:
    transaction.insert("chat", [_chat_row(*item) for item in new.items()])
    transaction.upsert("chat", [_chat_row(*item) for item in changed.items()])


def save_contacts(
    transaction: Transaction,
    removed: Sequence[tuple[ChatKey, Contact]],
    added: Sequence[tuple[ChatKey, Contact]],
) -> None:
    """Replace contacts, and keep the counts equal to their GROUP BY in the same transaction."""
    for (integration_id, chat_id), contact in removed:
        transaction.run(
            sql("delete_contact"),
            integration_id=integration_id,
            chat_id=chat_id,
            resolved_at=contact.resolved_at,
        )
    transaction.insert("contact", [(*chat, *row(contact)) for chat, contact in added])
    _add_to_counts(transaction, _count_changes(removed, added))


def chats_of_group(transaction: Transaction, integration_id: str, group_id: str) -> list[ChatKey]:
    """Return the chats with contacts whose queue depends on what else is known of the group's name."""
    rows = transaction.rows(sql("chats_of_group"), integration_id=integration_id, group_id=group_id)
    return [(integration_id, chat_id) for (chat_id,) in rows]


def group_names(
    transaction: Transaction, integration_ids: Iterable[str]
) -> dict[ChatKey, list[tuple[datetime, str]]]:
    """Return (first seen at, name) of every group by (integration id, group id), oldest first."""
    names: dict[ChatKey, list[tuple[datetime, str]]] = {}
    rows = transaction.rows_by_key("group_name", "integration_id", list(integration_ids))
    for integration_id, group_id, name, first_seen_at in rows:
        names.setdefault((integration_id, group_id), []).append((first_seen_at, name))
    return {group: sorted(seen) for group, seen in names.items()}


def save_group_names(transaction: Transaction, rows: Sequence[tuple[str, str, str, datetime]]) -> None:
    """Store rows of integration id, group id, name and when it was first seen."""
    transaction.upsert("group_name", rows)


def _add_to_counts(transaction: Transaction, changes: list[tuple[Any, ...]]) -> None:
    """Add to what is counted; a few counts that exist are raised one by one, in half the time of an upsert."""
    if len(changes) <= FEW_COUNTS:
        changes = [change for change in changes if not _raise_count(transaction, *change)]
    transaction.add(sql("add_to_counts"), changes)


def _raise_count(
    transaction: Transaction,
    integration_id: str,
    queue: str,
    interval_start: datetime,
    contacts: int,
    first_contacts: int,
    pushed_contacts: int,
) -> bool:
    """Return whether there was such a count to raise."""
    return bool(
        transaction.run(
            sql("raise_count"),
            integration_id=integration_id,
            queue=queue,
            interval_start=interval_start,
            contacts=contacts,
            first_contacts=first_contacts,
            pushed_contacts=pushed_contacts,
        )
    )


def _count_changes(
    removed: Sequence[tuple[ChatKey, Contact]], added: Sequence[tuple[ChatKey, Contact]]
) -> list[tuple[Any, ...]]:
    changes: dict[tuple[str, str, datetime], Counter[str]] = {}
    for sign, contacts in ((-1, removed), (1, added)):
        for (integration_id, _), contact in contacts:
            key = (integration_id, contact.queue, quarter_hour(contact.resolved_at))
            change = changes.setdefault(key, Counter())
            change["contacts"] += sign
            change["first"] += sign * contact.is_first
            change["pushed"] += sign * (contact.pushed_at is not None)
    return [
        (*key, change["contacts"], change["first"], change["pushed"])
        for key, change in changes.items()
        if any(change.values())
    ]


def quarter_hour(at: datetime) -> datetime:
    """Return the start of the quarter hour; every time zone's offset is a multiple of one."""
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def _chat_row(chat: ChatKey, events: list[Event]) -> tuple[str, str, str]:
    integration_id, chat_id = chat
    return f"{integration_id}/{chat_id}", integration_id, _encode(events)


def _encode(events: Iterable[Event]) -> str:
    return orjson.dumps(
        [
            [
                event.kind,
                _microseconds(event.occurred_at),
                event.interaction_id,
                event.opened_at and _microseconds(event.opened_at),
                event.group_id,
                event.group_name,
                event.reporter,
                _microseconds(event.received_at),
            ]
            for event in events
        ]
    ).decode()


def _decode(history: str) -> list[Event]:
    return [
        Event(
            kind,
            _instant(occurred),
            interaction_id,
            None if opened is None else _instant(opened),
            group_id,
            group_name,
            reporter,
            _instant(received),
        )
        for kind, occurred, interaction_id, opened, group_id, group_name, reporter, received in orjson.loads(
            history
        )
    ]


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
