"""What the contacts page shows of one period: the contacts, what is usual, gaps, and how far to trust them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from data.contacts import queues as queue_summaries
from data.integrations import Integration
from data.watch import Incident, incidents
from services.contacts import ContactTable, contact_table
from services.counting import UNDEFINED_QUEUE
from services.intervals import QUARTER_HOUR
from services.periods import Period
from services.system import System

Coverage = Literal["known", "incomplete", "no_data", "future"]
FINEST = "15m"
FEWEST_PERIODS = 2
RISING_SHARE_DEVIATIONS = 3.0


@dataclass(frozen=True, slots=True)
class Gap:
    """Intervals in a row, from ``first`` to before ``after``, that are not simply known."""

    first: int
    after: int
    kind: Literal["incomplete", "no_data", "recovered"]


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


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a period is compared with: by its interval, by quarter hour, and the sums of six weeks by queue."""

    tables: list[ContactTable]
    fine: list[ContactTable]
    sums: dict[str, int]


@dataclass(frozen=True, slots=True)
class Undefined:
    """How many contacts have no group, their share of all, and the share in the periods compared with."""

    contacts: int
    share: float
    share_before: float | None
    rising: bool


@dataclass(frozen=True, slots=True)
class ContactView:
    """One period. ``total``: of the table's queues by interval, NaN where nothing is known."""

    period: Period
    table: ContactTable
    end: datetime
    total: np.ndarray
    gaps: list[Gap]
    comparison: Comparison | None
    undefined: Undefined | None

    @property
    def until_now(self) -> int:
        return int(np.nansum(self.total))

    def over(self, now: datetime) -> bool:
        return self.end <= now


def contact_view(
    system: System,
    integration_id: str,
    period: Period,
    interval: str,
    queues: Sequence[str],
    now: datetime,
    *,
    earlier: Earlier,
) -> ContactView:
    """Assemble the view of these queues, one at least. Raises NotFound and StoreUnavailable."""
    integration = system.integration(integration_id)
    table = _table(system, integration, period, interval, queues, now)
    fine = table if interval == FINEST else _table(system, integration, period, FINEST, queues, now)
    _, end = period.span(ZoneInfo(integration.time_zone))
    known = incidents(system.database, integration_id)
    return ContactView(
        period,
        table,
        end,
        total_of(table),
        gaps(coverage(table, now)) + recovered(table, end, known, now),
        compare(table, earlier.tables, until_now=usual_until(fine, earlier.fine, now)),
        _undefined(_sums(_table(system, integration, period, "1d", (), now)), earlier.sums),
    )


def earlier_periods(
    system: System, integration_id: str, period: Period, interval: str, queues: Sequence[str], now: datetime
) -> Earlier:
    """Return what the period is compared with; it changes only when something is fetched back.

    Raises NotFound and StoreUnavailable.
    """
    integration = system.integration(integration_id)
    others = period.compared_with()
    tables = [_table(system, integration, other, interval, queues, now) for other in others]
    fine = tables
    if interval != FINEST:
        fine = [_table(system, integration, other, FINEST, queues, now) for other in others]
    six_weeks = replace(period, first=period.first - timedelta(weeks=6), after=period.first)
    return Earlier(tables, fine, _sums(_table(system, integration, six_weeks, "1d", (), now)))


def real_queues(system: System, integration_id: str) -> list[str]:
    """Return the source queues that stand for a group, the busiest first."""
    found = queue_summaries(system.database, integration_id)
    real = [queue for queue in found if queue.queue != UNDEFINED_QUEUE]
    return [queue.queue for queue in sorted(real, key=lambda queue: (-queue.contacts, queue.queue))]


def total_of(table: ContactTable) -> np.ndarray:
    """Return the sum over the queues by interval; NaN where none of them has data."""
    nothing = np.isnan(table.contacts).all(axis=1)
    return np.where(nothing, np.nan, np.nansum(table.contacts, axis=1))


def coverage(table: ContactTable, now: datetime) -> list[Coverage]:
    """Return for each interval how much is known about it."""
    unknown = np.isnan(table.contacts)
    states: list[Coverage] = []
    for index, start in enumerate(table.starts):
        if start > now:
            states.append("future")
        elif not table.queues or unknown[index].all():
            states.append("no_data")
        else:
            states.append("incomplete" if unknown[index].any() or table.incomplete[index].any() else "known")
    return states


