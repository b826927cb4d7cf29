"""Eight weeks after a change of daylight saving time: no alarm may come from the shift."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from bench.made_up import MadeUp, counts
from bench.streams import NEW_YORK, US_CLOSED, available, bank
from bench.walk import walk
from services.detector.grid import quarter

AFTER = timedelta(weeks=8)
BEFORE = timedelta(weeks=9)
CHANGES = {"spring": datetime(2025, 3, 30, tzinfo=UTC), "autumn": datetime(2025, 10, 26, tzinfo=UTC)}
RATES = (1.0, 10.0, 60.0, 400.0)
SPRING_2003 = datetime(2003, 4, 6, tzinfo=NEW_YORK)


def main(quick: bool = False) -> None:
    """Print the alarms after the changes, beside those of a detector that thinks in UTC."""
    seeds = 1 if quick else 2
    print("alarms in the eight weeks after a change; the second column learns by the UTC hour of the week")
    for name, change in CHANGES.items():
        first = quarter(change - BEFORE)
        days = (BEFORE + AFTER).days
        series = [counts(MadeUp(rate), days, seed, first) for rate in RATES for seed in range(seeds)]
        local = sum(_after(one, change, ZoneInfo("Europe/Berlin")) for one in series)
        naive = sum(_after(one, change, ZoneInfo("UTC")) for one in series)
        print(f"{name}, {len(series)} made-up streams: {local:>3} by local time, {naive:>3} by UTC")
    if not available():
        print("bank, April 2003: skipped, ../shared/arrivals is not there")
        return
    stream = bank()
    found = [
        alarm
        for alarm in walk(stream.healthy, zone=NEW_YORK, holidays=US_CLOSED).alarms
        if SPRING_2003 <= alarm.at < SPRING_2003 + AFTER and not stream.is_broken(alarm.at)
    ]
    print(f"bank, April 2003: {len(found)} by local time (missing days apart)")


def _after(series: pd.DataFrame, change: datetime, zone: ZoneInfo) -> int:
    return sum(change <= alarm.at < change + AFTER for alarm in walk(series, zone=zone).alarms)
