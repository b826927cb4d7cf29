"""What the detector reads, for all integrations in one statement: DuckDB scans the counts once, not once each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from data.database import Database
from data.queries import sql

if TYPE_CHECKING:
    import pandas as pd


LAST = "\U0010ffff"
"""Sorts after every id."""


def counts_of_all(
    database: Database, *, start: datetime, end: datetime, first: str = "", last: str = LAST
) -> pd.DataFrame:
    """Return the non-zero counts of the integrations ``first`` to ``last`` from ``start`` to before ``end``.

    Columns: integration_id, queue, interval_start (UTC quarter hour) and contacts, in the order of the
    integrations.
    """
    return database.frame(sql("learning_counts_of_all"), start=start, end=end, first=first, last=last)
