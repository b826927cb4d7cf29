"""Three usual ways to watch freshness, each with its threshold set so that it keeps the same promise.

The thresholds are set in hindsight, on the healthy stream itself: the lowest that raises no more false
alarms than promised. That favours the baselines; the detector sets its own in advance.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.injection import Fault
from services.detector.grid import CELLS, SLOTS, Bools, Floats

HOUR = 4
"""In quarter hours."""

REST = 12 * HOUR
"""An alarm ends when the score has been below its threshold for so long."""

WEEKS = 8
"""Weeks of history that the z-score looks back on."""

FEWEST_WEEKS = 3


@dataclass(frozen=True, slots=True)
class Usual:
    """What the weeks before say of each hour that ends at a place of the series: mean and deviation."""

    mean: Floats
    deviation: Floats

    def cut(self, window: slice) -> "Usual":
        return Usual(self.mean[window], self.deviation[window])


def usual(series: Floats) -> Usual:
    """Learn the same hour of the week from up to eight weeks before each place."""
    hours = last_hour(series)
    earlier = np.full((WEEKS, len(series)), np.nan)
    for week in range(1, WEEKS + 1):
        earlier[week - 1, week * CELLS :] = hours[: -week * CELLS]
    known = np.isfinite(earlier)
    weeks = known.sum(axis=0)
    mean = np.where(known, earlier, 0).sum(axis=0) / np.maximum(weeks, 1)
    squares = np.where(known, (earlier - mean) ** 2, 0).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(weeks - 1, 1))
    return Usual(mean, np.where(weeks >= FEWEST_WEEKS, deviation, 0.0))


Scores = Callable[[Floats, Usual], Floats]


def last_hour(series: Floats) -> Floats:
    """Return the contacts of the hour that ends with each quarter hour."""
    total = np.concatenate([np.zeros(HOUR), np.cumsum(series)])
    return np.asarray(total[HOUR:] - total[:-HOUR])


def fixed_age(series: Floats, known: Usual) -> Floats:  # noqa: ARG001 - one signature for all
    """Hours since the last contact (dbt's source freshness)."""
    places = np.arange(len(series))
    last = np.maximum.accumulate(np.where(series > 0, places, 0))
    return (places - last) / HOUR


def z_score(series: Floats, known: Usual) -> Floats:
    """How many deviations the last hour lies below the mean of its hour of the week (Elementary's test)."""
    below = known.mean - last_hour(series)
    return np.where(known.deviation > 0, below / np.maximum(known.deviation, 1e-9), 0.0)


def seasonal_naive(series: Floats, known: Usual) -> Floats:  # noqa: ARG001
    """Contacts of the last day missing against the same day a week ago, in square roots of the latter."""
    total = np.concatenate([[0.0], np.cumsum(series)])
    day = total[SLOTS:] - total[:-SLOTS]
    score = np.zeros(len(series))
    ago = day[: -CELLS or None]
    score[CELLS + SLOTS - 1 :] = (ago - day[CELLS:]) / np.sqrt(np.maximum(ago, 1.0))
    return score


BASELINES: dict[str, Scores] = {
    "z-score, hour of week": z_score,
    "seasonal naive": seasonal_naive,
    "fixed age": fixed_age,
}


def lowest_threshold(score: Floats, allowed: int) -> float:
    """Return the lowest threshold above which a healthy stream raises at most ``allowed`` alarms.

    Found from the top: far below, everything is one single alarm that never ends.
    """
    levels = np.unique(score)[::-1]
    for place, level in enumerate(levels):
        if alarms(score > level) > allowed:
            return float(levels[place - 1])
    return float(levels[-1])


def alarms(over: Bools) -> int:
    places = np.flatnonzero(over)
    return int(len(places) > 0) + int((np.diff(places) > REST).sum())


def notice(fault: Fault, score: Floats, threshold: float, place: int) -> float:
    """Return the hours from the fault to the first score above the threshold; ``place``: of the fault in it."""
    over = np.flatnonzero(score[place:] > threshold)
    return float(over[0] + 1 - fault.at % 1) / HOUR if len(over) else float("inf")
