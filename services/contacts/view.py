"""What the contacts page shows of one period: the contacts, what is usual, gaps, and how far to trust them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from data.contacts import contacts_between, latest
from data.contacts import queues as queue_summaries
from data.watch import Incident, incidents
from services.contacts.by_queue import QueueFigure, held_quiet, parts_of, queue_figures
from services.contacts.coarser import buckets, coarser, coarser_comparison, finest_for
from services.contacts.coverage import Gap, coverage, gaps, recovered, total_of
from services.contacts.periods import Against, Period
from services.contacts.table import BY_DAYS, FINEST, ContactTable, contact_table, not_watched
from services.contacts.tally import Tally, counted_until
from services.contacts.usual import Comparison, compare, until_now
from services.ingest.counting import UNDEFINED_QUEUE
from services.system import System, needs

SIX_WEEKS = timedelta(weeks=6)
MOST_DAYS_BY_QUARTER_HOUR = 42
"""Longer periods are held against others by days; a day under way counts by the share of it that is over."""

RISING_SHARE_DEVIATIONS = 3.0
FAR_AHEAD = timedelta(days=3660)
"""Further than our own clock was ever ahead when it took them; senders may date a day ahead of it."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a period is compared with: by its interval, by quarter hour or day, and six weeks' sums by queue."""

    against: Against
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
    """One period. ``total``: of the table's queues by interval, NaN where nothing is known.

    ``begun_at``: the first contact ever; what lies before it is not missing. ``parts``: where those of the courses
    in ``by_queue`` begin.
    """

    period: Period
    table: ContactTable
    end: datetime
    begun_at: datetime | None
    total: np.ndarray
    gaps: list[Gap]
    comparison: Comparison | None
    undefined: Undefined | None
    against: Against = "nothing"
    by_queue: tuple[QueueFigure, ...] = ()
    parts: tuple[datetime, ...] = ()
    not_watched: tuple[Incident, ...] = ()
    """Why some of it has no data: we ourselves were not there, and nothing of that has been fetched."""

    dated_ahead: int = 0
    """Contacts of all source queues that are not counted yet, because their sender dates them ahead of now."""

    @property
    def until_now(self) -> int:
        return int(np.nansum(self.total))

    def over(self, now: datetime) -> bool:
        return self.end <= now

    def held_quiet(self, queues: Collection[str], now: datetime) -> "ContactView":
        """Return the view with these source queues, quieter than usual to the watcher, as fewer than usual.

        Of a day under way against the usual alone: that is what the watcher judges.
        """
        judged = self.period.days == 1 and self.table.starts[0] <= now < self.end and self.against == "usual"
        return replace(self, by_queue=held_quiet(self.by_queue, queues)) if judged else self

    def without_data(self, now: datetime) -> timedelta:
        """Return how long data is missing: since the first contact ever, and up to now."""
        # In UTC: differences of local times would be an hour off when the clock changes.
        borders = [at.astimezone(UTC) for at in (*self.table.starts, self.end)]
        begun_at = self.begun_at or now
        spans = [
            min(borders[gap.after], now) - max(borders[gap.first], begun_at)
            for gap in self.gaps
            if gap.kind == "no_data" and borders[gap.after] > begun_at
        ]
        return sum(spans, timedelta())


