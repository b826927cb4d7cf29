"""Chats that were told of once: their contact says all of it, and stands for their history.

They are nearly all. A contact whose chat has no row of its own is found by 56 bits of its chat's id. Where two chats
share those bits, the first one has them; the other one, like every chat of several events, has a row.
"""

from collections.abc import Collection, Sequence
from hashlib import md5
from uuid import UUID

from data.chats import ChatKey, Contact, Event
from data.database import Transaction

SHORT_BITS = 56
"""Few enough that the number has no sign in any engine; its index takes three quarters of the room of all 128."""


def long_key(chat: ChatKey) -> UUID:
    """Return 128 bits of '<integration>/<chat>': an index over the text itself is larger than what it finds."""
    return UUID(bytes=md5("/".join(chat).encode(), usedforsecurity=False).digest())


def short_key(long_key: UUID) -> int:
    """Return the first bits of a chat's long key."""
    return long_key.int >> 128 - SHORT_BITS


def lone_events(transaction: Transaction, short_keys: Collection[int]) -> dict[int, tuple[ChatKey, Event]]:
    """Return what stands under these keys: a chat and its only event."""
    rows = transaction.rows_by_key("contact", "lone_chat", list(short_keys))
    return {
        key: ((integration_id, chat_id), _event(Contact(*told)))
        for integration_id, chat_id, *told, key in rows
    }


def is_told_by(contacts: Sequence[Contact], events: Sequence[Event]) -> bool:
    """Tell whether these are the only contact and the only event of a chat, and the one says all of the other."""
    return len(contacts) == len(events) == 1 and _event(contacts[0]) == events[0]


def _event(contact: Contact) -> Event:
    """Return the one event that a contact was made of."""
    return Event(
        "resolved",
        contact.resolved_at,
        contact.interaction_id,
        contact.opened_at,
        contact.group_id,
        contact.queue if contact.naming == "reported" else None,
        contact.reporter,
        contact.received_at,
        contact.queue if contact.naming == "looked_up" else None,
    )
