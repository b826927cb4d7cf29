"""Streams of less than two weeks: judged by the lowest reading of what they have shown.

So short a history has many readings: a quiet day, a late opening, an early end. A time of day is expected
to bring what the slowest of its days did, two at least, taken over two hours and an hour early or late;
days of a kind that was not seen yet (Mon-Fri, Sat, Sun) may be closed. A silence that even this does not
explain, with a threshold that what the missing days may hold is charged to, is an alarm from the third day on. Partial
loss waits for two weeks.
"""

import numpy as np

from services.detector.grid import SLOTS, Bools, Floats
from services.detector.learning import Days
from services.detector.rate import DAY_TYPE

FIRST_DAYS = 14
FEWEST_DAYS = 2
"""Of a kind, that show what a time of day brings."""

UNSEEN = 4.0
"""How much heavier the tail may be than it was seen, divided by the days seen."""

WHOLE_DAY = 0.6
"""Of an alarm's height: what a whole day of the old rhythm adds when nothing comes in it."""

_REACH = 4
"""Quarter hours."""


def lowest_rates(days: Days) -> Floats:
    """Return the least that each cell of the week has to bring, [streams, 7, 96]; 0 where nobody can tell."""
    seen = _around(days.visits) > 0
    around = _around(days.contacts) / np.maximum(_around(days.visits), 1e-9)
    lowest = np.where(_least(days.visits) > 0, _least(around), np.inf)
    result = np.zeros((len(around), 7, SLOTS))
    for weekday in range(7):
        of_kind = DAY_TYPE[days.weekday] == DAY_TYPE[weekday]
        if not of_kind.any():
            continue
        enough = (seen & (_least(days.visits) > 0))[:, of_kind].sum(axis=1) >= FEWEST_DAYS
        least = lowest[:, of_kind].min(axis=1)
        result[:, weekday] = np.where(enough & np.isfinite(least), least, 0.0)
    return result


def by_whole_days(before: Floats, height: Floats) -> Floats:
    """Return rates that a moved stream has to bring whatever its new hours are, [streams, 672].

    ``before``: its old rates, 0 for any other stream. What moved still comes on most of the days on which it came:
    a silence of nearly two of the old days reaches the ``height`` of an alarm, however little is known of the new.
    """
    day = before.reshape(len(before), 7, SLOTS).sum(axis=2).max(axis=1)
    return np.asarray(before * np.minimum(1.0, WHOLE_DAY * height / np.maximum(day, 1e-9))[:, None])


def charged_factor(days_of_history: Floats) -> Floats:
    """Return the tail factor of so short a history."""
    return 1.0 + UNSEEN / np.maximum(days_of_history, 1.0)


def _around(values: Floats) -> Floats:
    """Return the mean of each quarter hour and an hour on both sides, within its day."""
    padded = np.pad(values, ((0, 0), (0, 0), (_REACH, _REACH)), mode="wrap")
    total = np.cumsum(np.pad(padded, ((0, 0), (0, 0), (1, 0))), axis=2)
    width = 2 * _REACH + 1
    return np.asarray((total[..., width:] - total[..., :-width]) / width)


def _least(values: Floats) -> Floats:
    """Return the least of each quarter hour and an hour on both sides, within its day."""
    padded = np.pad(values, ((0, 0), (0, 0), (_REACH, _REACH)), mode="wrap")
    shifted = [padded[..., step : step + SLOTS] for step in range(2 * _REACH + 1)]
    return np.asarray(np.minimum.reduce(shifted))


def is_young(days_of_history: Floats) -> Bools:
    return np.asarray(days_of_history < FIRST_DAYS)
