"""What a turn asks of each of many integrations, asked of the store once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from data.database import Database, Row
from data.once import Once

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 100
"""Integrations whose answers are kept in memory together."""

NOBODY = ""
ONE, MANY = "integration_id = $integration_id", "integration_id BETWEEN $first_id AND $last_id"


class Turn:
    """Answers like the store, for these integrations, as it was when a question was first asked.

    A query has ``integration_id = $integration_id`` once, and the integration as its first column.
    """

    def __init__(self, database: Database, integration_ids: Collection[str]) -> None:
        self._database = database
        self._ids = {"first_id": min(integration_ids), "last_id": max(integration_ids)}
        self._rows: dict[tuple[object, ...], dict[str, list[Row]]] = {}
        self._frames: dict[tuple[object, ...], dict[str, pd.DataFrame]] = {}

    def rows(self, query: str, *, integration_id: str, **parameters: Any) -> list[Row]:
        """Return the rows of one integration in the query's order."""
        question = (query, *sorted(parameters.items()))
        if question not in self._rows:
            found = self._database.rows(for_many(query), **self._ids, **parameters)
            found.sort(key=itemgetter(0))  # a stable sort: within an integration the order stays
            self._rows[question] = {
                known_id: list(rows) for known_id, rows in groupby(found, key=itemgetter(0))
            }
        return self._rows[question].get(integration_id, [])

    def frame(self, query: str, *, integration_id: str, **parameters: Any) -> pd.DataFrame:
        """Return the table of one integration, for results of many rows."""
        question = (query, *sorted(parameters.items()))
        if question not in self._frames:
            found = self._database.frame(for_many(query), **self._ids, **parameters)
            self._frames[question] = {
                str(known_id): table for known_id, table in found.groupby("integration_id")
            }
            self._frames[question][NOBODY] = found.iloc[:0]
        tables = self._frames[question]
        return tables.get(integration_id, tables[NOBODY])


Reads = Database | Turn | Once
"""Where a question about one integration is answered."""


@cache
def for_many(query: str) -> str:
    """Return a query about one integration as one about all those between two ids."""
    if query.count(ONE) != 1:
        raise ValueError(f"this query cannot be asked for many integrations: {query}")
    return query.replace(ONE, MANY)


def turns(database: Database, integration_ids: Sequence[str]) -> Iterator[tuple[list[str], Turn]]:
    """Yield the integrations by some at a time in the order of their ids, each time with their turn."""
    ordered = sorted(integration_ids)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        yield some, Turn(database, some)
