"""Each source queue's contacts against its own usual, and which of them stand out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from services.contacts.standing import NOTABLE, Standing, standing
from services.contacts.table import FINEST, ContactTable
from services.contacts.usual import FEWEST_TO_TRIM, at_places, elapsed, lined_up, trusted


@dataclass(frozen=True, slots=True)
class QueueFigure:
    """One source queue up to now. ``contacts`` None is "no data", ``standing`` None says nothing of the usual.

    ``share``: of the contacts of all queues that are shown. ``course``: contacts by part of the period, for a small
    chart, NaN where nothing is known; ``usual``: the same of what it is held against, empty where nothing is.
    """

    queue: str
    contacts: int | None
    share: float
    standing: Standing | None
    course: tuple[float, ...]
    usual: tuple[float, ...] = ()


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
    places = parts_of(table)
    courses = _by_part(table.contacts, places)
    usual = None if earlier is None else _by_part(earlier[2], places)
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
                tuple(usual[:, column]) if told and usual is not None else (),
            )
        )
    return sorted(figures, key=_by_what_stands_out)


def held_quiet(figures: Sequence[QueueFigure], queues: Collection[str]) -> tuple[QueueFigure, ...]:
    """Return the figures with these queues as fewer than usual: the watcher says so, who sees the hours too.

    The days of a queue may differ so much that the sum of one shows nothing, and two answers would stand side by side.
    """
    held = [
        replace(each, standing=replace(each.standing, score=-NOTABLE))
        if each.queue in queues
        and each.standing is not None
        and each.standing.amount == "as_usual"
        and each.standing.contacts < each.standing.usual
        else each
        for each in figures
    ]
    return tuple(sorted(held, key=_by_what_stands_out))


def _by_what_stands_out(figure: QueueFigure) -> tuple[float, float, str]:
    found = figure.standing
    notable = abs(found.score) if found is not None and found.amount != "as_usual" else 0.0
    return -notable, -(figure.contacts or 0), figure.queue


def _earlier(
    table: ContactTable, chosen: Sequence[ContactTable], now: datetime, weekly: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return own contacts, [queues], and the earlier ones, [periods, queues], in the time that both know.

    The third is what is usual of each interval, [intervals, queues].
    """
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
        return np.nansum(table.contacts, axis=0), sums, _mean(others)
    both = ~np.isnan(others[0]) & (weight > 0)
    if not both.any():
        return None
    own = np.nansum(np.where(both, table.contacts, 0), axis=0)
    sums = np.nansum(np.where(both, others[0] * weight, 0), axis=0)
    return own, np.where(both.any(axis=0), sums, np.nan)[None, :], others[0]


def _mean(others: Sequence[np.ndarray]) -> np.ndarray:
    """Return the mean of the periods that know an interval, of many without the highest and the lowest."""
    each = np.array(others)
    if len(each) >= FEWEST_TO_TRIM:
        each = np.sort(each, axis=0)[1:-1]
    known = (~np.isnan(each)).sum(axis=0)
    return np.where(known > 0, np.nansum(each, axis=0) / np.maximum(known, 1), np.nan)


MOST_PARTS = 48
MINUTES_OF_A_DAY, MINUTES_OF_AN_INTERVAL = 24 * 60, 15
MINUTES = (15, 30, 60, 120, 240, 480)
DAYS = (1, 7, 28)


def parts_of(table: ContactTable) -> list[int]:
    """Return where the parts of a course begin: a few dozen at most, of hours that divide a day, of days or weeks."""
    if not table.starts:
        return []
    days = (table.starts[-1].date() - table.starts[0].date()).days + 1
    if table.interval == FINEST:
        fits = (minutes for minutes in MINUTES if days * MINUTES_OF_A_DAY / minutes <= MOST_PARTS)
        if minutes := next(fits, None):
            return list(range(0, len(table.starts), minutes // MINUTES_OF_AN_INTERVAL))
        dates = [start.date() for start in table.starts]
        return [place for place, day in enumerate(dates) if not place or day != dates[place - 1]]
    return list(
        range(0, len(table.starts), next((each for each in DAYS if days / each <= MOST_PARTS), DAYS[-1]))
    )


def _by_part(contacts: np.ndarray, places: Sequence[int]) -> np.ndarray:
    """Return the contacts of each part, [parts, queues], NaN where none of its intervals is known."""
    known = np.logical_or.reduceat(~np.isnan(contacts), places)
    return np.where(known, np.add.reduceat(np.nan_to_num(contacts), places), np.nan)
