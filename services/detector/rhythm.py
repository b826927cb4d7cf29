"""Has the rhythm of an integration changed: do its contacts keep coming, but at other hours?

New opening hours, a moved shift, Ramadan: hours that were busy are silent, and others that were closed are
not. What moved is not lost. From the first such day on only what the days since have shown is expected, as
of an integration that is new; a day that keeps to the old hours ends that again. After five days it stays.
"""

import numpy as np

from services.detector.grid import SLOTS, Axis, Bools, Floats
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
"""Contacts an hour: an hour without any is then no chance."""

_IDLE = 3.0
"""Contacts: a day that has fewer and should have fewer says nothing."""

_WHOLE = 0.9
"""Of a day: one that is not over yet may still bring the usual."""


def moved_since(time: Axis, contacts: Floats, judged: Bools, days: Days) -> int | None:
    """Return the number of the local day since which the total comes at other hours, None where it does not.

    ``contacts``, ``judged``: [streams, intervals], silences that nobody confirmed included; ``days``: the
    history as it is learned.
    """
    first, last = int(time.day[0]), int(time.day[-1])
    before = last - first + 1 - _LOOK_BACK
    if before < _FEWEST_DAYS:
        return None
    usual = _usual_hours(days, before)
    begin = int(np.searchsorted(time.day, first + before))
    recent = by_day(
        Axis(time.first + begin, time.day[begin:], time.cell[begin:]),
        contacts[:1, begin:],
        judged[:1, begin:],
    )
    since = None
    for place in reversed(range(len(recent.weekday))):
        visits = _hours(recent.visits[0, place]) / 4
        due = usual[DAY_TYPE[recent.weekday[place]]] * visits
        came = _hours(recent.contacts[0, place])
        enough = max(_FEWEST, _SHARE * float(due.sum()))
        closed = due < _CLOSED * due.max(initial=0.0)
        elsewhere = np.maximum(came - 3 * due - 3 * np.sqrt(due), 0.0)[closed].sum()
        missing = due[(came == 0) & (due >= _BUSY)].sum()
        if missing >= enough and elsewhere >= max(enough, missing / 3):
            since = first + before + place
        elif missing < enough and visits.sum() > _WHOLE * 24 and max(due.sum(), came.sum()) >= _IDLE:
            break  # a day that kept to the old hours
    return since


def _usual_hours(days: Days, before: int) -> Floats:
    """Return the contacts per hour of the older days, [day types, 24]."""
    usual = np.zeros((3, 24))
    learned = (np.arange(len(days.weekday)) < before) & days.learnable
    for kind in range(3):
        of_kind = learned & (DAY_TYPE[days.weekday] == kind)
        seen = _hours(days.contacts[0, of_kind].sum(axis=0))
        visits = _hours(days.visits[0, of_kind].sum(axis=0)) / 4
        usual[kind] = seen / np.maximum(visits, 1)
    return usual if (days.contacts[0, learned].sum(axis=1) > 0).sum() >= _FEWEST_DAYS else np.zeros((3, 24))


def _hours(values: Floats) -> Floats:
    return np.asarray(values.reshape(24, SLOTS // 24).sum(axis=1))
