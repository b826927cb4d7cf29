"""What is usual: a period held against earlier ones, by local wall time."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from services.contacts.coverage import is_known, total_of
from services.contacts.periods import Against
from services.contacts.standing import Standing, standing
from services.contacts.table import ContactTable
from services.intervals import INTERVALS, midnight
from services.runs import runs

A_DAY = timedelta(days=1)
MINUTES_OF_A_DAY, DAYS_OF_A_WEEK = 24 * 60, 7
FEWEST_PERIODS = 2
REACH, LONG_REACH = timedelta(hours=1), timedelta(hours=2)
"""How far what is usual is smoothed over its neighbours: on a day, and on more days, which have less room."""

CLOSED = timedelta(hours=2)
"""With nothing in any of the earlier periods: closed, rather than few contacts."""

DAYS_WITHOUT_ROOM = 2
FEWEST_TO_TRIM = 4


@dataclass(frozen=True, slots=True)
class Until:
    """What was counted in the time up to now that is known of this period and of the earlier ones.

    ``own``: of this period; ``earlier``: of each of them, [periods]. ``whole``: nothing of this period was left out.
    """

    own: float
    earlier: np.ndarray
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """What earlier periods say about each interval of this one; NaN where they say nothing.

    With several of them, ``usual`` is the mean of all but the highest and the lowest, and ``low`` to ``high`` holds
    the middle half; all three are smoothed. ``standing``: of the whole period up to now; ``whole``: as in ``Until``.
    ``each``: of several days, each one smoothed alike, [days, intervals]; empty otherwise.
    """

    against: Against
    periods: int
    usual: np.ndarray
    low: np.ndarray
    high: np.ndarray
    standing: Standing
    whole: bool
    each: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))

    @property
    def until_now(self) -> float:
        """What was usual at the same point, in the time that is known of this period; a median of several."""
        return self.standing.usual


def compare(
    table: ContactTable, before: Sequence[ContactTable], against: Against, until: Until | None
) -> Comparison | None:
    """Line earlier periods up with this one by their local wall time; None when too little is known of them."""
    chosen = trusted(before)
    found = None if until is None else standing(until.own, until.earlier)
    if not chosen or found is None or until is None:
        return None
    totals = totals_before(table, before, weekly=against == "usual")
    if len(totals) == 1:
        return Comparison(against, 1, totals[0], totals[0], totals[0], found, until.whole)
    unknown = np.isnan(totals).all(axis=0)
    totals[:, unknown] = 0
    drawn = _smooth(totals, table)
    quantile = np.nanquantile if np.isnan(drawn).any() else np.quantile  # the former is 50 times slower
    low, high = quantile(drawn, (0.25, 0.75), axis=0)
    usual = _middle(drawn, float(np.median(np.nansum(totals, axis=1))))
    for values in (usual, low, high):
        values[unknown] = np.nan
    one_day = table.starts[0].date() == table.starts[-1].date()
    each = np.where(unknown, np.nan, drawn) if one_day else np.empty((0, len(usual)))
    return Comparison(against, len(chosen), usual, low, high, found, until.whole, each)


def until_now(
    table: ContactTable, before: Sequence[ContactTable], now: datetime, *, weekly: bool
) -> Until | None:
    """Add up this period and the earlier ones in the time up to now that both know; None when too little is known.

    The interval under way counts in part. ``weekly``: earlier weeks say what is usual for each weekday.
    """
    chosen = trusted(before)
    if not chosen:
        return None
    own, others = total_of(table), totals_before(table, before, weekly=weekly)
    weight = np.where(np.isnan(own), 0, elapsed(table, now))  # what is still to come is not known
    sums = np.nansum(others * weight, axis=1)
    if len(chosen) > 1:
        return Until(float(np.nansum(own)), sums)
    both = ~np.isnan(others[0]) & (weight > 0)
    if not both.any():
        return None
    return Until(float(np.nansum(own[both])), sums, bool(both.sum() == (weight > 0).sum()))


def totals_before(table: ContactTable, before: Sequence[ContactTable], *, weekly: bool) -> np.ndarray:
    """Return the totals of the earlier periods to go by, [periods, intervals of ``table``]."""
    chosen = trusted(before)
    places = lined_up(table, chosen, weekly=weekly)
    found = [at_places(total_of(each), at) for each, at in zip(chosen, places, strict=True)]
    return np.array(found).reshape(len(found), len(table.starts))


def trusted(before: Sequence[ContactTable]) -> list[ContactTable]:
    """Return the earlier periods to go by: of several those without gaps, none when too few are left."""
    if len(before) < FEWEST_PERIODS:
        return list(before)
    complete = [other for other in before if is_known(other)]
    return complete if len(complete) >= FEWEST_PERIODS else []


def elapsed(table: ContactTable, now: datetime) -> np.ndarray:
    """Return which share of each interval is over."""
    share = np.zeros(len(table.starts))
    after = bisect_right(table.starts, now.astimezone(UTC))
    share[:after] = 1
    if after:
        begin, end = table.starts[after - 1].timestamp(), _end_of(table, after - 1).timestamp()
        share[after - 1] = min((now.timestamp() - begin) / (end - begin), 1)
    return share


def _end_of(table: ContactTable, place: int) -> datetime:
    if place + 1 < len(table.starts):
        return table.starts[place + 1]
    last, step = table.starts[place], INTERVALS[table.interval]
    return midnight(last.date() + A_DAY, ZoneInfo(table.time_zone)) if step is None else last + step


def lined_up(table: ContactTable, others: Sequence[ContactTable], *, weekly: bool) -> list[np.ndarray]:
    """Return for each interval of ``table`` its place in each of the others, -1 where it has none.

    The same day of the period and time of day match; ``weekly`` the same weekday and time of day.
    """
    wanted = _wall_times(table, weekly)
    return [_places(wanted, _wall_times(other, weekly)) for other in others]


def _places(wanted: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return where each wall time is first found; the clock shows an hour twice when summer time ends."""
    times, first = np.unique(known, return_index=True)
    near = np.searchsorted(times, wanted).clip(max=len(times) - 1)
    return np.where(times[near] == wanted, first[near], -1)


