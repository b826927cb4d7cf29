"""When chats are resolved in a German contact centre: pure, and the same for the same seed and day."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Berlin")
QUARTERS = 96
WEEKDAYS = (1.1, 1.04, 1.0, 0.98, 0.88, 0.33, 0.02)
HOURS = (
    0.012, 0.006, 0.004, 0.004, 0.006, 0.012, 0.04, 0.2, 0.72, 1.02, 1.16, 1.1,
    0.74, 0.7, 0.96, 1.02, 0.96, 0.82, 0.62, 0.4, 0.1, 0.05, 0.03, 0.02,
)  # fmt: skip
HOLIDAY_SHARE = 0.1
SPREAD_OF_DAYS = 40.0
SPREAD_OF_QUARTERS = 8.0
SHORTEST = timedelta(minutes=3)
LONGEST = timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Planned:
    """A chat that will be opened and resolved; ``group`` counts the account's groups, None is no group."""

    opened_at: datetime
    resolved_at: datetime
    group: int | None


def weights() -> list[float]:
    """Return the share of each of the 96 quarters of a day; they add up to 1."""
    raw = []
    for quarter in range(QUARTERS):
        hour = (quarter - 1.5) / 4  # the middle of the quarter, seen from the middle of an hour
        low, part = math.floor(hour), hour - math.floor(hour)
        raw.append(HOURS[low % 24] * (1 - part) + HOURS[(low + 1) % 24] * part)
    return [value / sum(raw) for value in raw]


def plan_day(
    day: date, *, seed: int, per_day: float, shares: Sequence[float], shift: timedelta = timedelta(0)
) -> list[Planned]:
    """Plan every chat resolved on a local day, in no order.

    ``per_day`` is the mean of a Wednesday, ``shares`` belong to the groups in turn, the last to chats without
    group. Counts are over-dispersed: gamma factors per group and day, and per quarter, over a Poisson draw.
    ``shift`` moves the whole rhythm: with 2 hours the contact centre opens two hours earlier.
    """
    rng = random.Random(f"{seed} {day}")
    volume = per_day * WEEKDAYS[day.weekday()] * (HOLIDAY_SHARE if is_holiday(day) else 1.0)
    plan: list[Planned] = []
    for index, share in enumerate(shares):
        group = index if index < len(shares) - 1 else None
        expected = volume * share * rng.gammavariate(SPREAD_OF_DAYS, 1 / SPREAD_OF_DAYS)
        for quarter, weight in enumerate(weights()):
            mean = expected * weight * rng.gammavariate(SPREAD_OF_QUARTERS, 1 / SPREAD_OF_QUARTERS)
            begin = datetime.combine(day, time(quarter // 4, quarter % 4 * 15), ZONE).astimezone(UTC) - shift
            for _ in range(_poisson(rng, mean)):
                resolved_at = begin + timedelta(milliseconds=rng.randrange(900_000))
                plan.append(Planned(resolved_at - _duration(rng), resolved_at, group))
    return plan


def is_holiday(day: date) -> bool:
    return day in _holidays()


def shift_into_business(now: datetime) -> timedelta:
    """Return by how much the rhythm must move so that now is a working day between nine and four."""
    local = now.astimezone(ZONE)
    wanted = local
    if not 9 <= local.hour < 16:
        wanted = local.replace(hour=10, minute=30)
    while wanted.weekday() >= 5 or is_holiday(wanted.date()):
        wanted += timedelta(days=1)
    return timedelta(seconds=round((wanted - local).total_seconds()))


def _holidays() -> holidays.HolidayBase:
    global _known  # one calendar for the life of the process: building it costs more than a look-up
    if _known is None:
        _known = holidays.country_holidays("DE", subdiv="BY")
    return _known


_known: holidays.HolidayBase | None = None


def _duration(rng: random.Random) -> timedelta:
    if rng.random() < 0.03:  # answered on one day, resolved on the next
        return timedelta(minutes=rng.uniform(18 * 60, 28 * 60))
    duration = timedelta(minutes=rng.lognormvariate(math.log(11), 0.8))
    return min(max(duration, SHORTEST), LONGEST)


def _poisson(rng: random.Random, mean: float) -> int:
    """Knuth's method: the means here are small."""
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
