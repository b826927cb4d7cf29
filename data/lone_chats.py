"""Chats that were told of once: their contact says all of it, and stands for their history.

They are nearly all. A contact whose chat has no row of its own is found by 56 bits of its chat's id. Where two chats
share those bits, the first one has them; the other one, like every chat of several events, has a row.
"""

from collections.abc import Collection, Sequence
from hashlib import md5

from data.chats import ChatKey, Contact, Event
from data.database import Transaction

_HEX_DIGITS = 14
"""Of 4 bits each: the number has no sign in any engine."""


def short_key(chat: ChatKey) -> int:
    """Return the key of a lone chat; every index entry costs half as much as that of an id that is unique for sure."""
    return int(md5("/".join(chat).encode(), usedforsecurity=False).hexdigest()[:_HEX_DIGITS], 16)


def lone_events(transaction: Transaction, chats: Collection[ChatKey]) -> dict[int, tuple[ChatKey, Event]]:
    """Return what stands under the short keys of these chats: a chat, perhaps another one, and its only event."""
    keys = list({short_key(chat) for chat in chats})
    rows = transaction.rows_by_key("contact", "lone_chat", keys)
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
