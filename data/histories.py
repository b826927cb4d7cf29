"""The events of chats. A chat with many of them is kept in parts, so that one more costs what it touches.

A single resolution is all that most chats have, and their contact says it (data/lone_chats.py). The events of any
other ordinary chat are one JSON list in its row. From MOST_EVENTS_A_ROW on they are kept by the hour
in which they happened, with the hours of each interaction beside them: whatever can bear on what a new event
means is found by these two keys, because reports of one contact lie close in time or share an interaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from data.chats import ChatKey, Contact, Event
from data.database import Row, Transaction
from data.instants import instant, microseconds
from data.lone_chats import is_told_by, lone_events, long_key, short_key
from data.queries import sql
from data.rows import stored_json

MOST_EVENTS_A_ROW = 64
_HOUR = 3_600_000_000


@dataclass(slots=True)
class History:
    """The events of a chat that a change can bear on: all of them, unless it is a long one.

    ``has_row``: it has a row of its own already. ``first``: when a long chat was first resolved. ``hours``: the parts
    of it that were read, with everything that stands in them. ``short_key``: what its contact can be found by in place
    of a row, None where it cannot.
    """

    events: list[Event] = field(default_factory=list)
    has_row: bool = True
    is_long: bool = False
    first: datetime | None = None
    hours: dict[int, list[Event]] = field(default_factory=dict)
    short_key: int | None = None


def histories(
    transaction: Transaction, wanted: Mapping[ChatKey, Sequence[Event] | None], *, reach: timedelta
) -> dict[ChatKey, History]:
    """Return what is known of each chat: what these events can bear on, or everything for None.

    Two events bear on each other when they share an interaction or lie no further apart than ``reach``.
    """
    keys = {long_key(chat): chat for chat in wanted}
    found: dict[ChatKey, History] = {}
    for chat_key, _, text in transaction.rows_by_key("chat", "chat_key", list(keys)):
        chat = keys[chat_key]
        stored = stored_json(text, f"chat {chat[1]}")
        if isinstance(stored, list):
            found[chat] = History(decode(stored))
        else:
            found[chat] = _read_long(transaction, chat, stored["first"], wanted[chat], reach)
    others = [(short_key(key), chat) for key, chat in keys.items() if chat not in found]
    lone = lone_events(transaction, {key for key, _ in others})
    for key, chat in others:
        holder, event = lone.get(key, (chat, None))
        events = [event] if event and holder == chat else []
        found[chat] = History(events, has_row=False, short_key=key if holder == chat else None)
    return found


def save_histories(
    transaction: Transaction,
    changed: Mapping[ChatKey, tuple[History, Sequence[Event], Sequence[Contact]]],
) -> dict[ChatKey, int]:
    """Store the events that these chats have now, with what they count, in place of those that were read.

    Return the short keys of those whose contact is to be stored in place of a history.
    """
    new: list[Row] = []
    again: list[Row] = []
    lone: dict[int, ChatKey] = {}
    for chat, (history, events, contacts) in changed.items():
        if history.short_key is not None and history.short_key not in lone and is_told_by(contacts, events):
            lone[history.short_key] = chat
            continue
        is_long = history.is_long or len(events) > MOST_EVENTS_A_ROW
        text = _save_long(transaction, chat, history, events) if is_long else encode(events)
        (again if history.has_row else new).append((long_key(chat), chat[0], text))
    transaction.insert("chat", new)
    transaction.upsert("chat", again)
    return {chat: key for key, chat in lone.items()}


def first_resolution(history: History, events: Iterable[Event]) -> datetime | None:
    """Return when the chat was first resolved, with these events in place of those that were read."""
    resolved = [event.occurred_at for event in events if event.kind == "resolved"]
    return min([*resolved, *([history.first] if history.first else [])], default=None)


def _read_long(
    transaction: Transaction,
    chat: ChatKey,
    first_at: int | None,
    coming: Sequence[Event] | None,
    reach: timedelta,
) -> History:
    first = None if first_at is None else instant(first_at)
    if coming is None:
        rows = transaction.rows(sql("parts_of_chat"), integration_id=chat[0], chat_id=chat[1])
        hours = {orjson.loads(key)[2]: decode(stored_json(text, f"chat {chat[1]}")) for key, text in rows}
        every = [event for part in hours.values() for event in part]
        return History(every, is_long=True, first=first, hours=hours)
    reader = _Neighbourhood(transaction, chat, reach)
    displaced = [
        first for event in coming if first and event.kind == "resolved" and event.occurred_at < first
    ]
    return History(reader.around(coming, displaced), is_long=True, first=first, hours=reader.hours)


class _Neighbourhood:
    """The parts of a long chat, read as far as they are needed."""

    def __init__(self, transaction: Transaction, chat: ChatKey, reach: timedelta) -> None:
        self._transaction = transaction
        self._reach = reach
        self._chat = chat
        self._interactions: set[str] = set()
        self.hours: dict[int, list[Event]] = {}

    def around(self, coming: Iterable[Event], instants: Iterable[datetime]) -> list[Event]:
        """Return the stored events that these events and instants reach, directly or through one another."""
        reached: dict[tuple[object, ...], Event] = {}
        times = {*instants, *(event.occurred_at for event in coming)}
        interactions = {event.interaction_id for event in coming if event.interaction_id}
        while True:
            self._read(times, interactions)
            closer = [
                event
                for part in self.hours.values()
                for event in part
                if event.identity not in reached
                and (
                    event.interaction_id in interactions
                    or any(abs(event.occurred_at - at) <= self._reach for at in times)
                )
            ]
            if not closer:
                return list(reached.values())
            reached |= {event.identity: event for event in closer}
            # Only what was just reached can reach further: all that the others reach is there.
            times = {event.occurred_at for event in closer}
            interactions = {event.interaction_id for event in closer if event.interaction_id}

    def _read(self, times: Iterable[datetime], interactions: Collection[str]) -> None:
        wanted = {_hour(edge) for at in times for edge in (at - self._reach, at + self._reach)}
        unasked = [_key(*self._chat, name) for name in interactions if name not in self._interactions]
        self._interactions |= set(interactions)
        rows = self._transaction.rows_by_key("chat_interaction", "interaction_key", unasked)
        wanted |= {hour for *_, hours in rows for hour in orjson.loads(hours)}
        missing = {_key(*self._chat, hour): hour for hour in wanted if hour not in self.hours}
        self.hours |= {hour: [] for hour in missing.values()}
        for part_key, *_, text in self._transaction.rows_by_key("chat_part", "part_key", list(missing)):
            self.hours[missing[part_key]] = decode(stored_json(text, f"chat {self._chat[1]}"))


def _save_long(transaction: Transaction, chat: ChatKey, history: History, events: Sequence[Event]) -> str:
    """Store what has changed in the parts of a long chat, and return what its own row holds."""
    before = {event for part in history.hours.values() for event in part}
    changed = [event for event in events if event not in before]
    parts: dict[int, dict[tuple[object, ...], Event]] = {}
    for event in changed:
        hour = _hour(event.occurred_at)
        known = history.hours.get(hour, [])
        parts.setdefault(hour, {event.identity: event for event in known})[event.identity] = event
    transaction.upsert(
        "chat_part",
        [(_key(*chat, hour), *chat, encode(part.values())) for hour, part in parts.items()],
    )
    _save_interactions(transaction, chat, changed)
    first = first_resolution(history, events)
    return orjson.dumps({"first": first and microseconds(first)}).decode()


def _save_interactions(transaction: Transaction, chat: ChatKey, events: Iterable[Event]) -> None:
    hours: dict[str, set[int]] = {}
    for event in events:
        if event.interaction_id is not None:
            hours.setdefault(_key(*chat, event.interaction_id), set()).add(_hour(event.occurred_at))
    known = transaction.rows_by_key("chat_interaction", "interaction_key", list(hours))
    stored = {key: set(orjson.loads(text)) for key, _, text in known}
    rows = [
        (key, chat[0], orjson.dumps(sorted(found | stored.get(key, set()))).decode())
        for key, found in hours.items()
        if not found <= stored.get(key, set())
    ]
    transaction.upsert("chat_interaction", rows)


def _hour(at: datetime) -> int:
    return microseconds(at) // _HOUR


def _key(integration_id: str, chat_id: str, rest: str | int) -> str:
    """Return a key of one column that no other chat can have, whatever its id holds."""
    return orjson.dumps([integration_id, chat_id, rest]).decode()


def encode(events: Iterable[Event]) -> str:
    return orjson.dumps([_fields(event) for event in events]).decode()


def _fields(event: Event) -> list[Any]:
    told = [
        event.kind,
        microseconds(event.occurred_at),
        event.interaction_id,
        event.opened_at and microseconds(event.opened_at),
        event.group_id,
        event.group_name,
        event.reporter,
        microseconds(event.received_at),
    ]
    return [*told, event.looked_up] if event.looked_up else told


def decode(stored: Iterable[Sequence[Any]]) -> list[Event]:
    return [
        Event(
            kind,
            instant(occurred),
            interaction_id,
            None if opened is None else instant(opened),
            group_id,
            group_name,
            reporter,
            instant(received),
            *looked_up,
        )
        for kind, occurred, interaction_id, opened, group_id, group_name, reporter, received, *looked_up in stored
    ]