def gaps(states: Sequence[Coverage]) -> list[Gap]:
    """Return the runs of intervals without data, or without some of it."""
    found, first = [], 0
    for state, run in groupby(states):
        after = first + len(list(run))
        if state in ("no_data", "incomplete"):
            found.append(Gap(first, after, state))
        first = after
    return found


def recovered(table: ContactTable, end: datetime, known: Sequence[Incident], now: datetime) -> list[Gap]:
    """Return the runs of intervals whose contacts were fetched back after an outage."""
    ends = [*table.starts[1:], end]
    runs = []
    for incident in known:
        if incident.recovered_at is None:
            continue
        closed_at = incident.closed_at or now
        inside = [
            index
            for index, (start, finish) in enumerate(zip(table.starts, ends, strict=True))
            if start < closed_at and finish > incident.opened_at
        ]
        if inside:
            runs.append(Gap(inside[0], inside[-1] + 1, "recovered"))
    return runs


def compare(table: ContactTable, before: Sequence[ContactTable], *, until_now: float) -> Comparison | None:
    """Line earlier periods up with this one by their local wall time; None when too little is known of them."""
    complete = _complete(before)
    if not complete:
        return None
    totals = np.array([_lined_up(table, other) for other in complete])
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
    complete = _complete(before)
    if not complete:
        return np.nan
    elapsed = np.array([(now - start) / QUARTER_HOUR for start in table.starts]).clip(0, 1)
    weight = np.where(np.isnan(total_of(table)), 0, elapsed)
    return float(np.median([np.nansum(_lined_up(table, other) * weight) for other in complete]))


def _complete(before: Sequence[ContactTable]) -> list[ContactTable]:
    """Return the earlier periods without gaps, none when too few are left."""
    complete = [other for other in before if set(coverage(other, other.starts[-1])) == {"known"}]
    return complete if len(complete) >= min(len(before), FEWEST_PERIODS) else []


def undefined_share(contacts: int, total: int, before: int, total_before: int) -> Undefined | None:
    """Return the share of contacts without a group, None without contacts.

    It is rising when there are more of them than the earlier share explains: three standard deviations of
    a binomial count, and one contact for luck.
    """
    if not total:
        return None
    share_before = before / total_before if total_before else None
    rising = False
    if share_before is not None:
        mean = total * share_before
        rising = contacts > mean + RISING_SHARE_DEVIATIONS * (mean * (1 - share_before)) ** 0.5 + 1
    return Undefined(contacts, contacts / total, share_before, rising)


def _lined_up(table: ContactTable, other: ContactTable) -> np.ndarray:
    """Return the totals of ``other`` in the intervals of ``table``; the same place and time of day match."""
    totals = total_of(other)
    by_place: dict[tuple[int, str], float] = {}
    for place, total in zip(_places(other.starts), totals, strict=True):
        by_place.setdefault(place, total)
    return np.array([by_place.get(place, np.nan) for place in _places(table.starts)])


def _places(starts: Sequence[datetime]) -> list[tuple[int, str]]:
    first = starts[0].date()
    return [((start.date() - first).days, f"{start:%H:%M}") for start in starts]


def _table(
    system: System,
    integration: Integration,
    period: Period,
    interval: str,
    queues: Sequence[str],
    now: datetime,
) -> ContactTable:
    start, end = period.span(ZoneInfo(integration.time_zone))
    return contact_table(
        system.database, integration, start=start, end=end, interval=interval, now=now, queues=queues
    )


def _sums(table: ContactTable) -> dict[str, int]:
    sums = np.nansum(table.contacts, axis=0)
    return {queue: int(contacts) for queue, contacts in zip(table.queues, sums, strict=True)}


def _undefined(current: dict[str, int], before: dict[str, int]) -> Undefined | None:
    if UNDEFINED_QUEUE not in current:
        return None
    return undefined_share(
        current[UNDEFINED_QUEUE], sum(current.values()), before[UNDEFINED_QUEUE], sum(before.values())
    )