@needs("supervisor")
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
    """Assemble the view of these queues, one at least; a deleted integration's too.

    Raises NotFound and StoreUnavailable.
    """
    integration = system.integration_with_history(integration_id)
    tally = Tally(system.database, integration, now, system.writer.refusing_since)
    start, end = period.span(integration.zone)
    if _fine(period) == FINEST:
        tally.quarter_hours(start, end)
    table = _table(tally, period, finest_for(interval), queues)
    fine = table
    if table.interval != _fine(period):
        fine = _table(tally, period, _fine(period), queues)
    known = incidents(tally.store, integration_id)
    weekly = earlier.against == "usual"
    found = compare(table, earlier.tables, earlier.against, until_now(fine, earlier.fine, now, weekly=weekly))
    shown = coarser(table, interval, now)
    return ContactView(
        period,
        shown,
        end,
        latest(tally.store, integration_id).first_resolved_at,
        total_of(shown),
        gaps(coverage(shown, now)) + recovered(shown, end, known, now),
        coarser_comparison(found, buckets(table.starts, interval)),
        _undefined(_sums(_table(tally, period, BY_DAYS, ())), earlier.sums),
        earlier.against,
        tuple(queue_figures(fine, earlier.fine, now, weekly=weekly)),
        tuple(fine.starts[place] for place in parts_of(fine)),
        tuple(not_watched(known, start, end)),
        _dated_ahead(tally) if end > now else 0,
    )


def _dated_ahead(tally: Tally) -> int:
    if tally.integration.paused_at is not None:
        return 0  # it shows nothing new
    integration_id, first = tally.integration.integration_id, counted_until(tally.now)
    last = latest(tally.store, integration_id).resolved_at
    if last is None or last < first:
        return 0  # hardly anybody dates ahead, and what was read already tells
    return contacts_between(tally.store, integration_id, first, first + FAR_AHEAD)


@needs("supervisor")
def earlier_periods(
    system: System,
    integration_id: str,
    period: Period,
    interval: str,
    queues: Sequence[str],
    now: datetime,
    *,
    against: Against | None = None,
) -> Earlier:
    """Return what the period is compared with, its usual choice for None.

    It changes only when something is fetched back. Raises NotFound and StoreUnavailable.
    """
    integration = system.integration_with_history(integration_id)
    tally = Tally(system.database, integration, now, system.writer.refusing_since)
    six_weeks = Period("range", period.first - SIX_WEEKS, period.first)
    if _fine(period) == FINEST:
        tally.quarter_hours(*six_weeks.span(integration.zone))  # at once: most of what follows lies in them
    others = period.compared_with(against)
    tables = [_table(tally, other, finest_for(interval), queues) for other in others]
    fine = tables
    if finest_for(interval) != _fine(period):
        fine = [_table(tally, other, _fine(period), queues) for other in others]
    sums = _sums(_table(tally, six_weeks, BY_DAYS, ()))
    return Earlier(against or period.choices[0], tables, fine, sums)


def _fine(period: Period) -> str:
    return FINEST if period.days <= MOST_DAYS_BY_QUARTER_HOUR else BY_DAYS


@needs("supervisor")
def real_queues(system: System, integration_id: str) -> list[str]:
    """Return the source queues that stand for a group, the busiest first."""
    found = queue_summaries(system.database, integration_id)
    real = [queue for queue in found if queue.queue != UNDEFINED_QUEUE]
    return [queue.queue for queue in sorted(real, key=lambda queue: (-queue.contacts, queue.queue))]


@needs("supervisor")
def queues_by_age(system: System, integration_id: str) -> list[str]:
    """Return the source queues in the order in which they first counted: a new one changes no other one's place."""
    found = queue_summaries(system.database, integration_id)
    return [queue.queue for queue in sorted(found, key=lambda queue: (queue.first_interval, queue.queue))]


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


def _table(tally: Tally, period: Period, interval: str, queues: Sequence[str]) -> ContactTable:
    start, end = period.span(tally.integration.zone)
    return contact_table(tally, start=start, end=end, interval=interval, queues=queues)


def _sums(table: ContactTable) -> dict[str, int]:
    sums = np.nansum(table.contacts, axis=0)
    return {queue: int(contacts) for queue, contacts in zip(table.queues, sums, strict=True)}


def _undefined(current: dict[str, int], before: dict[str, int]) -> Undefined | None:
    if UNDEFINED_QUEUE not in current:
        return None
    return undefined_share(
        current[UNDEFINED_QUEUE], sum(current.values()), before[UNDEFINED_QUEUE], sum(before.values())
    )
