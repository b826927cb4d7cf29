"""Contacts per source queue and interval, as charts, exports and other programs read them.

Zero and "no data" are two different answers: an interval is without data before the first event, in the
future, and where the connection was broken and nothing of it has been recovered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from data import contacts as stored_contacts
from data import watch
from data.activity import activity_totals
from data.database import Database
from data.integrations import Counting, Integration
from data.watch import Incident
from services.connection import data_begins_at
from services.contacts.rule import counted
from services.ingest.counting import UNDEFINED_QUEUE
from services.intervals import QUARTER_HOUR, interval_end, interval_starts

MOST_DAYS = 500
MOST_COUNTS = 1_000_000
NO_DATA = np.nan


class SpanTooLong(Exception):
    """More than can be answered at once; ask for a shorter span."""


@dataclass(frozen=True, slots=True)
class ContactTable:
    """Contacts by interval (rows) and queue (columns); NaN is "no data".

    ``starts`` are instants in the integration's zone. ``incomplete`` marks intervals of which some part,
    but not all, is without data because the connection was broken.
    """

    time_zone: str
    interval: str
    counting: Counting
    starts: list[datetime]
    queues: list[str]
    contacts: np.ndarray
    incomplete: np.ndarray

    def rows(self) -> Iterator[tuple[str, str, int | None]]:
        """Yield start (ISO 8601 with offset), queue and contacts (None is "no data"), sorted by start and queue.

        The starts are in order as they are: local times of one zone compare by the clock on the wall, which
        shows an hour twice when summer time ends.
        """
        by_name = sorted(range(len(self.queues)), key=self.queues.__getitem__)
        for at, counts in zip(self.starts, self.contacts, strict=True):
            start = at.isoformat()
            for column in by_name:
                count = counts[column]
                yield start, self.queues[column], None if np.isnan(count) else int(count)


def contact_table(
    database: Database,
    integration: Integration,
    *,
    start: datetime,
    end: datetime,
    interval: str,
    now: datetime,
    queues: Sequence[str] = (),
) -> ContactTable:
    """Return the contacts of the intervals that begin from ``start`` to before ``end``.

    ``queues`` limits the answer to these; every known queue otherwise. Raises SpanTooLong.
    """
    if end - start > timedelta(days=MOST_DAYS):
        raise SpanTooLong(f"at most {MOST_DAYS} days at once")
    zone = integration.zone
    starts = interval_starts(start, end, interval, zone)
    names = [name for name in known_queues(database, integration) if not queues or name in queues]
    if len(starts) * len(names) > MOST_COUNTS:
        raise SpanTooLong(f"at most {MOST_COUNTS:,} counts at once: ask for fewer days, queues or intervals")
    contacts, incomplete = (
        _summed_up(database, integration, names, starts, interval, now)
        if starts and names
        else (np.full((len(starts), len(names)), NO_DATA), np.zeros((len(starts), len(names)), dtype=bool))
    )
    return ContactTable(
        integration.time_zone,
        interval,
        integration.counting,
        [at.astimezone(zone) for at in starts],
        names,
        contacts,
        incomplete,
    )


def _summed_up(
    database: Database,
    integration: Integration,
    names: list[str],
    starts: list[datetime],
    interval: str,
    now: datetime,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the contacts by interval and queue, and where some of an interval is without data."""
    end = interval_end(starts[-1], interval, integration.zone)
    quarters = int((end - starts[0]) / QUARTER_HOUR)
    counts = _quarter_hours(database, integration, names, starts[0], end, quarters)
    known, broken = _coverage(
        counts,
        names,
        starts[0],
        begins=begins_at(database, integration),
        gaps=unrecovered(watch.incidents(database, integration.integration_id)),
        now=min(now, integration.paused_at or now, integration.deleted_at or now),
    )
    buckets = [int((at - starts[0]) / QUARTER_HOUR) for at in starts]
    contacts = np.add.reduceat(np.where(known, counts, 0), buckets, axis=0)
    any_known = np.logical_or.reduceat(known, buckets, axis=0)
    some_broken = np.logical_or.reduceat(broken, buckets, axis=0)
    return np.where(any_known, contacts, NO_DATA), some_broken & any_known


def known_queues(database: Database, integration: Integration) -> list[str]:
    """Return the names of the source queues in alphabetical order, Undefined_Queue last."""
    found = stored_contacts.queues(database, integration.integration_id, integration.paused_at)
    names = [queue.queue for queue in found]
    return sorted(names, key=lambda name: (name == UNDEFINED_QUEUE, name))


def unrecovered(incidents: Sequence[Incident]) -> list[Incident]:
    """Return the incidents that left holes in the counts."""
    return [incident for incident in incidents if not incident.recovered_at and not incident.false_alarm]


def _quarter_hours(
    database: Database,
    integration: Integration,
    names: list[str],
    start: datetime,
    end: datetime,
    quarters: int,
) -> np.ndarray:
    """Return the counts by quarter hour (rows) and queue (columns)."""
    found = stored_contacts.counts(
        database, integration.integration_id, start=start, end=end, received_before=integration.paused_at
    )
    found = found[found["queue"].isin(names)]
    rows = ((found["interval_start"] - start) // QUARTER_HOUR).to_numpy(dtype=int)
    columns = found["queue"].map({name: index for index, name in enumerate(names)}).to_numpy(dtype=int)
    counts = np.zeros((quarters, len(names)))
    counts[rows, columns] = found[counted(integration.counting)]
    return counts


def _coverage(
    counts: np.ndarray,
    names: list[str],
    start: datetime,
    *,
    begins: datetime | None,
    gaps: Sequence[Incident],
    now: datetime,
) -> tuple[np.ndarray, np.ndarray]:
    """Return which quarter hours have data, and which have none because the connection was broken."""
    step = QUARTER_HOUR.total_seconds()
    opens = np.arange(len(counts)) * step

    def offset(at: datetime) -> float:
        return (at - start).total_seconds()

    begun = np.zeros(len(counts), bool) if begins is None else opens + step > offset(begins)
    running = begun & (opens <= offset(now))
    known = np.repeat(running[:, None], len(names), axis=1) | (counts > 0)
    broken = np.zeros_like(known)
    for gap in gaps:
        inside = (opens + step > offset(gap.opened_at)) & (opens < offset(gap.closed_at or now))
        for column, name in enumerate(names):
            if not gap.queues or name in gap.queues:
                broken[:, column] |= inside & running & (counts[:, column] == 0)
    return known & ~broken, broken


def begins_at(database: Database, integration: Integration) -> datetime | None:
    """Return when the integration's data begins: its first contact, or the first event of any kind."""
    totals = activity_totals(database, integration.integration_id)
    return data_begins_at(totals, stored_contacts.latest(database, integration.integration_id))
