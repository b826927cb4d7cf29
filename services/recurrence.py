"""When closings that recur fall, and the half days that a country is known for though no law names them. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays as calendars

from data.calendar import ClosedRule

DAY_ENDS = "24:00"
EVES = ("12-24", "12-31")
"""Half days in practice where Christmas is kept in December, and in none of these countries by law."""

EVES_IN = frozenset(
    {"AT", "BE", "CH", "DE", "FR", "GB", "IE", "IT", "LI", "LU", "NL", "PT", "ES", "US", "CA"}
)


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A half day that is offered. ``yearly``: it is on the same date in every year."""

    day: date
    yearly: bool
    name: str


def half_days(region: str | None, first: date, last: date) -> list[HalfDay]:
    """Return the half days of a country or region from ``first`` to ``last``, both included, in order.

    Those that the law names (of Greece, Turkey and others), and where it names none the eves of Christmas
    and New Year, unless they are holidays anyway.
    """
    if region is None:
        return []
    country, _, subdivision = region.partition("-")
    years = range(first.year, last.year + 1)
    of_law = _of_law(country, subdivision or None, years)
    public = calendars.country_holidays(country, subdiv=subdivision or None, years=years)
    found = {day: HalfDay(day, yearly=False, name=name) for day, name in of_law.items()}
    if country in EVES_IN:
        for day in (date(year, *map(int, eve.split("-"))) for year in years for eve in EVES):
            found.setdefault(day, HalfDay(day, yearly=True, name=""))
    return [found[day] for day in sorted(found) if first <= day <= last and day not in public]


def _of_law(country: str, subdivision: str | None, years: range) -> dict[date, str]:
    if "half_day" not in calendars.country_holidays(country).supported_categories:
        return {}
    return dict(
        calendars.country_holidays(country, subdiv=subdivision, years=years, categories=("half_day",))
    )


def occurrences(rule: ClosedRule, zone: ZoneInfo, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Return the spans (UTC) of a rule that begin on the local days from ``first`` to ``last``."""
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    return [span_of(day, rule.starts, rule.ends, zone) for day in days if _falls_on(rule, day)]


def _falls_on(rule: ClosedRule, day: date) -> bool:
    return f"{day:%m-%d}" == rule.day if rule.repeats == "yearly" else str(day.isoweekday()) == rule.day


def span_of(day: date, starts: str, ends: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    next_day = day + timedelta(days=1)
    return clock_at(day, starts, zone), clock_at(day if ends > starts else next_day, ends, zone)


def clock_at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == DAY_ENDS:
        day, clock = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)
