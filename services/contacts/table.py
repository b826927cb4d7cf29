"""Contacts per source queue and interval, as charts, exports and other programs read them.

Zero and "no data" are two different answers: an interval is without data before the first event, in the
future, and where the connection was broken and nothing of it has been recovered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from data import contacts as stored_contacts
from data import watch
from data.activity import activity_totals
from data.integrations import Counting, Integration
from data.turn import Reads
from data.watch import Incident
from services.causes import OUR_OWN
from services.connection import data_begins_at
from services.contacts.tally import Tally
from services.intervals import QUARTER_HOUR, interval_end, interval_starts
from services.runs import runs

MOST_DAYS = 500
MOST_COUNTS = 1_000_000
NO_DATA = np.nan
FINEST, BY_DAYS = "15m", "1d"


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
        names, contacts = [self.queues[column] for column in by_name], self.contacts[:, by_name]
        # Lists, not arrays: taking single values out of an array costs ten times as much.
        counts, unknown = np.nan_to_num(contacts).astype(int).tolist(), np.isnan(contacts).tolist()
        for at, row, without in zip(self.starts, counts, unknown, strict=True):
            start = at.isoformat()
            for name, count, no_data in zip(names, row, without, strict=True):
                yield start, name, None if no_data else count


def contact_table(
    tally: Tally, *, start: datetime, end: datetime, interval: str, queues: Sequence[str] = ()
) -> ContactTable:
    """Return the contacts of the intervals that begin from ``start`` to before ``end``.

    ``queues`` limits the answer to these; every known queue otherwise. Raises SpanTooLong.
    """
    if end - start > timedelta(days=MOST_DAYS):
        raise SpanTooLong(f"at most {MOST_DAYS} days at once")
    integration, zone = tally.integration, tally.integration.zone
    starts = interval_starts(start, end, interval, zone)
    names = [name for name in tally.names if not queues or name in queues]
    if len(starts) * len(names) > MOST_COUNTS:
        raise SpanTooLong(f"at most {MOST_COUNTS:,} counts at once: ask for fewer days, queues or intervals")
    contacts, incomplete = (
        _summed_up(tally, names, starts, interval)
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
    tally: Tally, names: list[str], starts: list[datetime], interval: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the contacts by interval and queue, and where some of an interval is without data."""
    integration = tally.integration
    now = min(tally.now, integration.paused_at or tally.now, integration.deleted_at or tally.now)
    borders = [*starts, interval_end(starts[-1], interval, integration.zone)]
    holes = unrecovered(watch.incidents(tally.store, integration.integration_id))
    holes = reaching(holes, borders[0], borders[-1], now)
    days = tally.days(starts, borders[-1]) if interval == BY_DAYS else None
    if days is None:
        return _by_quarter_hours(tally, names, borders, holes, now)
    running, buckets = _running_quarter_hours(tally, borders, now)
    counts = days[:, _columns(tally.names, names)]
    any_known = np.logical_or.reduceat(running, buckets)[:, None] | (counts > 0)
    contacts, incomplete = np.where(any_known, counts, NO_DATA), np.zeros_like(any_known)
    for first, after in _concerned(borders, holes, now):  # only there do the parts of a day matter
        span = borders[first : after + 1]
        contacts[first:after], incomplete[first:after] = _by_quarter_hours(tally, names, span, holes, now)
    return contacts, incomplete


def _by_quarter_hours(
    tally: Tally, names: list[str], borders: list[datetime], holes: Sequence[Incident], now: datetime
) -> tuple[np.ndarray, np.ndarray]:
    """Return the same for the intervals between these borders, added up from their quarter hours."""
    counts = tally.quarter_hours(borders[0], borders[-1])[:, _columns(tally.names, names)]
    running, buckets = _running_quarter_hours(tally, borders, now)
    if not holes:
        contacts = _added_up(counts, buckets)
        any_known = np.logical_or.reduceat(running, buckets)[:, None] | (contacts > 0)
        return np.where(any_known, contacts, NO_DATA), np.zeros_like(any_known)
    broken = _broken(counts, names, _opens(borders), running, borders[0], holes, now)
    known = (running[:, None] | (counts > 0)) & ~broken
    contacts = _added_up(np.where(known, counts, 0), buckets)
    any_known = np.logical_or.reduceat(known, buckets, axis=0)
    some_broken = np.logical_or.reduceat(broken, buckets, axis=0)
    return np.where(any_known, contacts, NO_DATA), some_broken & any_known


