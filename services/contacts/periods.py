"""The days, weeks, months, years and free spans that a reader steps through, and what each is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from services.intervals import local_day, midnight

View = Literal["day", "week", "month", "year", "range"]
VIEWS: tuple[View, ...] = ("day", "week", "month", "year", "range")
Against = Literal["usual", "before", "year", "nothing"]
"""What a period is held against: the usual, the period before, the same weekdays a year before, or nothing."""

INTERVALS_OF: dict[View, tuple[str, ...]] = {
    "day": ("15m", "30m", "60m"),
    "week": ("60m", "15m", "30m", "1d"),
    "month": ("1d", "1w"),
    "year": ("1w", "1d", "1mo"),
}
"""Which intervals a view offers, its usual one first: by interval only up to a week, as planners know it."""

LONGEST_DAYS = 400
"""Of a free span: a year, and what stands at its edges."""

FINE_DAYS, FEW_DAYS, MANY_DAYS = 2, 8, 62
WEEKDAYS_COMPARED = 6
A_YEAR = timedelta(weeks=52)
"""So that weekdays meet."""


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``first`` to before ``after``.

    One day, a week from Monday, a calendar month, a calendar year, or any days in a row (``range``).
    """

    view: View
    first: date
    after: date

    @classmethod
    def around(cls, view: View, day: date) -> Self:
        """Return the period of this kind that holds the day; a range of that day alone."""
        if view == "week":
            monday = day - timedelta(days=day.weekday())
            return cls(view, monday, monday + timedelta(days=7))
        if view == "month":
            first = day.replace(day=1)
            return cls(view, first, (first + timedelta(days=31)).replace(day=1))
        if view == "year":
            return cls(view, date(day.year, 1, 1), date(day.year + 1, 1, 1))
        return cls(view, day, day + timedelta(days=1))

    @classmethod
    def between(cls, first: date, last: date) -> Self:
        """Return the range of these days, in whichever order they are given; too long a one loses its beginning."""
        first, last = sorted((first, last))
        return cls("range", max(first, last - timedelta(days=LONGEST_DAYS - 1)), last + timedelta(days=1))

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.after - self.first).days

    @property
    def intervals(self) -> tuple[str, ...]:
        """Which intervals it is shown by, its usual one first."""
        if self.view != "range":
            return INTERVALS_OF[self.view]
        if self.days <= FINE_DAYS:
            return INTERVALS_OF["day"]
        if self.days <= FEW_DAYS:
            return INTERVALS_OF["week"]
        return ("1d", "1w") if self.days <= MANY_DAYS else ("1w", "1d", "1mo")

    @property
    def choices(self) -> tuple[Against, ...]:
        """What it can be held against, the usual choice first: the usual week says nothing about seasons."""
        if self.days > MANY_DAYS:
            return ("year", "nothing") if self.view == "year" else ("year", "before", "nothing")
        return "usual", "before", "year", "nothing"

    def step(self, steps: int) -> Self:
        """Return the period that lies so many steps later; earlier when negative."""
        if self.view == "range":
            way = timedelta(days=steps * self.days)
            return replace(self, first=self.first + way, after=self.after + way)
        period = self
        for _ in range(abs(steps)):
            period = self.around(self.view, period.after if steps > 0 else period.first - timedelta(days=1))
        return period

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instants (UTC) between which the period lies."""
        return midnight(self.first, zone), midnight(self.after, zone)

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        return self.first <= local_day(at, zone) < self.after

    def compared_with(self, against: Against | None = None) -> "Sequence[Period]":
        """Return the earlier periods that it is held against, the nearest first; its usual choice for None.

        What is usual is read from the six weeks before: of a day from the same weekday, else from each weekday.
        """
        chosen = against or self.choices[0]
        if chosen == "nothing":
            return []
        if chosen == "year":
            return [self._earlier(A_YEAR)]
        if chosen == "before":
            return [self._earlier(timedelta(weeks=4 if self.view == "month" else -(-self.days // 7)))]
        weeks = (timedelta(weeks=count) for count in range(1, WEEKDAYS_COMPARED + 1))
        length = timedelta(days=1 if self.days == 1 else 7)
        firsts = [self.first - back for back in weeks]
        return [Period("day" if self.days == 1 else "range", first, first + length) for first in firsts]

    def _earlier(self, back: timedelta) -> "Period":
        return replace(self, first=self.first - back, after=self.after - back)


def today_in(zone: ZoneInfo, now: datetime) -> date:
    return local_day(now, zone)
