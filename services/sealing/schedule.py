"""When a local day is compared with Freshchat: soon after it ended, and again while Freshchat's own figures may grow.

Pure: the same seals and the same moment give the same answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.seals import Seal

IN_FLIGHT = timedelta(minutes=5)
"""What was resolved this lately may still be on its way to us."""
AFTER_THE_DAY = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=25))
"""When a day that is over is compared, whatever came of it: reports of a day still grow for about a day."""
AFTER_A_REPORT = timedelta(minutes=2)
"""When a day is compared after a report of it was ordered; while the report is being made, it waits."""
BETWEEN_REPORTS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long a difference rests after a report that did not end it; the last one is repeated."""
MOST_REPORTS = 10
OLD = timedelta(days=3)
PACE_OF_OLD_DAYS = timedelta(minutes=1)
AFTER_TROUBLE = timedelta(minutes=10)
STILL_GROWING = timedelta(days=8)
"""How long a day of which we have more than Freshchat is looked at again."""


@dataclass(frozen=True, slots=True)
class Day:
    """One local day between two instants (UTC)."""

    date: date
    start: datetime
    end: datetime


def next_day(
    days: Sequence[Day], seals: Mapping[date, Seal], busy: Sequence[tuple[datetime, datetime]], now: datetime
) -> Day | None:
    """Return the day to compare now, the newest that is due; None while none is.

    ``busy``: spans that are being fetched, of which nothing is compared until they are done.
    """
    compared = [seal.compared_at for seal in seals.values() if seal.compared_at is not None]
    rested = not compared or now - max(compared) >= PACE_OF_OLD_DAYS
    for day in sorted(days, key=lambda day: day.start, reverse=True):
        if now - day.end > OLD and not rested:
            return None
        fetching = any(start < day.end and end > day.start for start, end in busy)
        if not fetching and is_due(day, seals.get(day.date), now):
            return day
    return None


def is_due(day: Day, seal: Seal | None, now: datetime) -> bool:
    """Tell whether the day is to be compared now."""
    if seal is None:
        return now >= min(day.start + IN_FLIGHT, day.end) + IN_FLIGHT
    return seal.next_at is not None and seal.next_at <= now


def rest_after(reports: int) -> timedelta:
    """Return how long a difference rests that so many reports did not end, one at least."""
    return BETWEEN_REPORTS[min(reports, len(BETWEEN_REPORTS)) - 1]


def next_at(day: Day, seal: Seal, now: datetime, every: timedelta) -> datetime | None:
    """Return when the day is compared next after ``seal`` was found now. ``every``: while the day goes on."""
    if now < day.end + AFTER_THE_DAY[0]:
        pause = every if seal.proven else min(every, IN_FLIGHT)
        return min(now + pause, day.end + AFTER_THE_DAY[0])
    if seal.state == "not_compared":
        return now + AFTER_TROUBLE
    again = next((day.end + later for later in AFTER_THE_DAY if day.end + later > now), None)
    if seal.state in ("equal", "fetched"):
        return again
    if seal.reason == "fetching":
        return now + AFTER_A_REPORT
    if seal.reason == "report_lacks":
        if seal.tries >= MOST_REPORTS:
            return again
        return now + rest_after(seal.tries)
    return again or (now + timedelta(days=1) if now - day.end < STILL_GROWING else None)
