"""Groups and the names under which they were seen, a row for each, found by one key however many there are."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

import orjson

from data.database import Database, Transaction
from data.instants import instant, microseconds
from data.queries import sql
from data.rows import stored_json

Sighting = tuple[datetime, str]
"""When a group went by a name, and the name."""

MOST_SIGHTINGS = 500
"""Changes of name that a group keeps, the latest: whatever tells two names in turn must not grow for ever."""


FOREVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group with the changes of its name, oldest first: one that was renamed back has a name twice.

    ``renaming``: contacts from before its last name was learned may still be counted under an older one.
    """

    group_key: str
    integration_id: str
    names: tuple[Sighting, ...] = ()
    renaming: bool = False

    @property
    def group_id(self) -> str | None:
        """The id, None for a group that was told by name alone."""
        id_or_name = self.group_key.removeprefix(self.integration_id)
        return id_or_name[1:] if id_or_name.startswith("/") else None

    def name_at(self, at: datetime) -> str | None:
        """Return the name under which the group was last seen by ``at``, or first seen after it."""
        earlier = [name for seen_at, name in self.names if seen_at <= at]
        if earlier:
            return earlier[-1]
        return self.names[0][1] if self.names else None

    def knows(self, name: str, at: datetime) -> bool:
        """Tell whether a sighting of this name then says nothing new."""
        return bool(self.names) and self.names[0][0] <= at and self.name_at(at) == name

    def seen(self, name: str, at: datetime, again_at: datetime | None) -> "KnownGroup":
        """Return the group with a sighting of a name.

        ``again_at``: when the name that it goes by then was seen next, before any other; None for not any more.
        """
        before = self.name_at(at)
        told = [*self.names, (at, name)]
        if before not in (None, name) and again_at is not None:
            told.append((again_at, str(before)))
        return replace(self, names=changes_of(told)[-MOST_SIGHTINGS:])

    def next_change(self, at: datetime) -> datetime | None:
        """Return when the name changed next after an instant."""
        return next((seen_at for seen_at, _ in self.names if seen_at > at), None)


def changes_of(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Return those sightings that tell another name than the one before them in time."""
    found: list[Sighting] = []
    for sighting in sorted(sightings):
        if not found or found[-1][1] != sighting[1]:
            found.append(sighting)
    return tuple(found)


def group_key(integration_id: str, group_id: str | None, name: str | None) -> str:
    """Return the key of a group; one that was told without an id is told apart by its name alone."""
    return f"{integration_id}#{name}" if group_id is None else f"{integration_id}/{group_id}"


def known_groups(transaction: Transaction, keys: Collection[str]) -> dict[str, KnownGroup]:
    """Return those of these groups that were seen with a name, by key."""
    rows = transaction.rows_by_key("known_group", "group_key", list(keys))
    return {row[0]: _group(*row) for row in rows}


def count_names(transaction: Transaction, integration_id: str) -> int:
    """Return how many names of groups the integration has."""
    ((names,),) = transaction.rows(sql("count_names"), integration_id=integration_id)
    return int(names)


def seen_next(
    transaction: Transaction,
    integration_id: str,
    group_id: str,
    name: str,
    after: datetime,
    before: datetime | None,
) -> datetime | None:
    """Return when contacts next told this name of a group, after one instant and before another; None for never."""
    ((at,),) = transaction.rows(
        sql("name_seen_next"),
        integration_id=integration_id,
        group_id=group_id,
        name=name,
        after=after,
        before=before or FOREVER,
    )
    return None if at is None else cast(datetime, at)


def groups_in_renaming(store: Database | Transaction) -> list[KnownGroup]:
    """Return the groups of all integrations whose older contacts may carry an older name."""
    return [_group(*row) for row in store.rows(sql("groups_in_renaming"))]


def save_known_groups(transaction: Transaction, groups: Sequence[KnownGroup]) -> None:
    transaction.upsert("known_group", [_row(group) for group in groups])


def _row(group: KnownGroup) -> tuple[str, str, str, int, bool]:
    names = orjson.dumps([[microseconds(at), name] for at, name in group.names]).decode()
    distinct = len({name for _, name in group.names})
    return group.group_key, group.integration_id, names, distinct, group.renaming


def _group(group_key: str, integration_id: str, names: str, _: int, renaming: bool) -> KnownGroup:
    seen = tuple((instant(at), name) for at, name in stored_json(names, f"group {group_key}"))
    return KnownGroup(group_key, integration_id, seen, renaming)
