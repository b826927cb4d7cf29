"""What the contacts page shows of one period: the contacts, what is usual, gaps, and how far to trust them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from data.contacts import latest
from data.contacts import queues as queue_summaries
from data.integrations import Integration
from data.watch import incidents
from services.contacts.coverage import Gap, coverage, gaps, recovered, total_of
from services.contacts.periods import Period
from services.contacts.table import ContactTable, contact_table
from services.contacts.usual import Comparison, compare, usual_until
from services.ingest.counting import UNDEFINED_QUEUE
from services.system import System, needs

FINEST = "15m"
RISING_SHARE_DEVIATIONS = 3.0


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
    """One period. ``total``: of the table's queues by interval, NaN where nothing is known.

    ``begun_at``: the first contact ever; what lies before it is not missing.
    """

    period: Period
    table: ContactTable
    end: datetime
    begun_at: datetime | None
    total: np.ndarray
    gaps: list[Gap]
    comparison: Comparison | None
    undefined: Undefined | None

    @property
    def until_now(self) -> int:
        return int(np.nansum(self.total))

    def over(self, now: datetime) -> bool:
        return self.end <= now

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
    table = _table(system, integration, period, interval, queues, now)
    fine = table if interval == FINEST else _table(system, integration, period, FINEST, queues, now)
    _, end = period.span(integration.zone)
    known = incidents(system.database, integration_id)
    return ContactView(
        period,
        table,
        end,
        latest(system.database, integration_id).first_resolved_at,
        total_of(table),
        gaps(coverage(table, now)) + recovered(table, end, known, now),
        compare(table, earlier.tables, until_now=usual_until(fine, earlier.fine, now)),
        _undefined(_sums(_table(system, integration, period, "1d", (), now)), earlier.sums),
    )


@needs("supervisor")
def earlier_periods(
    system: System, integration_id: str, period: Period, interval: str, queues: Sequence[str], now: datetime
) -> Earlier:
    """Return what the period is compared with; it changes only when something is fetched back.

    Raises NotFound and StoreUnavailable.
    """
    integration = system.integration_with_history(integration_id)
    others = period.compared_with()
    tables = [_table(system, integration, other, interval, queues, now) for other in others]
    fine = tables
    if interval != FINEST:
        fine = [_table(system, integration, other, FINEST, queues, now) for other in others]
    six_weeks = replace(period, first=period.first - timedelta(weeks=6), after=period.first)
    return Earlier(tables, fine, _sums(_table(system, integration, six_weeks, "1d", (), now)))


@needs("supervisor")
def real_queues(system: System, integration_id: str) -> list[str]:
    """Return the source queues that stand for a group, the busiest first."""
    found = queue_summaries(system.database, integration_id)
    real = [queue for queue in found if queue.queue != UNDEFINED_QUEUE]
    return [queue.queue for queue in sorted(real, key=lambda queue: (-queue.contacts, queue.queue))]


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


def _table(
    system: System,
    integration: Integration,
    period: Period,
    interval: str,
    queues: Sequence[str],
    now: datetime,
) -> ContactTable:
    start, end = period.span(integration.zone)
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
