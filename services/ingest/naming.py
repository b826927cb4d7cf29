"""The names of groups while events are taken in: what is known, what is learned, and how much of it is kept."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from data.chats import Event
from data.database import Transaction
from data.known_groups import (
    KnownGroup,
    Sighting,
    count_names,
    group_key,
    known_groups,
    save_known_groups,
    seen_next,
)

MOST_NAMES = 2000
"""Names of groups that events may bring an integration; Freshchat accounts have some tens."""
log = structlog.get_logger()


class GroupNames:
    """The names that a batch needs, and those that it brings."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._stored: dict[str, KnownGroup | None] = {}
        self._groups: dict[str, KnownGroup] = {}
        self._names_known: dict[str, int] = {}
        self._told: dict[str, list[Sighting]] = {}

    def load(self, events: Iterable[tuple[str, Event]]) -> None:
        """Read what is known of the groups of these events, each with its integration."""
        self._load({_key_of(*told) for told in events if _names_group(told[1])})

    def noted(self, integration_id: str, event: Event) -> Event:
        """Learn the name that the event tells, and return the event as it is kept.

        An integration that has MOST_NAMES of them gets no more: the event is kept with its group's id and
        without the name, so its contact waits in Undefined_Queue until Freshchat itself lists the group.
        """
        if event.group_name is None or self._note(integration_id, event, most=MOST_NAMES):
            return event
        return replace(event, group_name=None)

    def learn(self, integration_id: str, names: Mapping[str, str], seen_at: datetime) -> None:
        """Learn names by group id as Freshchat lists them, however many."""
        keys = {group_key(integration_id, group_id, None): name for group_id, name in names.items()}
        self._load(keys.keys())
        for key, name in keys.items():
            self._learn(key, integration_id, name, seen_at)

    def looked_up(self, integration_id: str, event: Event) -> Event:
        """Return the event with the name that its group had, where it tells only the group's id."""
        if event.group_id is None or event.group_name is not None:
            return event
        group = self._groups.get(_key_of(integration_id, event))
        name = group.name_at(event.occurred_at) if group else None
        return event if name == event.looked_up else replace(event, looked_up=name)

    def renamed(self) -> dict[str, set[str]]:
        """Return by integration the ids of groups whose older contacts may now be named otherwise.

        Not so when the only name was just seen earlier still.
        """
        found: dict[str, set[str]] = {}
        for key, group in self._changed().items():
            if group.group_id is not None and (self._stored[key] is None or len(group.names) > 1):
                found.setdefault(group.integration_id, set()).add(group.group_id)
        return found

    def leave_for_later(self, integration_id: str, group_ids: Collection[str]) -> None:
        """Remember that contacts of these groups are still to be renamed."""
        for group_id in group_ids:
            key = group_key(integration_id, group_id, None)
            self._groups[key] = replace(self._groups[key], renaming=True)

    def save(self) -> None:
        save_known_groups(self._transaction, list(self._changed().values()))

    def _load(self, keys: Collection[str]) -> None:
        missing = [key for key in keys if key not in self._stored]
        found = known_groups(self._transaction, missing)
        self._groups |= found
        self._stored |= {key: found.get(key) for key in missing}

    def _changed(self) -> dict[str, KnownGroup]:
        return {key: group for key, group in self._groups.items() if group != self._stored[key]}

    def _note(self, integration_id: str, event: Event, *, most: int) -> bool:
        """Return whether the event's name is known now."""
        key, name = _key_of(integration_id, event), event.group_name
        assert name is not None
        group = self._groups.get(key)
        self._told.setdefault(key, []).append((event.occurred_at, name))
        if group is not None and group.knows(name, event.occurred_at):
            return True
        is_new = group is None or all(name != known for _, known in group.names)
        if is_new and self._count(integration_id) >= most:
            return False
        self._learn(key, integration_id, name, event.occurred_at)
        if is_new and self._count(integration_id) == most:
            advice = (
                "contacts of further names are counted in Undefined_Queue until Freshchat lists their groups"
            )
            log.warning("most_group_names_reached", integration=integration_id, names=most, advice=advice)
        return True

    def _learn(self, key: str, integration_id: str, name: str, at: datetime) -> None:
        group = self._groups.get(key, KnownGroup(key, integration_id))
        is_new = all(name != known for _, known in group.names)
        if is_new and integration_id in self._names_known:
            self._names_known[integration_id] += 1
        self._groups[key] = group.seen(name, at, self._seen_again(group, name, at))

    def _seen_again(self, group: KnownGroup, name: str, at: datetime) -> datetime | None:
        """Return when the name that the group goes by then is seen next: an older one is kept where it was told again.

        Asked for only when a name changes. Sightings that said nothing new are no more than the contacts that told
        them, on disk or in this batch.
        """
        before, until = group.name_at(at), group.next_change(at)
        if before in (None, name) or group.group_id is None or group.names[0][0] > at:
            return None
        stored = seen_next(self._transaction, group.integration_id, group.group_id, str(before), at, until)
        told = (
            seen_at
            for seen_at, known in self._told.get(group.group_key, ())
            if known == before and at < seen_at and (until is None or seen_at < until)
        )
        return min(filter(None, (stored, min(told, default=None))), default=None)

    def _count(self, integration_id: str) -> int:
        if integration_id not in self._names_known:
            self._names_known[integration_id] = count_names(self._transaction, integration_id)
        return self._names_known[integration_id]


def _key_of(integration_id: str, event: Event) -> str:
    return group_key(integration_id, event.group_id, event.group_name)


def _names_group(event: Event) -> bool:
    return event.group_id is not None or event.group_name is not None
