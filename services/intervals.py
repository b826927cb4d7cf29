"""Intervals of local time: a day has 92, 96 or 100 quarter hours.

Steps are made in UTC from each local midnight, so an interval always lasts as long as it says, except the
last one of a day whose length is not a multiple of it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUARTER_HOUR = timedelta(minutes=15)
INTERVALS: dict[str, timedelta | None] = {
    "15m": timedelta(minutes=15),
    "30m": timedelta(minutes=30),
    "60m": timedelta(minutes=60),
    "1d": None,  # a local day has no fixed length
}


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which the local day begins; where midnight is skipped, its first moment."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def interval_starts(start: datetime, end: datetime, interval: str, zone: ZoneInfo) -> list[datetime]:
    """Return the starts (UTC) of the intervals that begin from ``start`` to before ``end``, in order."""
    return [at for at in _starts(local_day(start, zone), end, INTERVALS[interval], zone) if start <= at < end]


def _starts(day: date, end: datetime, step: timedelta | None, zone: ZoneInfo) -> Iterator[datetime]:
    begin = midnight(day, zone)
    while begin < end:
        day += timedelta(days=1)
        next_begin = midnight(day, zone)
        at = begin
        while at < next_begin:
            yield at
            at = next_begin if step is None else at + step
        begin = next_begin
