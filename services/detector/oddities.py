"""What a history holds that must not be learned: hours of outage among busy ones, and mass closings."""

from itertools import pairwise

import numpy as np

from services.detector.grid import CELLS, Axis, Bools, Floats, Ints

MASS = 30.0
"""Contacts of a quarter hour; fewer are no mass closing."""

MASS_RATIO = 10.0
"""How many times the busiest quarter hour of those within two hours."""

_AROUND = (*range(-8, -1), *range(2, 9))
"""In quarter hours: the direct neighbours may belong to the mass."""

SURELY = 2.0
"""In usual tails: chance alone goes so far beyond it in one history of seven."""

HABIT_WEEKS = 4
"""What recurs in so many weeks at the same time of the week is a habit, not an outage."""

_TAIL = 0.95


def without_masses(contacts: Floats) -> Floats:
    """Return counts, [streams, intervals], in which mass closings are cut to what is usual around them.

    An automatic rule that resolves thousands of chats at midnight tells nothing of how many come.
    """
    result = contacts.copy()
    ahead, behind = np.roll(contacts, -2, axis=1), np.roll(contacts, 2, axis=1)
    limit = MASS + MASS_RATIO * np.maximum(ahead, behind)
    for row, place in zip(*np.nonzero(contacts > limit), strict=True):
        around = [contacts[row, place + step] for step in _AROUND if 0 <= place + step < contacts.shape[1]]
        busiest = max(around, default=0.0)
        if contacts[row, place] > MASS + MASS_RATIO * busiest:
            result[row, place] = busiest
    return result


def outage_hours(time: Axis, contacts: Floats, expected: Floats) -> Bools:
    """Return which intervals belong to a silence that the stream's other silences do not explain.

    ``expected``: 0 where nothing is to be judged. Measured in expected contacts, which makes a quiet noon
    or night no silence at all. A stream of many long silences has a long tail, and keeps them; so does one
    that is silent at the same time of the week again and again. The quarter hours on both sides belong to
    the outage: it began and ended within them. What the total lacks, every queue lacks.
    """
    missed = _missed(contacts, expected)
    odd = np.zeros(contacts.shape, dtype=bool)
    for row in range(len(contacts)):
        alive = np.flatnonzero(contacts[row] > 0)
        lengths = missed[row, alive]  # of the silence before each contact
        if not len(lengths) or lengths.max() < SURELY + np.log(len(lengths)):
            continue
        limit = _usual_tail(lengths) * (SURELY + np.log(len(lengths)))
        found = [(before, after) for before, after in pairwise(alive.tolist()) if missed[row, after] > limit]
        odd[row] = _no_habits(time, found, contacts[row] == 0, expected[row])
    odd |= odd[:1]
    return odd


def _missed(contacts: Floats, expected: Floats) -> Floats:
    """Return the contacts expected in the empty intervals right before each interval."""
    total = np.cumsum(np.where(contacts > 0, 0.0, expected), axis=1)
    at_contact = np.where(contacts > 0, total, 0.0)
    last = np.maximum.accumulate(at_contact, axis=1)
    before = np.concatenate([np.zeros((len(contacts), 1)), last[:, :-1]], axis=1)
    return np.asarray(total - before)


def _usual_tail(lengths: Floats) -> float:
    """Return the scale of the upper tail, by its median: outages in it hardly move it. At least 1 (Poisson)."""
    beyond = round(len(lengths) * (1 - _TAIL))
    if not beyond:
        return 1.0
    ordered = np.partition(lengths, [-beyond - 1, -(beyond + 1) // 2])
    return max(1.0, float(ordered[-(beyond + 1) // 2] - ordered[-beyond - 1]) / float(np.log(2)))


def _no_habits(time: Axis, found: list[tuple[int, int]], empty: Bools, expected: Floats) -> Bools:
    """Return the intervals of the silences that are no habit. ``found``: contacts before and after each."""
    often = _weeks_silent(time, found, empty & (expected > 0))
    odd = np.zeros(len(time), dtype=bool)
    for before, after in found:
        inside = slice(before, after + 1)
        due = expected[inside] > 0
        weeks = often[time.cell[inside]][due]
        if not len(weeks) or np.mean(weeks >= HABIT_WEEKS) < 1 / 2:
            odd[inside] = True
    return odd


def _weeks_silent(time: Axis, found: list[tuple[int, int]], silent: Bools) -> Ints:
    """Return for each cell of the week in how many weeks it lay in one of these silences."""
    part = np.zeros(len(time), dtype=bool)
    for before, after in found:
        part[before : after + 1] = True
    return np.bincount(time.cell[part & silent], minlength=CELLS)
