"""What is usual: a period held against earlier ones, by local wall time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.contacts.coverage import coverage, total_of
from services.contacts.table import ContactTable
from services.intervals import INTERVALS, QUARTER_HOUR

FEWEST_PERIODS = 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """What earlier periods say about each interval of this one; NaN where they say nothing.

    ``until_now`` is what they had counted at the same point, without the gaps of this one. With several
    of them, all figures are medians, and ``low`` to ``high`` holds the middle half of them.
    """

    periods: int
    usual: np.ndarray
    low: np.ndarray
    high: np.ndarray
    until_now: float


def compare(table: ContactTable, before: Sequence[ContactTable], *, until_now: float) -> Comparison | None:
    """Line earlier periods up with this one by their local wall time; None when too little is known of them."""
    complete = complete_ones(before)
    if not complete:
        return None
    totals = np.array([lined_up(table, other) for other in complete])
    unknown = np.isnan(totals).all(axis=0)
    totals[:, unknown] = 0
    quantile = np.nanquantile if np.isnan(totals).any() else np.quantile  # the former is 50 times slower
    low, usual, high = quantile(totals, (0.25, 0.5, 0.75), axis=0)
    for values in (usual, low, high):
        values[unknown] = np.nan
    return Comparison(len(complete), usual, low, high, until_now)


def usual_until(table: ContactTable, before: Sequence[ContactTable], now: datetime) -> float:
    """Return what earlier periods had counted in the quarter hours that are known of this one up to now.

    The quarter hour under way counts in part. ``table`` and ``before`` are by quarter hour.
    """
    complete = complete_ones(before)
    if not complete:
        return np.nan
    elapsed = np.array([(now - start) / QUARTER_HOUR for start in table.starts]).clip(max=1)
    weight = np.where(np.isnan(total_of(table)), 0, elapsed)  # what is still to come is not known
    return float(np.median([np.nansum(lined_up(table, other) * weight) for other in complete]))


def complete_ones(before: Sequence[ContactTable]) -> list[ContactTable]:
    """Return the earlier periods without gaps, none when too few are left."""
    complete = [other for other in before if set(coverage(other, other.starts[-1])) == {"known"}]
    return complete if len(complete) >= min(len(before), FEWEST_PERIODS) else []


def lined_up(table: ContactTable, other: ContactTable) -> np.ndarray:
    """Return the totals of ``other`` in the intervals of ``table``; the same place and time of day match."""
    totals = total_of(other)
    by_place: dict[tuple[int, str], float] = {}
    for place, total in zip(_places(other), totals, strict=True):
        by_place.setdefault(place, total)
    return np.array([by_place.get(place, np.nan) for place in _places(table)])


def _places(table: ContactTable) -> list[tuple[int, str]]:
    """Return each interval's day, and its time of day; a whole day may begin at 01:00 and is a day for all that."""
    first = table.starts[0].date()
    whole_days = INTERVALS[table.interval] is None
    return [((at.date() - first).days, "" if whole_days else f"{at:%H:%M}") for at in table.starts]
