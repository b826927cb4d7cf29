"""Taking events in: many deliveries become one change of the store, each event counted once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from data import chats
from data.chats import ChatKey, Contact, Event
from data.database import Transaction
from data.histories import History, first_resolution, histories, save_histories
from services.ingest.counting import SAME_RESOLUTION, contacts_of_chat, unknown
from services.ingest.naming import GroupNames

NAMED_AT_ONCE = 200
"""Chats that are renamed in the commit that brings a name; the others are left to services/renaming.py."""

_looked_up = attrgetter("looked_up")


@dataclass(frozen=True, slots=True)
class Delivery:
    """The resolutions and reopenings that one request brought, as (chat id, event) in their order."""

    integration_id: str
    events: Sequence[tuple[str, Event]]
    once_per_chat: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the resolutions of a delivery: contacts that are new, and contacts that we had."""

    accepted: int = 0
    duplicates: int = 0


class _Chat:
    """One chat while a batch is being worked in."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.events: Sequence[Event] = history.events
        self.contacts_before = self.contacts = self._derived()

    def take(self, events: Sequence[Event]) -> None:
        self.events = events
        self.contacts = self._derived()

    def counted(self, *, once: bool) -> int:
        """Return how many contacts count of what a change can bear on."""
        known = len(self.contacts)
        return min(1, known + (self.history.first is not None)) if once else known

    def _derived(self) -> list[Contact]:
        first = first_resolution(self.history, self.events) if self.history.is_long else None
        return contacts_of_chat(self.events, _looked_up, first)


class _Batch:
    """The chats that a batch touches, and the names of their groups."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.names = GroupNames(transaction)
        self.chats: dict[ChatKey, _Chat] = {}

    def load(self, wanted: Mapping[ChatKey, Sequence[Event] | None]) -> None:
        """Read the chats for these coming events, or all that there is of them for None."""
        missing = {key: coming for key, coming in wanted.items() if key not in self.chats}
        for key, history in histories(self._transaction, missing, reach=SAME_RESOLUTION).items():
            self.chats[key] = _Chat(history)

    def load_names(self, told: Mapping[ChatKey, Sequence[Event]]) -> None:
        """Read the groups of these events, and of what the chats have that was told without a name."""
        needed = [(key[0], event) for key, events in told.items() for event in events]
        for (integration_id, _), chat in self.chats.items():
            needed += [(integration_id, event) for event in chat.events if event.group_name is None]
        self.names.load(needed)

    def work_in(self, delivery: Delivery) -> Receipt:
        accepted = duplicates = 0
        for key, told in _by_chat([delivery]).items():
            chat, once = self.chats[key], delivery.once_per_chat
            # The contacts of a chat are derived once, however many of its events one delivery holds.
            counted_before = chat.counted(once=once)
            self._add(key, told)
            new = max(0, chat.counted(once=once) - counted_before)
            resolutions = sum(event.kind == "resolved" for event in told)
            accepted += min(new, resolutions)
            duplicates += resolutions - min(new, resolutions)
        return Receipt(accepted, duplicates)

    def _add(self, key: ChatKey, told: Sequence[Event]) -> None:
        chat = self.chats[key]
        new = unknown([self.names.noted(key[0], event) for event in told], chat.events)
        if new:
            chat.take([*chat.events, *(self.names.looked_up(key[0], event) for event in new)])

    def rename_others(self) -> None:
        """Load chats that this batch does not touch and whose contacts may now be named otherwise."""
        for integration_id, group_ids in self.names.renamed().items():
            found = chats.chats_of_groups(self._transaction, integration_id, group_ids, NAMED_AT_ONCE + 1)
            keys = [(integration_id, chat_id) for chat_id in found[:NAMED_AT_ONCE]]
            in_part = any(key in self.chats and self.chats[key].history.is_long for key in keys)
            if in_part or len(found) > NAMED_AT_ONCE:
                self.names.leave_for_later(integration_id, group_ids)
            self.load(dict.fromkeys(keys))

    def name(self) -> None:
        """Give every group that was told without a name the one that it had then."""
        for (integration_id, _), chat in self.chats.items():
            named = [self.names.looked_up(integration_id, event) for event in chat.events]
            if named != chat.events:
                chat.take(named)

    def save(self) -> None:
        changed = {
            key: (chat.history, chat.events, chat.contacts)
            for key, chat in self.chats.items()
            if chat.events is not chat.history.events
        }
        lone = save_histories(self._transaction, changed)
        removed, added = [], []
        for key, chat in self.chats.items():
            removed += [(key, contact) for contact in chat.contacts_before if contact not in chat.contacts]
            added += [(key, contact) for contact in chat.contacts if contact not in chat.contacts_before]
        chats.save_contacts(self._transaction, removed, added, lone)
        self.names.save()


def record(transaction: Transaction, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """Work a batch of deliveries into the store and say for each what it brought."""
    batch = _Batch(transaction)
    told = _by_chat(deliveries)
    batch.load(told)
    batch.load_names(told)
    receipts = [batch.work_in(delivery) for delivery in deliveries]
    batch.rename_others()
    batch.load_names({})
    batch.name()
    batch.save()
    return receipts


def learn_names(
    transaction: Transaction, integration_id: str, names: Mapping[str, str], seen_at: datetime
) -> None:
    """Learn the groups' present names, by group id, as Freshchat lists them."""
    batch = _Batch(transaction)
    batch.names.learn(integration_id, names, seen_at)
    batch.rename_others()
    batch.load_names({})
    batch.name()
    batch.save()


def rename(transaction: Transaction, integration_id: str, chat_ids: Collection[str]) -> None:
    """Name the contacts of these chats by what is known of their groups now."""
    batch = _Batch(transaction)
    batch.load({(integration_id, chat_id): None for chat_id in chat_ids})
    batch.load_names({})
    batch.name()
    batch.save()


def _by_chat(deliveries: Iterable[Delivery]) -> dict[ChatKey, list[Event]]:
    told: dict[ChatKey, list[Event]] = {}
    for delivery in deliveries:
        for chat_id, event in delivery.events:
            told.setdefault((delivery.integration_id, chat_id), []).append(event)
    return told