def at_places(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the values (rows) at these places, NaN where there is none (-1)."""
    found = np.asarray(values[places], dtype=float)
    found[places < 0] = np.nan
    return found


def _wall_times(table: ContactTable, weekly: bool) -> np.ndarray:
    """Return each interval's minute of the week or period; a whole day may begin at 01:00 and is a day for all that."""
    days = np.array([at.toordinal() for at in table.starts])
    days = (days - 1) % DAYS_OF_A_WEEK if weekly else days - days[0]
    minutes = np.zeros(len(days), dtype=int)
    if INTERVALS[table.interval] is not None:
        minutes[:] = [60 * at.hour + at.minute for at in table.starts]
    return np.asarray(MINUTES_OF_A_DAY * days + minutes)


def _middle(periods: np.ndarray, total: float) -> np.ndarray:
    """Return the mean of all periods but the highest and the lowest: one day out of the order moves it little.

    It adds up to ``total``, which it would miss where contacts are few.
    """
    if len(periods) < FEWEST_TO_TRIM or np.isnan(periods).any():
        return np.asarray(np.nanmedian(periods, axis=0))
    middle = np.sort(periods, axis=0)[1:-1].mean(axis=0)
    return np.asarray(middle * np.clip(total / max(middle.sum(), 1e-9), 0.5, 2))


def _smooth(periods: np.ndarray, table: ContactTable) -> np.ndarray:
    """Return each period's (row's) intervals as weighted means of their neighbours, the nearer the heavier.

    Where nothing came for hours in any of them, it is closed: that stays 0, and weighs nothing beside it.
    """
    step = INTERVALS[table.interval]
    days = (table.starts[-1].date() - table.starts[0].date()).days + 1
    reach = REACH if days <= DAYS_WITHOUT_ROOM else LONG_REACH
    if step is None or step >= reach or np.isnan(periods).any():
        return periods
    width = reach // step
    weights = np.concatenate([np.arange(1, width), np.arange(width, 0, -1)]).astype(float)
    opened = _opened(periods.sum(axis=0), CLOSED // step).astype(float)
    divisor = np.maximum(np.convolve(opened, weights, "same"), 1e-9)
    smoothed = [np.convolve(row * opened, weights, "same") / divisor for row in periods]
    return np.where(opened > 0, smoothed, 0.0)


def _opened(sums: np.ndarray, fewest: int) -> np.ndarray:
    """Return which intervals lie in no run of so many with nothing."""
    opened = np.ones(len(sums), dtype=bool)
    for first, after in runs(sums == 0):
        opened[first:after] = after - first < fewest
    return opened