def _concerned(
    borders: Sequence[datetime], holes: Sequence[Incident], now: datetime
) -> list[tuple[int, int]]:
    """Return from which interval to before which a hole reaches into each."""
    return runs(np.array([bool(reaching(holes, start, end, now)) for start, end in pairwise(borders)]))


def _opens(borders: Sequence[datetime]) -> np.ndarray:
    """Return when each quarter hour between the first and the last border begins, in seconds after the first."""
    return np.arange((borders[-1] - borders[0]) // QUARTER_HOUR) * QUARTER_HOUR.total_seconds()


def _running_quarter_hours(
    tally: Tally, borders: Sequence[datetime], now: datetime
) -> tuple[np.ndarray, Sequence[int]]:
    """Return in which quarter hours data was running, and the place of each interval's first one."""
    opens, start = _opens(borders), borders[0]
    running = _running(opens, start, begins_at(tally.store, tally.integration), now)
    if tally.refusing_since is not None:
        running &= opens + QUARTER_HOUR.total_seconds() <= (tally.refusing_since - start).total_seconds()
    if len(running) == len(borders) - 1:
        return running, range(len(running))
    return running, [(at - borders[0]) // QUARTER_HOUR for at in borders[:-1]]


def _added_up(counts: np.ndarray, buckets: Sequence[int]) -> np.ndarray:
    """Return the sums of the quarter hours from each of these places to before the next."""
    return counts if len(buckets) == len(counts) else np.add.reduceat(counts, buckets, axis=0)


def _columns(known: Sequence[str], names: Sequence[str]) -> slice | list[int]:
    """Return the places of some names among all that are known, in the same order; all of them need no copy."""
    if len(names) == len(known):
        return slice(None)
    return [known.index(name) for name in names]


def unrecovered(incidents: Sequence[Incident]) -> list[Incident]:
    """Return the incidents that left holes in the counts."""
    return [incident for incident in incidents if not incident.recovered_at and not incident.false_alarm]


def not_watched(incidents: Sequence[Incident], start: datetime, end: datetime) -> list[Incident]:
    """Return the holes that reach into a span because we ourselves did not watch, the oldest first."""
    ours = [hole for hole in unrecovered(incidents) if hole.cause in OUR_OWN]
    return sorted(reaching(ours, start, end, end), key=lambda hole: hole.opened_at)


def reaching(holes: Sequence[Incident], start: datetime, end: datetime, now: datetime) -> list[Incident]:
    """Return the holes that reach into a span."""
    return [hole for hole in holes if hole.reaches_into(start, end, now)]


def _running(opens: np.ndarray, start: datetime, begins: datetime | None, now: datetime) -> np.ndarray:
    """Return in which quarter hours data had begun and was not to come yet. ``opens``: seconds after ``start``."""
    if begins is None:
        return np.zeros(len(opens), dtype=bool)
    begun = opens + QUARTER_HOUR.total_seconds() > (begins - start).total_seconds()
    return np.asarray(begun & (opens <= (now - start).total_seconds()))


def _broken(
    counts: np.ndarray,
    names: list[str],
    opens: np.ndarray,
    running: np.ndarray,
    start: datetime,
    holes: Sequence[Incident],
    now: datetime,
) -> np.ndarray:
    """Return which quarter hours of which queue have no data because the connection was broken."""
    broken = np.zeros(counts.shape, dtype=bool)
    for gap in holes:
        opened, closed = ((at - start).total_seconds() for at in (gap.opened_at, gap.closed_at or now))
        inside = running & (opens + QUARTER_HOUR.total_seconds() > opened) & (opens < closed)
        concerned = [not gap.queues or name in gap.queues for name in names]
        broken |= inside[:, None] & np.array(concerned)[None, :] & (counts == 0)
    return broken


def begins_at(store: Reads, integration: Integration) -> datetime | None:
    """Return when the integration's data begins: its first contact, or the first event of any kind."""
    totals = activity_totals(store, integration.integration_id)
    return data_begins_at(totals, stored_contacts.latest(store, integration.integration_id))
