"""Freshchat's figures of a span beside ours, per source queue. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.seals import QueueFigures
from services.freshchat.answers import Resolved
from services.ingest.counting import UNDEFINED_QUEUE

Received = tuple[str | None, str, int, int]
"""Group id, queue, contacts, and those of them that only a backfill knows."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What both sides counted. ``fetched``: contacts that only a backfill knows."""

    queues: tuple[QueueFigures, ...]
    fetched: int

    @property
    def contacts(self) -> int:
        return sum(queue.contacts for queue in self.queues)

    @property
    def freshchat(self) -> int:
        return sum(queue.freshchat for queue in self.queues)

    @property
    def missing(self) -> int:
        """Contacts that Freshchat has and we have not, queue by queue."""
        return sum(queue.missing for queue in self.queues)

    @property
    def surplus(self) -> int:
        """Contacts that we have and Freshchat has not, queue by queue."""
        return sum(max(0, queue.contacts - queue.freshchat) for queue in self.queues)


def side_by_side(
    resolved: Iterable[Resolved], received: Iterable[Received], names: Mapping[str, str]
) -> Figures:
    """Line both sides up by group. ``names``: those of Freshchat's groups by id.

    A contact without a group's id is told by its queue's name: the compact form may name a group without it.
    A renamed group has one line, under its present name, whatever its contacts were called at the time.
    """
    groups = {name: group_id for group_id, name in names.items()}
    freshchat: dict[str | None, int] = defaultdict(int)
    contacts: dict[str | None, int] = defaultdict(int)
    queues: dict[str | None, str] = {}
    fetched = 0
    for told in resolved:
        freshchat[told.group_id] += told.count
    for group_id, queue, count, backfilled in received:
        key = group_id if group_id is not None else groups.get(queue, _own_key(queue))
        contacts[key] += count
        queues[key] = queue
        fetched += backfilled
    lines = [
        QueueFigures(_name(key, names, queues), contacts[key], freshchat[key])
        for key in {**freshchat, **contacts}
        if contacts[key] or freshchat[key]
    ]
    return Figures(tuple(sorted(lines, key=lambda line: line.queue)), fetched)


def _own_key(queue: str) -> str | None:
    """Return what stands for the group of contacts that name one that Freshchat does not list."""
    return None if queue == UNDEFINED_QUEUE else f"named {queue}"


def _name(key: str | None, names: Mapping[str, str], queues: Mapping[str | None, str]) -> str:
    if key is None:
        return UNDEFINED_QUEUE
    return names.get(key) or queues.get(key) or UNDEFINED_QUEUE
