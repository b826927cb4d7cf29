"""A history on its axis: what of it may be learned, and of which stream."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from services.detector.grid import CELLS, Axis, Bools, Floats
from services.detector.learning import Days, by_day
from services.detector.model import marked, working_days
from services.detector.oddities import without_masses
from services.detector.records import Excluded
from services.detector.rhythm import by_cell, moved_since, usual_hours

FEWEST_LEFT = 0.1
"""The share of the contacts that is enough to judge the total by, when the other queues have moved."""


@dataclass(frozen=True)  # without slots: what is derived from the whole history is derived once
class Seen:
    """``contacts``: [streams, intervals], the total first. ``known_from``: [streams], Unix seconds; what came
    before belongs to another rhythm. ``moves``: since when (Unix seconds) which rows have come at other hours,
    None while nobody has looked."""

    time: Axis
    contacts: Floats
    queues: tuple[str, ...]
    holidays: frozenset[int]
    excluded: tuple[Excluded, ...]
    known_from: Floats
    moves: Mapping[int, float] | None = None

    @cached_property
    def working(self) -> Bools:
        return working_days(self.time, self.holidays)

    @cached_property
    def known(self) -> Bools:
        """Since when each stream has existed, in the rhythm of today: a new queue has no zeros before it came."""
        counted = (self.contacts > 0) & (self.time.starts >= self.known_from[:, None])
        return np.logical_or.accumulate(counted, axis=1)

    @property
    def apart(self) -> Bools:
        """The queues that have moved while the total has not."""
        return np.asarray(self.known_from > max(float(self.known_from[0]), float(self.time.starts[0])))

    def marked(self, *, judged: bool | None = None, unconfirmed: bool | None = None) -> Bools:
        """Return the excluded intervals, of all spans or of those with the flags given."""
        spans = [
            span
            for span in self.excluded
            if judged in (None, span.judged) and unconfirmed in (None, span.unconfirmed)
        ]
        return marked(self.time, spans, self.queues)


def see(
    time: Axis,
    contacts: Floats,
    queues: tuple[str, ...],
    holidays: frozenset[int],
    excluded: tuple[Excluded, ...],
) -> Seen:
    """Return the history without mass closings, and without what belongs to rhythms that are over."""
    until = np.zeros(len(contacts))
    for span in excluded:
        if span.forgotten:
            rows = [1 + queues.index(queue) for queue in span.queues if queue in queues]
            concerned = rows if span.queues and queues else slice(None)
            until[concerned] = np.maximum(until[concerned], span.end.timestamp())
    return _total_of_the_rest(Seen(time, without_masses(contacts), queues, holidays, excluded, until))


def moves(seen: Seen, days: Days) -> dict[int, float]:
    """Return the rows that come at other hours, and the local midnight since which they do, in Unix seconds.

    A total that moves takes its queues along.
    """
    judged = seen.working & seen.known & ~seen.marked(unconfirmed=False)
    found = {
        row: float(seen.time.starts[int(np.searchsorted(seen.time.day, day))])
        for row, day in moved_since(seen.time, seen.contacts, judged, days).items()
    }
    return {0: found[0]} if 0 in found else found


def since_moves(seen: Seen, found: Mapping[int, float]) -> Seen:
    """Return what is known of the rhythm of today, when these rows have moved."""
    known_from = seen.known_from.copy()
    for row, at in found.items():
        concerned = slice(None) if row == 0 else slice(row, row + 1)
        known_from[concerned] = np.maximum(known_from[concerned], at)
    return _total_of_the_rest(replace(seen, known_from=known_from, moves=found))


def before_move(seen: Seen) -> Floats:
    """Return the contacts per quarter hour of the local week that the old rhythm had, [streams, 672]; 0 without one."""
    moved = seen.known_from > seen.time.starts[0]
    result = np.zeros((len(seen.contacts), CELLS))
    if moved.any():
        older = (seen.time.starts < seen.known_from[moved, None]) & seen.working & ~seen.marked()[moved]
        began = np.maximum.accumulate(seen.contacts[moved], axis=1) > 0
        days = by_day(seen.time, seen.contacts[moved], older & began)
        result[moved] = by_cell(usual_hours(days, np.ones(len(days.weekday), dtype=bool)))
    return result


def shown_by_days(seen: Seen, days: Days, fair: Bools) -> Days:
    """Return what the days have shown of the new hours: a silence that goes on has shown nothing yet.

    ``days``: those of the intervals that are ``fair`` to learn from.
    """
    moved = seen.known_from > seen.time.starts[0]
    if not moved.any():
        return days
    still_to_come = np.flip(np.maximum.accumulate(np.flip(seen.contacts > 0, axis=1), axis=1), axis=1)
    return by_day(seen.time, seen.contacts, fair & (still_to_come | ~moved[:, None]))


def _total_of_the_rest(seen: Seen) -> Seen:
    """Learn the total without the queues that moved alone: their old hours are over, the new ones hardly known.

    When they bring nearly all of it, the total has moved with them.
    """
    apart = seen.apart
    if not apart.any():
        return seen
    rest = without_masses(seen.contacts[1:][~apart[1:]].sum(axis=0)[None])[0]
    counted = seen.time.starts >= seen.known_from[0]
    if rest[counted].sum() < FEWEST_LEFT * seen.contacts[1:, counted].sum():
        known_from = seen.known_from.copy()
        known_from[0] = known_from[apart].max()
        return replace(seen, known_from=known_from)
    return replace(seen, contacts=np.concatenate([rest[None], seen.contacts[1:]]))
