"""What is known about each interval of a table of contacts: zero and "no data" are two different answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

import numpy as np

from data.watch import Incident
from services.contacts.table import ContactTable

Coverage = Literal["known", "incomplete", "no_data", "future"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Intervals in a row, from ``first`` to before ``after``, that are not simply known."""

    first: int
    after: int
    kind: Literal["incomplete", "no_data", "recovered"]


def total_of(table: ContactTable) -> np.ndarray:
    """Return the sum over the queues by interval; NaN where none of them has data."""
    nothing = np.isnan(table.contacts).all(axis=1)
    return np.where(nothing, np.nan, np.nansum(table.contacts, axis=1))


def coverage(table: ContactTable, now: datetime) -> list[Coverage]:
    """Return for each interval how much is known about it."""
    unknown = np.isnan(table.contacts)
    nothing = unknown.all(axis=1)  # also without a queue
    lacking = unknown.any(axis=1) | table.incomplete.any(axis=1)
    return [
        "future" if start > now else "no_data" if none else "incomplete" if some else "known"
        for start, none, some in zip(table.starts, nothing.tolist(), lacking.tolist(), strict=True)
    ]


def is_known(table: ContactTable) -> bool:
    """Tell whether nothing is missing of any interval and queue, and there is something."""
    return bool(table.contacts.size) and not (np.isnan(table.contacts).any() or table.incomplete.any())


def gaps(states: Sequence[Coverage]) -> list[Gap]:
    """Return the runs of intervals without data, or without some of it."""
    found, first = [], 0
    for state, run in groupby(states):
        after = first + len(list(run))
        if state in ("no_data", "incomplete"):
            found.append(Gap(first, after, state))
        first = after
    return found


def recovered(table: ContactTable, end: datetime, known: Sequence[Incident], now: datetime) -> list[Gap]:
    """Return the runs of intervals whose contacts were fetched back after an outage."""
    ends = [*table.starts[1:], end]
    runs = []
    for incident in known:
        if incident.recovered_at is None:
            continue
        inside = [
            index
            for index, (start, finish) in enumerate(zip(table.starts, ends, strict=True))
            if incident.reaches_into(start, finish, now)
        ]
        if inside:
            runs.append(Gap(inside[0], inside[-1] + 1, "recovered"))
    return runs
