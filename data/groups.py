"""Groups as Freshchat last listed them."""

from dataclasses import dataclass
from datetime import datetime

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row
from data.turn import Reads


@dataclass(frozen=True, slots=True)
class FreshchatGroup:
    """A group that Freshchat lists, or has listed until ``missing_since``."""

    integration_id: str
    group_id: str
    name: str
    listed_since: datetime
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class GroupSync:
    """When the groups of an integration were last asked for, and last told."""

    integration_id: str
    tried_at: datetime
    synchronised_at: datetime | None = None
    error: str | None = None


def freshchat_groups(store: Reads | Transaction, integration_id: str) -> list[FreshchatGroup]:
    """Return the groups in the order of their names, those gone included."""
    rows = store.rows(sql("freshchat_groups"), integration_id=integration_id)
    return [FreshchatGroup(*columns) for columns in rows]


def save_freshchat_groups(transaction: Transaction, groups: list[FreshchatGroup]) -> None:
    transaction.upsert("freshchat_group", [row(group) for group in groups])


def group_sync(store: Reads | Transaction, integration_id: str) -> GroupSync | None:
    """Return when the groups were last asked for, None if never."""
    rows = store.rows(sql("group_sync"), integration_id=integration_id)
    return GroupSync(*rows[0]) if rows else None


def save_group_sync(transaction: Transaction, sync: GroupSync) -> None:
    transaction.upsert("group_sync", [row(sync)])


def unlisted_contacts(database: Database, integration_id: str, since: datetime) -> int:
    """Return how many contacts pushed after ``since`` name a group that Freshchat did not list by that name."""
    ((contacts,),) = database.rows(sql("unlisted_contacts"), integration_id=integration_id, since=since)
    return int(contacts)
