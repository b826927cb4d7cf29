"""Events of chats, and the contacts that are derived from them and counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row
from data.totals import keep_totals

EventKind = Literal["resolved", "reopened"]
Reporter = Literal["app", "webhook", "backfill"]
Naming = Literal["reported", "looked_up", "awaited", "undefined"]

ALL = 2**62
_COUNT_COLUMNS = (
    *("integration_id", "queue", "interval_start"),
    *("contacts", "first_contacts", "pushed_contacts"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """A chat was resolved or reopened, as one reporter told us.

    A backfill's report and a pushed one are two events, even when they say the same: only the push is a sign
    that the connection works. ``looked_up``: the name that was last known of a group that was told without one.
    """

    kind: EventKind
    occurred_at: datetime
    interaction_id: str | None
    opened_at: datetime | None
    group_id: str | None
    group_name: str | None
    reporter: Reporter
    received_at: datetime
    looked_up: str | None = None

    @classmethod
    def reopening(cls, at: datetime, *, reporter: Reporter, received_at: datetime) -> Self:
        """Return a chat's reopening, of which nothing but its time counts."""
        return cls("reopened", at, None, None, None, None, reporter, received_at)

    @classmethod
    def resolution(
        cls,
        at: datetime,
        *,
        reporter: Reporter,
        received_at: datetime,
        interaction_id: str | None = None,
        opened_at: datetime | None = None,
        group_id: str | None = None,
        group_name: str | None = None,
    ) -> Self:
        """Return a chat's resolution, with as much as the reporter told of it."""
        return cls("resolved", at, interaction_id, opened_at, group_id, group_name, reporter, received_at)

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
    """One resolution of a chat, in the column order of the table between (integration, chat) and its short key.

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


def save_contacts(
    transaction: Transaction,
    removed: Sequence[tuple[ChatKey, Contact]],
    added: Sequence[tuple[ChatKey, Contact]],
    lone: Mapping[ChatKey, int],
) -> None:
    """Replace contacts, and keep counts and totals equal to their GROUP BY in the same transaction.

    ``lone``: the short keys of the chats whose contact stands for their history.
    """
    times = [contact.resolved_at for _, contact in removed]
    gone = [(*chat, contact.resolved_at) for chat, contact in removed]
    transaction.run_for(sql("delete_contacts"), gone, min(times, default=None), max(times, default=None))
    transaction.insert("contact", [(*chat, *row(contact), lone.get(chat)) for chat, contact in added])
    changes = _count_changes(removed, added)
    transaction.add_up(_COUNT_COLUMNS, sql("raise_count"), sql("add_to_counts"), changes)
    keep_totals(transaction, removed, added)


def chats_of_groups(
    store: Database | Transaction, integration_id: str, group_ids: Collection[str], most: int = ALL
) -> list[str]:
    """Return ids of chats with contacts whose queue depends on what else is known of these groups' names."""
    rows = store.rows(
        sql("chats_of_groups"), integration_id=integration_id, group_ids=list(group_ids), most=most
    )
    return [chat_id for (chat_id,) in rows]


def _count_changes(
    removed: Sequence[tuple[ChatKey, Contact]], added: Sequence[tuple[ChatKey, Contact]]
) -> list[tuple[Any, ...]]:
    changes: dict[tuple[str, str, datetime], list[int]] = {}
    for sign, contacts in ((-1, removed), (1, added)):
        for (integration_id, _), contact in contacts:
            key = (integration_id, contact.queue, quarter_hour(contact.resolved_at))
            change = changes.setdefault(key, [0, 0, 0])
            change[0] += sign
            change[1] += sign * contact.is_first
            change[2] += sign * (contact.pushed_at is not None)
    return [(*key, *change) for key, change in changes.items() if any(change)]


def quarter_hour(at: datetime) -> datetime:
    """Return the start of the quarter hour; every time zone's offset is a multiple of one."""
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
