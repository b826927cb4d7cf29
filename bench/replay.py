"""Walk through a recorded history as if it were live, and print one JSON line per alarm.

    python -m bench.replay FILE --time-zone ZONE [--queue-column C] [--holidays CC] [--promise 1]

FILE is a CSV of events (``ts[,queue]``) or of counts (``ts,n[,queue]``), columns in any order. Stamps are
local times of the zone, or instants when they carry an offset or a Z. Exit code 2: the input is unusable.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays as calendars
import pandas as pd

from bench.alarms import Alarm
from bench.recordings import UnusableInput, read_counts
from bench.walk import Walk, walk


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    try:
        zone = _zone(options.time_zone)
        counts = read_counts(options.file, zone, options.queue_column)
        closed = _holidays(options.holidays, counts, zone)
    except UnusableInput as problem:
        print(f"replay: {problem}", file=sys.stderr)
        return 2
    seen = walk(counts, zone=zone, holidays=closed, promise=options.promise)
    for alarm in seen.alarms:
        print(json.dumps(_line(alarm), ensure_ascii=False))
    print(json.dumps(_totals(counts, seen, options.promise)))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description="Replay a recorded history.")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV of events (ts) or counts (ts,n)")
    parser.add_argument("--time-zone", required=True, metavar="ZONE", help="IANA zone, e.g. Europe/Berlin")
    parser.add_argument("--queue-column", metavar="C", help="the column that names the source queue")
    parser.add_argument("--holidays", metavar="CC", help="country or country-region, e.g. DE-BY")
    parser.add_argument("--promise", type=_promise, default=1.0, help="false alarms per quarter (1)")
    return parser.parse_args(arguments)


def _promise(text: str) -> float:
    promise = float(text)
    if not 0 < promise <= 1000:
        raise argparse.ArgumentTypeError("must lie above 0 and not above 1000")
    return promise


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnusableInput(f"unknown time zone {name!r}") from error


def _holidays(place: str | None, counts: pd.DataFrame, zone: ZoneInfo) -> frozenset[date]:
    if place is None or counts.empty:
        return frozenset()
    country, _, region = place.partition("-")
    local = pd.DatetimeIndex(counts["interval_start"]).tz_convert(zone)
    years = range(local.min().year, local.max().year + 1)
    try:
        return frozenset(calendars.country_holidays(country, subdiv=region or None, years=years))
    except NotImplementedError as error:
        raise UnusableInput(f"no holidays known for {place!r}") from error


def _line(alarm: Alarm) -> dict[str, object]:
    return {
        "at": alarm.at.isoformat(),
        "queue": alarm.queue,
        "kind": alarm.kind,
        "since": alarm.since.isoformat(timespec="seconds"),
        "expected": round(alarm.expected, 1),
        "received": alarm.received,
        "once_in_weeks": round(alarm.once_in_weeks, 1),
    }


def _totals(counts: pd.DataFrame, seen: Walk, promise: float) -> dict[str, object]:
    kinds = [alarm.kind for alarm in seen.alarms]
    return {
        "alarms": len(kinds),
        "silence": kinds.count("silence"),
        "partial_loss": kinds.count("partial_loss"),
        "contacts": int(counts["contacts"].sum()),
        "queues": int(counts["queue"].nunique()),
        "days_watched": seen.days,
        "promised_false_alarms": round(promise * seen.days / 91.3125, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
