"""Weeks and months made of days: what a year is shown by."""

from dataclasses import replace
from datetime import datetime

import numpy as np

from services.contacts.table import ContactTable
from services.contacts.usual import Comparison

COARSE = ("1w", "1mo")
"""Intervals that only the interface knows: weeks from Monday and calendar months, cut where the period begins."""


def finest_for(interval: str) -> str:
    """Return by which interval the counts are read."""
    return "1d" if interval in COARSE else interval


def buckets(starts: list[datetime], interval: str) -> np.ndarray:
    """Return the places of the days with which a week or month begins; every place for other intervals."""
    if interval not in COARSE:
        return np.arange(len(starts))
    begins = [
        index
        for index, at in enumerate(starts)
        if index == 0 or (at.weekday() == 0 if interval == "1w" else at.day == 1)
    ]
    return np.array(begins, dtype=int)


def coarser(table: ContactTable, interval: str, now: datetime) -> ContactTable:
    """Add days up to weeks or months; one of which a day that has begun has no data is incomplete, not short."""
    if interval not in COARSE or not table.starts:
        return table
    first = buckets(table.starts, interval)
    known = ~np.isnan(table.contacts)
    any_known = np.logical_or.reduceat(known, first, axis=0)
    contacts = np.add.reduceat(np.nan_to_num(table.contacts), first, axis=0)
    begun = np.array([at <= now for at in table.starts])[:, None]
    some_unknown = np.logical_or.reduceat(begun & ~known | table.incomplete, first, axis=0)
    return replace(
        table,
        interval=interval,
        starts=[table.starts[place] for place in first],
        contacts=np.where(any_known, contacts, np.nan),
        incomplete=some_unknown & any_known,
    )


def coarser_comparison(found: Comparison | None, first: np.ndarray) -> Comparison | None:
    """Add what earlier periods say up in the same way; ``first`` as ``buckets`` gives it."""
    if found is None or len(first) == len(found.usual):
        return found
    usual = np.add.reduceat(np.nan_to_num(found.usual), first)
    known = np.logical_or.reduceat(~np.isnan(found.usual), first)
    usual = np.where(known, usual, np.nan)
    return replace(found, periods=1, usual=usual, low=usual, high=usual)
