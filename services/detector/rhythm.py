"""Has the rhythm of a stream changed: do its contacts keep coming, but at other hours?

New opening hours, a moved shift, Ramadan: hours that were busy are silent, and others that were closed are
not. What moved is not lost. From the first such day on only what the days since have shown is expected, as
of a stream that is new; a day that keeps to the old hours ends that again. After five days it stays. One
queue may move while the others keep to their hours; a total that moves takes its queues along.
"""

import numpy as np

from services.detector.grid import CELLS, SLOTS, Axis, Bools, Floats
from services.detector.learning import Days, by_day
from services.detector.rate import DAY_TYPE

STAYS_AFTER_DAYS = 5
_LOOK_BACK = 10
"""Days in which a change is looked for; what is older tells the old rhythm."""

_FEWEST_DAYS = 10
"""With contacts, that make a rhythm."""

_CLOSED = 0.1
"""Of the busiest hour of the day."""

_SHARE = 0.04
"""Of a day's contacts: as much must be missing, and must come at other hours."""

_FEWEST = 10.0
"""Contacts."""

_BUSY = 5.0
"""Contacts: a silence in which so many were due is no chance."""

_THIN = 2.5
"""Contacts an hour: where fewer are due, an empty day is a thin one."""

_IDLE = 3.0
"""Contacts: a day that has fewer and should have fewer says nothing."""

_WHOLE = 0.9
"""Of a day: one that is not over yet may still bring the usual."""

_NEVER = -1
_HOURS = 24


def moved_since(time: Axis, contacts: Floats, judged: Bools, days: Days) -> dict[int, int]:
    """Return for each stream that comes at other hours the number of the local day since which it does.

    ``contacts``, ``judged``: [streams, intervals], silences that nobody confirmed included; ``days``: the
    history as it is learned.
    """
    first, last = int(time.day[0]), int(time.day[-1])
    before = last - first + 1 - _LOOK_BACK
    if before < _FEWEST_DAYS:
        return {}
    usual = usual_hours(days, np.arange(len(days.weekday)) < before)
    begin = int(np.searchsorted(time.day, first + before))
    recent = by_day(
        Axis(time.first + begin, time.day[begin:], time.cell[begin:]),
        contacts[:, begin:],
        judged[:, begin:],
    )
    moved, kept = _compared(usual, recent)
    places = np.arange(len(recent.weekday))
    last_kept = np.where(kept, places, _NEVER).max(axis=1)
    moved &= places > last_kept[:, None]
    return {int(row): first + before + int(moved[row].argmax()) for row in np.flatnonzero(moved.any(axis=1))}


def usual_hours(days: Days, which: Bools) -> Floats:
    """Return the contacts per hour of the days that are meant, [streams, day types, 24]; 0 of too few days."""
    usual = np.zeros((len(days.contacts), 3, _HOURS))
    learned = which & days.learnable
    for kind in range(3):
        of_kind = learned & (DAY_TYPE[days.weekday] == kind)
        seen = _hours(days.contacts[:, of_kind].sum(axis=1))
        visits = _hours(days.visits[:, of_kind].sum(axis=1)) / 4
        usual[:, kind] = seen / np.maximum(visits, 1)
    enough = (days.contacts[:, learned].sum(axis=2) > 0).sum(axis=1) >= _FEWEST_DAYS
    return np.asarray(usual * enough[:, None, None])


def by_cell(hours: Floats) -> Floats:
    """Return contacts per quarter hour of the local week, [streams, 672], of those per hour by type of day."""
    return np.repeat(hours[:, DAY_TYPE] / 4, SLOTS // _HOURS, axis=2).reshape(len(hours), CELLS)


def _compared(usual: Floats, recent: Days) -> tuple[Bools, Bools]:
    """Return which days came at other hours, and which kept to the old ones: [streams, days] both."""
    visits = _hours(recent.visits) / 4
    due = usual[:, DAY_TYPE[recent.weekday]] * visits
    came = _hours(recent.contacts)
    enough = np.maximum(_FEWEST, _SHARE * due.sum(axis=2))
    closed = due < _CLOSED * due.max(axis=2, keepdims=True)
    elsewhere = (np.maximum(came - 3 * due - 3 * np.sqrt(due), 0.0) * closed).sum(axis=2)
    per_quarter = np.repeat(due / 4, SLOTS // _HOURS, axis=2)
    missing = _in_silences(np.where(per_quarter < _THIN / 4, 0.0, per_quarter), recent.contacts == 0)
    moved = (missing >= enough) & (elsewhere >= np.maximum(enough, missing / 3))
    whole = visits.sum(axis=2) > _WHOLE * _HOURS
    kept = (missing < enough) & whole & (np.maximum(due.sum(axis=2), came.sum(axis=2)) >= _IDLE)
    return moved, kept


def _in_silences(due: Floats, empty: Bools) -> Floats:
    """Return the contacts that were due in each day's long silences, [streams, days]; the rest is 96 a day."""
    total = np.cumsum(due * empty, axis=2)
    before = np.maximum.accumulate(np.where(empty, 0.0, total), axis=2)
    silence = total - before
    ends = empty & np.concatenate([~empty[..., 1:], np.ones_like(empty[..., :1])], axis=2)
    return np.asarray(np.where(ends & (silence >= _BUSY), silence, 0.0).sum(axis=2))


def _hours(values: Floats) -> Floats:
    return np.asarray(values.reshape(*values.shape[:-1], _HOURS, SLOTS // _HOURS).sum(axis=-1))
