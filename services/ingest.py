"""Taking events in: many deliveries become one change of the store, each event counted once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from data import chats
from data.chats import ChatKey, Contact, Event
from data.database import Transaction
from services.counting import contacts_of_chat, name_at, unknown

Sightings = dict[ChatKey, list[tuple[datetime, str]]]


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


@dataclass(slots=True)
class _Chat:
    """One chat while a batch is being worked in."""

    stored: list[Event]
    events: list[Event]
    contacts_before: list[Contact]
    contacts: list[Contact]


@dataclass(slots=True)
class _Batch:
    """The chats that a batch touches, and the group names known so far."""

    sightings: Sightings
    chats: dict[ChatKey, _Chat] = field(default_factory=dict)
    new_sightings: dict[tuple[str, str, str], datetime] = field(default_factory=dict)

    def name_of(self, integration_id: str, group_id: str, at: datetime) -> str | None:
        return name_at(self.sightings.get((integration_id, group_id), ()), at)

    def contacts(self, key: ChatKey, events: Sequence[Event]) -> list[Contact]:
        return contacts_of_chat(events, lambda group_id, at: self.name_of(key[0], group_id, at))

    def load(self, transaction: Transaction, keys: Iterable[ChatKey]) -> None:
        missing = [key for key in keys if key not in self.chats]
        known = chats.histories(transaction, missing)
        for key in missing:
            events = known.get(key, [])
            contacts = self.contacts(key, events)
            self.chats[key] = _Chat(events, events, contacts, contacts)


def record(transaction: Transaction, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """Work a batch of deliveries into the store and say for each what it brought."""
    batch = _Batch(chats.group_names(transaction, {delivery.integration_id for delivery in deliveries}))
    batch.load(
        transaction,
        dict.fromkeys(
            (delivery.integration_id, chat_id) for delivery in deliveries for chat_id, _ in delivery.events
        ),
    )
    receipts = [_work_in(batch, delivery) for delivery in deliveries]
    _learn_group_names(transaction, batch)
    _save(transaction, batch)
    return receipts


def learn_names(
    transaction: Transaction, integration_id: str, names: Mapping[str, str], seen_at: datetime
) -> None:
    """Learn the groups' present names, by group id, and name the contacts that were waiting for them."""
    batch = _Batch(chats.group_names(transaction, {integration_id}))
    for group_id, name in names.items():
        _note_sighting(batch, integration_id, group_id, name, seen_at)
    _learn_group_names(transaction, batch)
    _save(transaction, batch)


def _work_in(batch: _Batch, delivery: Delivery) -> Receipt:
    told: dict[ChatKey, list[Event]] = {}
    for chat_id, event in delivery.events:
        told.setdefault((delivery.integration_id, chat_id), []).append(event)
    accepted = duplicates = 0
    for key, events in told.items():
        # The contacts of a chat are derived once, however many of its events one delivery holds.
        counted_before = _counted(batch.chats[key].contacts, delivery)
        _add(batch, key, events)
        new = max(0, _counted(batch.chats[key].contacts, delivery) - counted_before)
        resolutions = sum(event.kind == "resolved" for event in events)
        accepted += min(new, resolutions)
        duplicates += resolutions - min(new, resolutions)
    return Receipt(accepted, duplicates)


def _add(batch: _Batch, key: ChatKey, events: Sequence[Event]) -> None:
    chat = batch.chats[key]
    new = unknown(events, chat.events)
    if not new:
        return
    chat.events = [*chat.events, *new]
    chat.contacts = batch.contacts(key, chat.events)
    for event in new:
        if event.group_id is not None and event.group_name is not None:
            _note_sighting(batch, key[0], event.group_id, event.group_name, event.occurred_at)


def _counted(contacts: Sequence[Contact], delivery: Delivery) -> int:
    return min(len(contacts), 1) if delivery.once_per_chat else len(contacts)


def _note_sighting(batch: _Batch, integration_id: str, group_id: str, name: str, at: datetime) -> None:
    known = {name: seen_at for seen_at, name in batch.sightings.get((integration_id, group_id), ())}
    if name not in known or at < known[name]:
        key = (integration_id, group_id, name)
        batch.new_sightings[key] = min(at, batch.new_sightings.get(key, at))


def _learn_group_names(transaction: Transaction, batch: _Batch) -> None:
    """Name contacts that waited for it, in this batch and from long ago, when a group's name becomes known."""
    groups = {(integration_id, group_id) for integration_id, group_id, _ in batch.new_sightings}
    for group in groups:
        if _is_renamed(batch, group):
            # Before the new names are known, so that what is loaded equals what is stored.
            batch.load(transaction, chats.chats_of_group(transaction, *group))
    for (integration_id, group_id, name), seen_at in batch.new_sightings.items():
        sightings = {name: at for at, name in batch.sightings.get((integration_id, group_id), ())}
        sightings[name] = seen_at
        batch.sightings[integration_id, group_id] = sorted((at, name) for name, at in sightings.items())
    if groups:
        for key, chat in batch.chats.items():
            chat.contacts = batch.contacts(key, chat.events)
    chats.save_group_names(transaction, [(*key, seen_at) for key, seen_at in batch.new_sightings.items()])


def _is_renamed(batch: _Batch, group: ChatKey) -> bool:
    """Tell whether contacts may now be named otherwise: not so when the only name was just seen earlier still."""
    known = {name for _, name in batch.sightings.get(group, ())}
    new = {name for *other, name in batch.new_sightings if tuple(other) == group}
    return not known or len(known | new) > 1


def _save(transaction: Transaction, batch: _Batch) -> None:
    touched = {key: chat for key, chat in batch.chats.items() if chat.events is not chat.stored}
    chats.save_histories(
        transaction,
        new={key: chat.events for key, chat in touched.items() if not chat.stored},
        changed={key: chat.events for key, chat in touched.items() if chat.stored},
    )
    removed, added = [], []
    for key, chat in batch.chats.items():
        before, after = set(chat.contacts_before), set(chat.contacts)
        removed += [(key, contact) for contact in chat.contacts_before if contact not in after]
        added += [(key, contact) for contact in chat.contacts if contact not in before]
    chats.save_contacts(transaction, removed, added)
