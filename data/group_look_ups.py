"""Contacts that came without a group, and which of them Freshchat was asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.chats import Reporter
from data.database import Database, Transaction
from data.queries import sql
from data.rows import row


@dataclass(frozen=True, slots=True)
class WithoutGroup:
    """A resolution that was reported without a group."""

    chat_id: str
    resolved_at: datetime
    interaction_id: str | None


@dataclass(frozen=True, slots=True)
class GroupLookUp:
    """Freshchat said what it knows of the chat's group; there may be none."""

    integration_id: str
    chat_id: str
    resolved_at: datetime
    answered_at: datetime


def contacts_without_group(
    database: Database, integration_id: str, *, reporter: Reporter, since: datetime, most: int
) -> list[WithoutGroup]:
    """Return up to ``most`` of the contacts received since, that nobody has looked up yet, oldest first."""
    rows = database.rows(
        sql("contacts_without_group"),
        integration_id=integration_id,
        reporter=reporter,
        since=since,
        most=most,
    )
    return [WithoutGroup(*columns) for columns in rows]


def save_look_ups(transaction: Transaction, look_ups: Sequence[GroupLookUp]) -> None:
    transaction.upsert("group_look_up", [row(look_up) for look_up in look_ups])
