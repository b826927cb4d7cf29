"""The first fourteen days of a stream: false alarms from the third day on, and how soon an outage is told.

Every real stream is cut at many starting points, as if it were connected there; each piece is a history of
its own. Promised: one false alarm in 91 such days per integration.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from bench.silence import CLASSES
from bench.streams import Stream, all_streams, available
from bench.walk import walk

FIRST_DAYS = 14
STOPS = (2.5, 4.5, 8.5, 12.5)
"""Days after the connection at which everything stops."""

WAIT = timedelta(days=4)
EVERY = timedelta(days=2, hours=5)
"""Between two starting points: at all hours of the day."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The counts of the first two weeks, and of the days in which an outage may be told."""

    counts: pd.DataFrame
    start: pd.Timestamp


def main(quick: bool = False) -> None:
    """Print the table."""
    if not available():
        print("skipped: the real streams are not in ../shared/arrivals")
        return
    print("delay: median hours of a silence that begins while contacts are due (share told within four days)")
    stops = "".join(f"{f'day {stop:g}':>16}" for stop in STOPS)
    print(f"{'stream':<16}{'starts':>7}{'days':>7}{'false alarms':>14}{stops}")
    alarms: dict[str, int] = defaultdict(int)
    days: dict[str, int] = defaultdict(int)
    for stream in all_streams():
        pieces = list(_pieces(stream, EVERY * (3 if quick else 1)))
        false = sum(_false_alarms(stream, piece) for piece in pieces)
        told = [_told(stream, pieces[:: 1 if quick else 3], stop) for stop in STOPS]
        watched = len(pieces) * FIRST_DAYS
        print(f"{stream.name:<16}{len(pieces):>7}{watched:>7}{false:>14}" + "".join(told), flush=True)
        rate = stream.healthy["contacts"].sum() / _length(stream) / 24
        name = next(name for name, least in CLASSES if rate >= least)
        alarms[name] += false
        days[name] += watched
    for name, total in days.items():
        print(f"{name:<8}{alarms[name]:>4} false alarms in {total} days, promised {total / 91:.1f}")
    print(f"in total {sum(alarms.values())}, promised {sum(days.values()) / 91:.1f}")


def _length(stream: Stream) -> float:
    starts = stream.healthy["interval_start"]
    return float((starts.max() - starts.min()) / timedelta(days=1))


def _pieces(stream: Stream, every: timedelta) -> Iterator[Piece]:
    starts = stream.healthy["interval_start"]
    start, last = starts.min(), starts.max() - timedelta(days=FIRST_DAYS)
    while start <= last:
        inside = (starts >= start) & (starts < start + timedelta(days=FIRST_DAYS))
        yield Piece(stream.healthy[inside].reset_index(drop=True), start)
        start += every


def _false_alarms(stream: Stream, piece: Piece) -> int:
    seen = walk(piece.counts, zone=stream.zone, holidays=stream.holidays)
    return sum(not stream.is_broken(alarm.at) for alarm in seen.alarms)


def _told(stream: Stream, pieces: list[Piece], day: float) -> str:
    """Return the median delay of an outage that begins on a day of the pieces, while contacts are due."""
    delays = []
    for piece in pieces:
        stop = piece.start + timedelta(days=day)
        before = piece.counts[piece.counts["interval_start"] < stop]
        hour = before["interval_start"] >= stop - timedelta(hours=1)
        if not hour.any() or stream.is_broken(stop):
            continue
        # A single contact long after it makes the walk go on through the outage.
        end = pd.DataFrame({"queue": "all", "interval_start": [stop + WAIT], "contacts": [1]})
        alarms = walk(pd.concat([before, end]), zone=stream.zone, holidays=stream.holidays).alarms
        after = [(alarm.at - stop).total_seconds() / 3600 for alarm in alarms if alarm.at >= stop]
        delays.append(after[0] if after else np.inf)
    if not delays:
        return f"{'-':>16}"
    middle = float(np.median(delays))
    shown = f"{middle:.2f}" if np.isfinite(middle) else "-"
    return f"{shown + f' ({np.mean(np.isfinite(delays)):.2f})':>16}"
