"""Counts of an integration added up by interval: by quarter hour, or at once by day, which is a tenth of the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from data import contacts as stored_contacts
from data.database import Database
from data.integrations import Integration
from services.contacts.rule import counted
from services.intervals import QUARTER_HOUR, USUAL_DAY

if TYPE_CHECKING:
    import pandas as pd


def by_quarter_hour(
    database: Database,
    integration: Integration,
    names: Sequence[str],
    start: datetime,
    end: datetime,
    until: datetime,
) -> np.ndarray:
    """Return the counts by quarter hour from ``start`` to before ``end`` (rows) and queue (columns).

    Nothing is counted of what lies at ``until`` or after it.
    """
    import pandas as pd

    found = stored_contacts.counts(
        database,
        integration.integration_id,
        start=start,
        end=min(end, until),
        received_before=integration.paused_at,
    )
    begins = pd.DatetimeIndex(found["interval_start"]).as_unit("s").asi8
    rows = (begins - int(start.timestamp())) // int(QUARTER_HOUR.total_seconds())
    counts = np.zeros((int((end - start) / QUARTER_HOUR), len(names)))
    _fill(counts, rows, found["queue"], names, found[counted(integration.counting)].to_numpy())
    return counts


def by_day(
    database: Database,
    integration: Integration,
    names: Sequence[str],
    starts: Sequence[datetime],
    end: datetime,
    until: datetime,
) -> np.ndarray:
    """Return the counts by local day (rows) and queue (columns). ``starts``: of the days (UTC), in order.

    ``until``: see by_quarter_hour().
    """
    counts, borders = np.zeros((len(starts), len(names))), [*starts, end]
    for first, after in _runs(borders):
        found = stored_contacts.counts_by_day(
            database, integration.integration_id, borders[first], min(borders[after], until)
        )
        # A day on which the clock changes is the last of its run, and may last longer than 24 hours.
        rows = np.minimum(first + found["day"].to_numpy(dtype=int), after - 1)
        values = found[counted(integration.counting)].to_numpy()
        _fill(counts, rows, found["queue"], names, values)
    return counts


def _runs(borders: Sequence[datetime]) -> Iterator[tuple[int, int]]:
    """Yield from which day to before which all last 24 hours but the last of them, which may last as it likes."""
    lengths = [end - start for start, end in pairwise(borders)]
    first = 0
    for index, length in enumerate(lengths, start=1):
        if length != USUAL_DAY or index == len(lengths):
            yield first, index
            first = index


def _fill(
    counts: np.ndarray, rows: np.ndarray, queues: pd.Series, names: Sequence[str], values: np.ndarray
) -> None:
    """Add the values at their rows, in the columns of their queues; other queues are left out."""
    import pandas as pd

    column_of = {name: column for column, name in enumerate(names)}
    places, found = pd.factorize(queues)  # many rows, a few names
    columns = np.array([column_of.get(name, -1) for name in found], dtype=int)[places]
    known = columns >= 0
    np.add.at(counts, (rows[known], columns[known]), values[known])
