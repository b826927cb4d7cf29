"""The real streams of ../shared/arrivals, with thinned copies of them for low rates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bench.recordings import read_counts
from services.detector.grid import quarter

ARRIVALS = Path(__file__).parents[2] / "shared" / "arrivals"
BANK = ARRIVALS / "bank_calls_5min.csv"
HELP_DESK = ARRIVALS / "itsm_servicenow_incidents_events.csv"
TWEETS = ARRIVALS / "spotify_support_tweets_events.csv"
NEW_YORK, SAO_PAULO, UTC_ZONE = ZoneInfo("America/New_York"), ZoneInfo("America/Sao_Paulo"), ZoneInfo("UTC")

US_CLOSED = (date(2003, 5, 26), date(2003, 7, 4), date(2003, 9, 1))
BRAZIL_CLOSED = (
    date(2016, 3, 25),
    date(2016, 4, 21),
    date(2016, 4, 22),
    date(2016, 5, 26),
    date(2016, 5, 27),
)
BUSY_GROUPS = ("70", "none", "25", "39", "24", "23", "64", "73", "28", "27")
DENSE_UNTIL = datetime(2016, 6, 1, tzinfo=SAO_PAULO)
GROUP_64_GONE = datetime(2016, 5, 20, tzinfo=SAO_PAULO)
TWEETS_LOST = datetime(2017, 11, 18, tzinfo=UTC)
AFTERMATH = timedelta(hours=12)

BANK_GAPS = tuple(
    (start.replace(tzinfo=NEW_YORK), end.replace(tzinfo=NEW_YORK))
    for start, end in (
        (datetime(2003, 4, 4), datetime(2003, 4, 8)),  # noqa: DTZ001 - the zone follows
        (datetime(2003, 10, 14), datetime(2003, 10, 15)),  # noqa: DTZ001
    )
)
"""Working days of the bank that are missing from the recording altogether."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A series that is watched as an integration of its own. ``healthy``: its counts (queue,
    interval_start in UTC, contacts) up to its natural failure, if it has one; ``broken``: gaps inside."""

    name: str
    zone: ZoneInfo
    healthy: pd.DataFrame
    holidays: tuple[date, ...] = ()
    broken: tuple[tuple[datetime, datetime], ...] = ()

    def is_broken(self, at: datetime) -> bool:
        """Whether an alarm at this time is the truth."""
        return any(start <= at < end + AFTERMATH for start, end in self.broken)

    def broken_quarters(self) -> list[tuple[int, int]]:
        return [(quarter(start), quarter(end)) for start, end in self.broken]

    def thinned(self, one_in: int) -> "Stream":
        """Keep each contact with the chance 1 / ``one_in`` (fixed seed)."""
        rng = np.random.default_rng(one_in)
        kept = rng.binomial(self.healthy["contacts"].to_numpy(dtype=int), 1 / one_in)
        counts = self.healthy.assign(contacts=kept)[kept > 0].reset_index(drop=True)
        return Stream(f"{self.name} / {one_in}", self.zone, counts, self.holidays, self.broken)


def available() -> bool:
    return all(path.is_file() for path in (BANK, HELP_DESK, TWEETS))


def bank() -> Stream:
    return Stream("bank", NEW_YORK, read_counts(BANK, NEW_YORK, None), US_CLOSED, BANK_GAPS)


def help_desk() -> pd.DataFrame:
    """Return the dense thirteen weeks of the help desk by group."""
    counts = read_counts(HELP_DESK, SAO_PAULO, "queue")
    return _before(counts, DENSE_UNTIL)


def tweets() -> pd.DataFrame:
    return read_counts(TWEETS, UTC_ZONE, None)


def all_streams() -> Iterator[Stream]:
    """Yield every stream that is watched alone."""
    calls = bank()
    yield calls
    for one_in in (10, 30, 100, 300, 1000, 3000):
        yield calls.thinned(one_in)
    groups = help_desk()
    everything = groups.groupby("interval_start", as_index=False)["contacts"].sum().assign(queue="all")
    total = Stream("help desk", SAO_PAULO, everything, BRAZIL_CLOSED)
    yield total
    for one_in in (4, 20):
        yield total.thinned(one_in)
    for group in BUSY_GROUPS:
        counts = groups[groups["queue"] == group].reset_index(drop=True)
        healthy = _before(counts, GROUP_64_GONE) if group == "64" else counts
        yield Stream(f"group {group}", SAO_PAULO, healthy, BRAZIL_CLOSED)
    messages = Stream("spotify", UTC_ZONE, _before(tweets(), TWEETS_LOST))
    yield messages
    for one_in in (3, 10, 40):
        yield messages.thinned(one_in)


def _before(counts: pd.DataFrame, end: datetime) -> pd.DataFrame:
    return counts[counts["interval_start"] < end].reset_index(drop=True)
