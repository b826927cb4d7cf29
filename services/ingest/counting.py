"""What a contact is: from the set of events of one chat to its contacts.

The contacts are a function of the *set* of events and of nothing else. Deliveries that are repeated,
reordered or overlap with other reporters' therefore cannot change them.

A chat is what one chat id names. Freshchat also has a number for each chat, which its interaction ids begin with,
and tools that ask by it; but every payload and report that it publishes names the chat by its GUID. Two chat ids
that share an interaction id are two chats here, however close their resolutions: joining them would let a sender
that fills the interaction id wrongly make many chats one, and contacts that are swallowed are missed by nobody,
while one that is counted twice shows against Freshchat's own figure.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from data.chats import Contact, Event, Naming

UNDEFINED_QUEUE = "Undefined_Queue"
SAME_RESOLUTION = timedelta(minutes=2)
CLOCK_TOLERANCE = timedelta(seconds=5)
"""How far the clock of Freshchat's reports may be from that of its events."""

NameOf = Callable[[Event], str | None]
"""The name that the group of an event, which tells only its id, had then; None while it is not known."""


def contacts_of_chat(
    events: Collection[Event], name_of: NameOf, first: datetime | None = None
) -> list[Contact]:
    """Return the contacts of one chat, in the order of their resolution.

    ``first``: when the chat was first resolved, where these events are not all that it has.

    Two reports are the same contact when they carry the same interaction id, or when their resolution
    times lie within two minutes, unless they carry different interaction ids or the chat was seen to be
    reopened in between: then Freshchat counts two resolutions, and so do we.
    """
    resolutions = [event for event in events if event.kind == "resolved"]
    if not resolutions:
        return []
    groups = [resolutions]
    if len(resolutions) > 1:  # most chats have one, and this is asked for every event
        resolutions.sort(key=_canonical_order)
        reopenings = [event.occurred_at for event in events if event.kind == "reopened"]
        groups = sorted(_same_contact(resolutions, reopenings), key=lambda reports: reports[0].occurred_at)
    if first is None:
        first = groups[0][0].occurred_at
    return [_contact(reports, name_of, is_first=reports[0].occurred_at == first) for reports in groups]


def unknown(events: Iterable[Event], known: Iterable[Event]) -> list[Event]:
    """Return the events that are not among the known ones, each once, in their order."""
    seen = {event.identity for event in known}
    found = []
    for event in events:
        if event.identity not in seen:
            seen.add(event.identity)
            found.append(event)
    return found


def _canonical_order(event: Event) -> tuple[object, ...]:
    return (
        event.occurred_at,
        event.interaction_id or "",
        event.group_id or "",
        event.group_name or "",
        event.opened_at.isoformat() if event.opened_at else "",
    )


def _same_contact(resolutions: list[Event], reopenings: Sequence[datetime]) -> Iterator[list[Event]]:
    """Split sorted reports into those of the same contact.

    Reports of one interaction belong together. Neighbours in time are joined, the closest first, so that a
    report without an interaction id goes to the resolution that it is nearest to.
    """
    union = _Union(resolutions)
    union.join_interactions()
    gaps = sorted(
        (later.occurred_at - earlier.occurred_at, index)
        for index, (earlier, later) in enumerate(pairwise(resolutions))
    )
    for gap, index in gaps:
        at_once = not gap
        earlier, later = resolutions[index], resolutions[index + 1]
        alike = not union.told_apart(index, index + 1) and _are_one(earlier, later, reopenings)
        if at_once or alike:
            union.join(index, index + 1)
    yield from union.parts()


class _Union:
    """Reports, by their place, in disjoint parts that are joined one by one; each part is one contact."""

    def __init__(self, reports: Sequence[Event]) -> None:
        self._reports = reports
        self._parent = list(range(len(reports)))
        self._interactions = [{report.interaction_id} - {None} for report in reports]

    def join(self, index: int, other: int) -> None:
        left, right = self._root(index), self._root(other)
        if left != right:
            self._parent[right] = left
            self._interactions[left] = self._interactions[left] | self._interactions[right]

    def join_interactions(self) -> None:
        first_of: dict[str, int] = {}
        for index, report in enumerate(self._reports):
            if report.interaction_id is not None:
                self.join(first_of.setdefault(report.interaction_id, index), index)

    def told_apart(self, index: int, other: int) -> bool:
        """Tell whether the parts of two reports carry interaction ids, and not the same ones."""
        left, right = (self._interactions[self._root(place)] for place in (index, other))
        return bool(left) and bool(right) and left != right

    def parts(self) -> Iterator[list[Event]]:
        """Yield the reports of each part in their order, the part with the earliest one first."""
        parts: dict[int, list[Event]] = {}
        for index, report in enumerate(self._reports):
            parts.setdefault(self._root(index), []).append(report)
        yield from parts.values()

    def _root(self, index: int) -> int:
        while self._parent[index] != index:
            index = self._parent[index]
        return index


def _are_one(earlier: Event, later: Event, reopenings: Sequence[datetime]) -> bool:
    """Tell whether two neighbouring reports are of one resolution, as far as their times can tell."""
    gap = later.occurred_at - earlier.occurred_at
    if gap > SAME_RESOLUTION:
        return False
    one_clock = (earlier.reporter == "backfill") == (later.reporter == "backfill")
    if not one_clock and gap <= CLOCK_TOLERANCE:
        return True  # the customer's "thanks" may reopen the chat within the difference of the clocks
    return not any(earlier.occurred_at < at < later.occurred_at for at in reopenings)


def _contact(reports: Sequence[Event], name_of: NameOf, *, is_first: bool) -> Contact:
    queue, group_id, naming = _source_queue(reports, name_of)
    first_heard = _first_heard(reports)
    return Contact(
        resolved_at=reports[0].occurred_at,
        queue=queue,
        group_id=group_id,
        naming=naming,
        interaction_id=next((report.interaction_id for report in reports if report.interaction_id), None),
        opened_at=min([report.opened_at for report in reports if report.opened_at], default=None),
        is_first=is_first,
        reporter=first_heard.reporter,
        received_at=first_heard.received_at,
        pushed_at=min(
            [report.received_at for report in reports if report.reporter != "backfill"], default=None
        ),
    )


def _first_heard(reports: Sequence[Event]) -> Event:
    if len(reports) == 1:  # as nearly always
        return reports[0]
    return min(reports, key=lambda report: (report.received_at, _canonical_order(report)))


def _source_queue(reports: Sequence[Event], name_of: NameOf) -> tuple[str, str | None, Naming]:
    """Return the queue's name, the group's id and where the name comes from.

    A named report beats others, and a pushed one a backfill's: that may name the group as it is called now.
    """
    if len(reports) > 1:
        reports = sorted(reports, key=lambda report: report.reporter == "backfill")
    for report in reports:
        if report.group_name is not None:
            return report.group_name, report.group_id, "reported"
    for report in reports:
        if report.group_id is not None:
            name = name_of(report)
            return (
                (name, report.group_id, "looked_up")
                if name
                else (UNDEFINED_QUEUE, report.group_id, "awaited")
            )
    return UNDEFINED_QUEUE, None, "undefined"
