"""Intervals of local time: a day has 92, 96 or 100 quarter hours.

Hours and half hours are cut where the local clock shows full ones, and where it is put forward or back: an interval
lasts as long as it says, or shorter beside a change of the clock that is no multiple of it (Lord Howe's half hour).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUARTER_HOUR = timedelta(minutes=15)
LONGEST_INTERVAL = timedelta(days=3)
"""No interval is longer: a local day lasts up to 26 hours, and one may be skipped altogether."""
USUAL_DAY = timedelta(days=1)
INTERVALS: dict[str, timedelta | None] = {
    "15m": timedelta(minutes=15),
    "30m": timedelta(minutes=30),
    "60m": timedelta(minutes=60),
    "1d": None,  # a local day has no fixed length
}


def full_minute(at: datetime) -> datetime:
    """Return the full minute that an instant lies in."""
    return at.replace(second=0, microsecond=0)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which the local day begins; where midnight is skipped, its first moment."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def interval_starts(start: datetime, end: datetime, interval: str, zone: ZoneInfo) -> list[datetime]:
    """Return the starts (UTC) of the intervals that begin from ``start`` to before ``end``, in order."""
    return [at for at in _starts(local_day(start, zone), end, INTERVALS[interval], zone) if start <= at < end]


def interval_end(start: datetime, interval: str, zone: ZoneInfo) -> datetime:
    """Return where the interval that begins at ``start`` (UTC) ends, and the next one begins."""
    return interval_starts(start, start + LONGEST_INTERVAL, interval, zone)[1]


def _starts(day: date, end: datetime, step: timedelta | None, zone: ZoneInfo) -> Iterator[datetime]:
    begin = midnight(day, zone)
    while begin < end:
        day += timedelta(days=1)
        next_begin = midnight(day, zone)
        if step is None:
            yield from [begin] if begin < next_begin else []
        elif next_begin - begin == USUAL_DAY:
            yield from (begin + count * step for count in range(USUAL_DAY // step))
        else:
            yield from _cut(begin, next_begin, step, zone)
        begin = next_begin


def _cut(begin: datetime, end: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the quarter hours at which the clock shows another multiple of ``step`` than before, or was changed."""
    before = None
    for count in range((end - begin) // QUARTER_HOUR):
        at = begin + count * QUARTER_HOUR
        local = at.astimezone(zone)
        since_midnight = timedelta(hours=local.hour, minutes=local.minute)
        if (now := (since_midnight // step, local.utcoffset())) != before:
            yield at
        before = now
