"""The axis on which contacts are counted: UTC quarter hours, each with its local day and local cell.

A cell is one of the 672 quarter hours of a local week. Learning and looking up by the cell while
visiting every UTC quarter hour once makes a change of daylight saving time harmless by construction:
the doubled hour is two visits to a cell, the missing hour is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


Floats = NDArray[Any]
Ints = NDArray[Any]
Bools = NDArray[np.bool_]

QUARTER_SECONDS = 900
SLOTS = 96
"""Quarter hours of a local day."""

CELLS = 7 * SLOTS
"""Quarter hours of a local week."""

QUARTERS_A_WEEK = CELLS
QUARTERS_A_PROMISE = 91.3125 * SLOTS
"""A quarter of a year, the span of the promise."""

_EPOCH = date(1970, 1, 1).toordinal()


def quarter(at: datetime) -> int:
    """Return the number of the UTC quarter hour that contains ``at``, counted from 1970."""
    return int(at.timestamp() // QUARTER_SECONDS)


def instant(seconds: float) -> datetime:
    """Return the aware UTC instant of a Unix time in seconds."""
    return datetime.fromtimestamp(float(seconds), UTC)


def day_number(day: date) -> int:
    """Return the number of a calendar day, counted from 1970."""
    return day.toordinal() - _EPOCH


@dataclass(frozen=True, slots=True)
class Axis:
    """Consecutive UTC quarter hours. ``day``: number of the local day; ``cell``: 96 * weekday + slot."""

    first: int
    day: Ints
    cell: Ints

    def __len__(self) -> int:
        return len(self.cell)

    @property
    def starts(self) -> Floats:
        """Unix time in seconds at which each quarter hour starts."""
        return (self.first + np.arange(len(self.cell))) * float(QUARTER_SECONDS)

    @property
    def days(self) -> int:
        """How many local days it touches."""
        return int(self.day[-1]) - int(self.day[0]) + 1

    @property
    def runs(self) -> list[tuple[slice, slice]]:
        """Spans of the axis with their places among the quarter hours of its local days: both go on one by one.

        A single one as a rule; a change of daylight saving time begins another, which jumps back or ahead.
        """
        place = (self.day - self.day[0]).astype(np.int64) * SLOTS + self.cell % SLOTS
        edges = [0, *(np.flatnonzero(np.diff(place) != 1) + 1).tolist(), len(place)]
        return [
            (slice(start, end), slice(int(place[start]), int(place[start]) + end - start))
            for start, end in pairwise(edges)
        ]


@lru_cache(maxsize=1024)
def axis(zone: ZoneInfo, first: int, length: int) -> Axis:
    """Return the axis of ``length`` quarter hours that starts with number ``first``."""
    import pandas as pd

    quarters = first + np.arange(length, dtype=np.int64)
    utc = pd.DatetimeIndex((quarters * QUARTER_SECONDS).astype("datetime64[s]"), tz="UTC")
    local = utc.tz_convert(zone).tz_localize(None).as_unit("s").asi8 // QUARTER_SECONDS
    day = (local // SLOTS).astype(np.int32)
    weekday = (day + 3) % 7  # 1 January 1970 was a Thursday
    cell = (weekday * SLOTS + local % SLOTS).astype(np.int16)
    day.setflags(write=False)
    cell.setflags(write=False)
    return Axis(first, day, cell)


def count_matrix(counts: pd.DataFrame, queues: Sequence[str], first: int, length: int) -> Floats:
    """Spread non-zero counts over an axis: row 0 is the total, then one row per queue.

    ``counts``: columns queue, interval_start (UTC) and contacts. Queues that are not named count in the
    total only; what lies outside the axis is left out.
    """
    matrix = np.zeros((len(queues) + 1, length))
    if counts.empty:
        return matrix
    import pandas as pd

    starts = counts["interval_start"].to_numpy(dtype="datetime64[s]").astype(np.int64)
    column = starts // QUARTER_SECONDS - first
    inside = (column >= 0) & (column < length)
    contacts = counts["contacts"].to_numpy(dtype=float)
    matrix[0] = np.bincount(column[inside], weights=contacts[inside], minlength=length)
    place = {queue: number for number, queue in enumerate(queues)}
    number_of, names = pd.factorize(counts["queue"])
    row = np.array([place.get(queue, -1) for queue in names])[number_of]
    known = inside & (row >= 0)
    flat = row[known] * length + column[known]
    matrix[1:] = np.bincount(flat, weights=contacts[known], minlength=len(queues) * length).reshape(
        len(queues), length
    )
    return matrix
