"""Read recorded events or counts from a CSV file as counts per queue and UTC quarter hour."""

from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from services.detector.grid import QUARTER_SECONDS, Bools, Floats, Ints

WHOLE = "all"
"""The queue of a recording without queues."""

LONGEST_INTERVAL = 3600
"""In seconds."""

HEADER_LINES = 1
MOST_CONTACTS = 10**9
"""In one interval; more is a mistake."""

YEARS = range(1900, 2200)
"""Other years are mistakes, and every night in between would be walked through."""

_OFFSET = r":\d{2}.*(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$"
"""An offset stands behind a time of day: 2025-03-01 is none."""


class UnusableInput(Exception):
    """The recording cannot be read; the message says in one line where and why."""


def read_counts(path: Path, zone: ZoneInfo, queue_column: str | None) -> pd.DataFrame:
    """Return non-zero counts: queue, interval_start (UTC quarter hour) and contacts.

    Raises UnusableInput. Counts of intervals longer than a quarter hour are spread evenly over them, so
    that no silence is seen inside an interval.
    """
    rows = _rows(path)
    seconds = _instants(_column(rows, "ts", path), zone, path)
    queues = _column(rows, queue_column, path) if queue_column else pd.Series(WHOLE, index=rows.index)
    queue = queues.fillna("").to_numpy(dtype=object)
    if "n" in rows.columns:
        contacts = _numbers(rows["n"], path)
        seconds, queue, contacts = _spread(seconds, queue, contacts)
    else:
        contacts = np.ones(len(seconds), dtype=np.int64)
    starts = seconds // QUARTER_SECONDS * QUARTER_SECONDS
    frame = pd.DataFrame({"queue": queue, "interval_start": starts, "contacts": contacts})
    counts = frame.groupby(["queue", "interval_start"], as_index=False)["contacts"].sum()
    counts["interval_start"] = pd.to_datetime(counts["interval_start"], unit="s", utc=True)
    some: pd.DataFrame = counts[counts["contacts"] > 0].reset_index(drop=True)
    return some


def _rows(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, dtype=str, skip_blank_lines=False, encoding="utf-8-sig", index_col=False)
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnusableInput(f"cannot read {path}: {reason}") from error
    rows.columns = rows.columns.str.strip()
    return rows.dropna(how="all")  # blank lines; the index still counts them


def _column(rows: pd.DataFrame, name: str, path: Path) -> "pd.Series[str]":
    if name not in rows.columns:
        raise UnusableInput(f"{path} has no column {name!r}; it has {', '.join(map(str, rows.columns))}")
    return rows[name]


def _refuse(rows: "pd.Series[str]", bad: Bools, what: str, path: Path) -> None:
    if bad.any():
        first = rows.index[bad][0]
        line = int(first) + 1 + HEADER_LINES
        raise UnusableInput(f"{path}, line {line}: {rows[first]!r} is no {what}")


def _numbers(column: "pd.Series[str]", path: Path) -> Ints:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        bad = ~((numbers >= 0) & (numbers <= MOST_CONTACTS) & (numbers == np.floor(numbers)))
    _refuse(column, bad, "count", path)
    return numbers.astype(np.int64)


def _instants(column: "pd.Series[str]", zone: ZoneInfo, path: Path) -> Ints:
    """Return Unix times in seconds. In the doubled hour of a DST change stamps that go back are its second half."""
    text = column.fillna("").str.strip().str.replace(r"\s*UTC$", "Z", regex=True)
    with_offset = text.str.contains(_OFFSET, regex=True).to_numpy(dtype=bool)
    seconds = np.zeros(len(text), dtype=np.int64)
    for rows, utc in ((with_offset, True), (~with_offset, False)):
        if not rows.any():
            continue
        parsed = pd.to_datetime(text[rows], format="ISO8601", utc=utc, errors="coerce")
        bad = np.zeros(len(text), dtype=bool)
        bad[rows] = ~parsed.dt.year.isin(YEARS).to_numpy()
        _refuse(column, bad, "time", path)
        stamps = pd.DatetimeIndex(parsed)
        seconds[rows] = (stamps if utc else _localised(stamps, zone)).as_unit("s").asi8
    return seconds


def _localised(stamps: pd.DatetimeIndex, zone: ZoneInfo) -> pd.DatetimeIndex:
    """Give wall-clock times their zone. Times that never were move on by the hour that was left out."""
    first = stamps.tz_localize(zone, ambiguous=np.ones(len(stamps), bool), nonexistent="shift_forward")
    second = stamps.tz_localize(zone, ambiguous=np.zeros(len(stamps), bool), nonexistent="shift_forward")
    doubled = first.asi8 != second.asi8
    if not doubled.any():
        return first
    return first.where(~_second_time(stamps, doubled), second)


def _second_time(stamps: pd.DatetimeIndex, doubled: Bools) -> Bools:
    """Return which stamps of a doubled hour are its second half: those after the clock went back.

    Works for recordings in the order of time; where several rows share a stamp (queues), only a real
    step back counts. In other orders every stamp is taken for the first half.
    """
    values = stamps.as_unit("s").asi8
    late = np.zeros(len(values), dtype=bool)
    steps = np.diff(values)
    if (steps[~(doubled[1:] & doubled[:-1])] < 0).any():
        return late
    place = np.flatnonzero(doubled)
    runs = np.split(place, np.flatnonzero(np.diff(values[place]) > 2 * LONGEST_INTERVAL) + 1)
    for run in runs:
        back = np.flatnonzero(np.diff(values[run]) < 0)
        if len(back):
            late[run[back[0] + 1 :]] = True
    return late


def _spread(seconds: Ints, queue: Floats, contacts: Ints) -> tuple[Ints, Floats, Ints]:
    """Spread the contacts of long intervals evenly: one of three comes after 1/6, 3/6 and 5/6 of it."""
    interval = _interval(seconds)
    if interval <= QUARTER_SECONDS and QUARTER_SECONDS % interval == 0:
        return seconds, queue, contacts
    parts = -(-interval // QUARTER_SECONDS) * 3
    edges = np.arange(parts + 1)[None, :] / parts
    # Contact i of n lies at (i + 1/2) / n of the interval; count those before each edge.
    before = np.floor(contacts[:, None] * edges + 0.5).astype(np.int64)
    each = np.diff(before, axis=1)
    offsets = (np.arange(parts) * interval) // parts
    row, part = np.nonzero(each)
    return seconds[row] + offsets[part], queue[row], each[row, part]


def _interval(seconds: Ints) -> int:
    """Return the length of the intervals in seconds: the usual step, an hour at the most."""
    steps = np.diff(np.unique(seconds))
    if not len(steps):
        return QUARTER_SECONDS
    lengths, often = np.unique(steps[steps <= LONGEST_INTERVAL], return_counts=True)
    return int(lengths[often.argmax()]) if len(lengths) else LONGEST_INTERVAL
