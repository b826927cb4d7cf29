"""One opening of the file: the cursor that changes it, and those that read, each with the statements that it knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from data.opening import open_file

Parameters = Sequence[Any] | dict[str, Any]
MOST_STATEMENTS_KEPT = 500


class Cursor:
    """A connection to the file, and the statements that it has read.

    To read a statement takes up to half of the time that it runs, so that is done once.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._statements: dict[str, duckdb.Statement] = {}

    def execute(self, query: str, parameters: Parameters | None = None) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(self._statement(query), parameters or None)

    def _statement(self, query: str) -> duckdb.Statement:
        statement = self._statements.get(query)
        if statement is None:
            (statement,) = self.connection.extract_statements(query)
            if len(self._statements) < MOST_STATEMENTS_KEPT:
                self._statements[query] = statement
        return statement


class Engine:
    """One opening of the file: the connection, the cursor that changes it, and those that read."""

    def __init__(self, path: Path) -> None:
        self.connection = open_file(path)
        self.writer = Cursor(self.connection.cursor())
        self._readers: list[Cursor] = []
        self._idle: list[Cursor] = []
        self.failed = False

    @contextmanager
    def reader(self) -> Iterator[Cursor]:
        """Lend a cursor to read with; the last one that came back knows most statements."""
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = Cursor(self.connection.cursor())
            self._readers.append(cursor)
        try:
            yield cursor
        except BaseException:  # nobody knows what is left of the query that failed
            self._readers.remove(cursor)
            with suppress(duckdb.Error):
                cursor.connection.close()
            raise
        self._idle.append(cursor)

    def sequence(self) -> int:
        ((sequence,),) = self.writer.execute("SELECT sequence FROM commit_sequence").fetchall()
        return int(sequence)

    def roll_back(self) -> None:
        try:
            self.writer.execute("ROLLBACK")
        except duckdb.Error:
            # The engine has already given the transaction up; a new connection forgets it for good.
            self.writer = Cursor(self.connection.cursor())

    def close(self) -> None:
        """Close every cursor: as long as one is open, opening the file again finds this same engine."""
        for cursor in self._readers:
            with suppress(duckdb.Error):  # a query may be under way when the process ends
                cursor.connection.close()
        self.writer.connection.close()
        self.connection.close()
