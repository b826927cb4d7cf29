"""Each source queue's contacts against its own usual, and which of them stand out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.contacts.standing import Standing, standing
from services.contacts.table import ContactTable
from services.contacts.usual import at_places, elapsed, lined_up, trusted


@dataclass(frozen=True, slots=True)
class QueueFigure:
    """One source queue up to now. ``contacts`` None is "no data", ``standing`` None says nothing of the usual.

    ``share``: of the contacts of all queues that are shown. ``course``: contacts by interval, for a small line.
    """

    queue: str
    contacts: int | None
    share: float
    standing: Standing | None
    course: tuple[float, ...]


def queue_figures(
    table: ContactTable, before: Sequence[ContactTable], now: datetime, *, weekly: bool
) -> list[QueueFigure]:
    """Return a figure for each queue of the table, what stands out first, then the busiest.

    ``before``: what the period is held against, in the table's intervals; a queue that is not in it yet was new.
    """
    if not table.starts:
        return []
    chosen = trusted(before)
    earlier = _earlier(table, chosen, now, weekly) if chosen else None
    contacts = np.nansum(table.contacts, axis=0)
    known = ~np.isnan(table.contacts).all(axis=0)
    whole = max(float(contacts.sum()), 1.0)
    courses = _courses(table)
    figures = []
    for column, queue in enumerate(table.queues):
        # What an earlier time does not know is no zero of it.
        told = earlier is not None and not np.isnan(earlier[1][:, column]).all()
        figures.append(
            QueueFigure(
                queue,
                int(contacts[column]) if known[column] else None,
                float(contacts[column]) / whole,
                standing(earlier[0][column], earlier[1][:, column]) if told and earlier else None,
                tuple(courses[:, column]),
            )
        )
    return sorted(figures, key=_by_what_stands_out)


def _by_what_stands_out(figure: QueueFigure) -> tuple[float, float, str]:
    found = figure.standing
    notable = abs(found.score) if found is not None and found.amount != "as_usual" else 0.0
    return -notable, -(figure.contacts or 0), figure.queue


def _earlier(
    table: ContactTable, chosen: Sequence[ContactTable], now: datetime, weekly: bool
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return own contacts, [queues], and the earlier ones, [periods, queues], in the time that both know."""
    weight = np.where(np.isnan(table.contacts), 0, elapsed(table, now)[:, None])
    others = []
    for other, places in zip(chosen, lined_up(table, chosen, weekly=weekly), strict=True):
        columns = np.array(
            [other.queues.index(name) if name in other.queues else -1 for name in table.queues]
        )
        found = at_places(other.contacts, places)[:, columns]
        found[:, columns < 0] = np.nan
        others.append(found)
    if len(others) > 1:
        sums = np.array([np.nansum(found * weight, axis=0) for found in others])
        return np.nansum(table.contacts, axis=0), sums
    both = ~np.isnan(others[0]) & (weight > 0)
    if not both.any():
        return None
    own = np.nansum(np.where(both, table.contacts, 0), axis=0)
    sums = np.nansum(np.where(both, others[0] * weight, 0), axis=0)
    return own, np.where(both.any(axis=0), sums, np.nan)[None, :]


MOST_POINTS = 48


def _courses(table: ContactTable) -> np.ndarray:
    """Return the contacts of a few dozen intervals at most, [intervals, queues]."""
    step = -(-len(table.starts) // MOST_POINTS)
    return np.add.reduceat(np.nan_to_num(table.contacts), np.arange(0, len(table.starts), step), axis=0)
