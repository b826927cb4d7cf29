"""The failures that the real recordings contain, found as the replay finds them, and when."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from bench.alarms import Alarm
from bench.streams import (
    BRAZIL_CLOSED,
    GROUP_64_GONE,
    NEW_YORK,
    SAO_PAULO,
    TWEETS_LOST,
    US_CLOSED,
    UTC_ZONE,
    available,
    bank,
    help_desk,
    tweets,
)
from bench.walk import walk


def main(quick: bool = False) -> None:  # noqa: ARG001 - one signature for all benchmarks
    """Print every alarm of the three recordings, the natural failures marked."""
    if not available():
        print("skipped: the real streams are not in ../shared/arrivals")
        return
    lost = TWEETS_LOST, pd.Timestamp("2017-11-20", tz="UTC").to_pydatetime()
    _show("spotify", walk(tweets(), zone=UTC_ZONE).alarms, UTC_ZONE, [(*lost, None)])
    gaps = [(start, end, None) for start, end in bank().broken]
    _show("bank", walk(bank().healthy, zone=NEW_YORK, holidays=US_CLOSED).alarms, NEW_YORK, gaps)
    gone = GROUP_64_GONE, pd.Timestamp("2016-06-01", tz="UTC").to_pydatetime(), "64"
    _show(
        "help desk and its groups",
        walk(help_desk(), zone=SAO_PAULO, holidays=BRAZIL_CLOSED).alarms,
        SAO_PAULO,
        [gone],
    )


def _show(
    name: str, alarms: list[Alarm], zone: ZoneInfo, failures: Sequence[tuple[datetime, datetime, str | None]]
) -> None:
    print(f"\n{name} (local times)")
    for start, end, queue in failures:
        found = [alarm for alarm in alarms if start <= alarm.at < end and alarm.queue == queue]
        what = f"queue {queue}" if queue else "all"
        print(f"  failure of {what} from {start:%Y-%m-%d %H:%M}: " + ("found" if found else "NOT found"))
    for alarm in alarms:
        known = any(start <= alarm.at < end and alarm.queue == queue for start, end, queue in failures)
        print(
            f"  {'failure' if known else '       '} {alarm.at.astimezone(zone):%Y-%m-%d %H:%M}"
            f"  {alarm.queue or 'total':<6} {alarm.kind:<13} since {alarm.since.astimezone(zone):%m-%d %H:%M}"
            f"  expected {alarm.expected:.0f}, got {alarm.received}"
        )
