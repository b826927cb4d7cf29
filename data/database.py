"""One DuckDB file, owned by one process: opening it, reading from it, and changing it in transactions."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import duckdb
import structlog

from data.engine import Cursor, Engine, Parameters
from data.opening import CannotOpen, DatabaseUnreadable, make_private
from data.witness import Witness, read_witness

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[Any, ...]
MOST_KEYS_A_LOOK_UP = 1000
FEW_ROWS, MANY_ROWS = 3, 12
OPEN_AGAIN_SECONDS = 1.0
"""The shortest time between two attempts to open a file again whose engine has given up."""
log = structlog.get_logger()


class StoreUnavailable(Exception):
    """The store cannot answer or keep anything now; try again later."""


class StoreFailed(StoreUnavailable):
    """The engine has given the whole file up, as for a full disk; the file is opened again before the next try."""


class Transaction:
    """Statements that become durable together, or not at all."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        return self._execute(query, parameters or None)

    def run(self, query: str, **parameters: Any) -> int:
        """Run a changing statement and return how many rows it changed."""
        ((changed,),) = self._execute(query, parameters or None)
        return int(changed)

    def rows_by_key(
        self, table: str, key_column: str, keys: Sequence[str] | Sequence[UUID] | Sequence[int]
    ) -> list[Row]:
        """Return the rows of ``table`` with these values in ``key_column``.

        One placeholder for each, or DuckDB would scan the table instead of using its primary key.
        """
        rows: list[Row] = []
        for start in range(0, len(keys), MOST_KEYS_A_LOOK_UP):
            some = list(keys[start : start + MOST_KEYS_A_LOOK_UP])
            some += some[-1:] * (_round_size(len(some)) - len(some))
            marks = ", ".join("?" * len(some))
            query = f"SELECT * FROM {table} WHERE {key_column} IN ({marks})"  # noqa: S608 - names are our own
            rows += self._execute(query, some)
        return rows

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows in the table's column order; their keys must be new."""
        self._append(table, rows, "insert")

    def upsert(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows, or replace those with the same key. Keys must not repeat: the engine would keep the first."""
        self._append(table, rows, "upsert")

    def run_for(self, query: str, rows: Sequence[Row], *before: Any) -> None:
        """Run a changing statement with ``rows``, as the list that follows VALUES, in place of ``{rows}``.

        ``before``: the values of the marks that stand before that list.
        """
        if not rows:
            return
        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        values = [*before, *(value for row in rows for value in row)]
        text = query.replace("{rows}", marks)
        if len(rows) < MANY_ROWS:
            self._execute(text, values)
        else:  # hardly ever as many again, and large to keep
            self._cursor.connection.execute(text, values).fetchall()

    def run_by_column(self, query: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Run a changing statement that takes each of these ``columns`` of ``rows`` as a list, by its name.

        A list is one mark, however many rows there are: 3,000 marks take five times as long to read.
        """
        if rows:
            lists = map(list, zip(*rows, strict=True))
            self._execute(query, dict(zip(columns, lists, strict=True)))

    def add_up(self, columns: Sequence[str], raise_one: str, add_all: str, rows: Sequence[Row]) -> None:
        """Add the figures of ``rows``, which have these ``columns``, to those of the rows with the same keys.

        A few that exist are raised one by one, which takes a third of the time of an upsert. ``raise_one``: changes
        the row of one key, ``add_all``: as of ``run_by_column``.
        """
        if len(rows) <= FEW_ROWS:
            rows = [one for one in rows if not self.run(raise_one, **dict(zip(columns, one, strict=True)))]
        self.run_by_column(add_all, columns, rows)

    def _append(self, table: str, rows: Sequence[Row], action: Literal["insert", "upsert"]) -> None:
        if rows:
            with self._cursor.connection.appender(table, action=action) as appender:
                appender.append_rows(list(rows))

    def _execute(self, query: str, parameters: Parameters | None = None) -> list[Row]:
        # fetchall() closes the result: an appender refuses a connection with an open one.
        return self._cursor.execute(query, parameters).fetchall()


def _round_size(keys: int) -> int:
    """Return for how many keys to ask: few sizes are few statements, and a key may be asked for twice."""
    return keys if keys <= 4 else min(1 << (keys - 1).bit_length(), -keys // 100 * -100)


class Database:
    """An open file. Reading is safe from any thread; one thread at a time may be in a transaction.

    After a fatal error the engine answers nothing any more, even when its cause is gone. The file is then
    opened again by whoever needs it next.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._users = 0
        self._counting = threading.Lock()
        self._next_opening = 0.0
        try:
            self._engine = Engine(path)
            self._sequence = self._engine.sequence()
            witnessed, self.last_commit_at = read_witness(path)
            self.lost_commits = max(0, witnessed - self._sequence)
            self._witness = Witness(path)
        except (OSError, duckdb.Error) as error:
            raise DatabaseUnreadable(f"{path} cannot be opened: {error}") from error
        self._witness.note(self._sequence)

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        """Run a reading query, which sees what was on disk when it began."""
        with self._using() as engine, engine.reader() as cursor:
            return cursor.execute(query, parameters).fetchall()

    def frame(self, query: str, **parameters: Any) -> pd.DataFrame:
        """Run a reading query and return a table, for results of many rows."""
        with self._using() as engine, engine.reader() as cursor:
            table = cursor.connection.sql(query, params=parameters or None).to_arrow_table()
        frame: pd.DataFrame = table.to_pandas()
        return frame

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything inside is on disk when the block ends; an exception undoes all of it."""
        with self._using() as engine:
            engine.writer.execute("BEGIN")
            try:
                transaction = Transaction(engine.writer)
                yield transaction
                transaction.run("UPDATE commit_sequence SET sequence = sequence + 1")
                engine.writer.execute("COMMIT")
            except BaseException:
                engine.roll_back()
                raise
            self._sequence += 1
        self._witness.note(self._sequence)

    def back_up(self, target: Path) -> None:
        """Copy the whole database to a new file while it is in use."""
        with self._using() as engine, engine.connection.cursor() as cursor:
            cursor.execute(f"ATTACH '{str(target).replace(chr(39), chr(39) * 2)}' AS backup")
            make_private(target)
            try:
                (name,) = cursor.execute("SELECT current_database()").fetchall()[0]
                cursor.execute(f'COPY FROM DATABASE "{name}" TO backup')
            finally:
                cursor.execute("DETACH backup")

    def close(self) -> None:
        self._engine.close()
        self._witness.close()

    @contextmanager
    def _using(self) -> Iterator[Engine]:
        """Hold the engine that works, so that nobody closes it meanwhile. Raises StoreUnavailable."""
        with self._counting:
            if self._engine.failed:
                self._open_again()
            self._users += 1
            engine = self._engine
        try:
            yield engine
        except duckdb.FatalException as error:
            engine.failed = True
            raise StoreFailed(str(error)) from error
        except duckdb.Error as error:
            raise StoreUnavailable(str(error)) from error
        finally:
            with self._counting:
                self._users -= 1

    def _open_again(self) -> None:
        """Put a new engine in place of one that failed, as soon as nobody is inside. Raises StoreUnavailable."""
        if self._users or time.monotonic() < self._next_opening:
            raise StoreUnavailable("the database is about to be opened again")
        self._next_opening = time.monotonic() + OPEN_AGAIN_SECONDS
        try:
            self._engine.close()
            self._engine = Engine(self.path)
            kept = self._engine.sequence()
        except (CannotOpen, OSError, duckdb.Error) as error:
            self._engine.failed = True
            raise StoreFailed(str(error)) from error
        # The commit that failed last may be on disk all the same: then there is one more, never one less.
        self.lost_commits += max(0, self._sequence - kept)
        self._sequence = kept
        self._witness.note(kept)
        log.warning("database_opened_again", path=str(self.path), lost_commits=self.lost_commits)
