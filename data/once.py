"""What one look asks of the store, each question once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.database import Database, Row

if TYPE_CHECKING:
    import pandas as pd


class Once:
    """Answers like the store, as it was when a question was first asked. It is kept no longer than one look takes."""

    def __init__(self, store: Database | Once) -> None:
        self._store = store
        self._rows: dict[str, list[Row]] = {}
        self._frames: dict[str, pd.DataFrame] = {}

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        """Return the rows; nobody may change the list."""
        question = repr((query, parameters))
        if question not in self._rows:
            self._rows[question] = self._store.rows(query, **parameters)
        return self._rows[question]

    def frame(self, query: str, **parameters: Any) -> pd.DataFrame:
        """Return a table, for results of many rows; nobody may change it."""
        question = repr((query, parameters))
        if question not in self._frames:
            self._frames[question] = self._store.frame(query, **parameters)
        return self._frames[question]
