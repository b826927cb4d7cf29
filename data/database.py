"""One DuckDB file, owned by one process: opening it, reading from it, and changing it in transactions."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from data.queries import migrations

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[Any, ...]
_HOLDER = re.compile(r"Conflicting lock is held in (.+?)\. ")
_DAMAGED_LOG = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
MOST_KEYS_A_LOOK_UP = 1000

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "checkpoint_threshold": "16MB",
    "threads": 1,  # many small statements: sharing one out costs more than it saves
}


class StoreUnavailable(Exception):
    """The store cannot answer or keep anything now; try again later."""


class DatabaseInUse(Exception):
    """Another process owns the file; stop that one first."""


class DatabaseTooNew(Exception):
    """The file was written by a newer Stillwatch; run that one."""


class DatabaseUnreadable(Exception):
    """The file is no database of ours, or damaged; restore a backup or name another path."""


class Transaction:
    """Statements that become durable together, or not at all."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        return self._connection.execute(query, parameters or None).fetchall()

    def run(self, query: str, **parameters: Any) -> int:
        """Run a changing statement and return how many rows it changed."""
        # fetchall() closes the result: an appender refuses a connection with an open one.
        ((changed,),) = self._connection.execute(query, parameters or None).fetchall()
        return int(changed)

    def rows_by_key(self, table: str, key_column: str, keys: Sequence[str]) -> list[Row]:
        """Return the rows of ``table`` with these values in ``key_column``.

        One placeholder for each, or DuckDB would scan the table instead of using its primary key.
        """
        rows: list[Row] = []
        for start in range(0, len(keys), MOST_KEYS_A_LOOK_UP):
            some = keys[start : start + MOST_KEYS_A_LOOK_UP]
            marks = ", ".join("?" * len(some))
            query = f"SELECT * FROM {table} WHERE {key_column} IN ({marks})"  # noqa: S608 - names are our own
            rows += self._connection.execute(query, list(some)).fetchall()
        return rows

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows in the table's column order; their keys must be new."""
        self._append(table, rows, "insert")

    def upsert(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows, or replace those with the same key. Keys must not repeat: the engine would keep the first."""
        self._append(table, rows, "upsert")

    def add(self, query: str, rows: Sequence[Row]) -> None:
        """Run ``INSERT ... SELECT * FROM {rows} ... ON CONFLICT`` with ``rows`` in place of ``{rows}``."""
        if not rows:
            return
        marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
        values = [value for row in rows for value in row]
        self._connection.execute(query.replace("{rows}", marks), values).fetchall()

    def _append(self, table: str, rows: Sequence[Row], action: Literal["insert", "upsert"]) -> None:
        if rows:
            with self._connection.appender(table, action=action) as appender:
                appender.append_rows(list(rows))


class Database:
    """An open file. Reading is safe from any thread; one thread at a time may be in a transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connect(path)
            self._writer = self._connection.cursor()
            _migrate(self._writer)
            self._sequence = self._stored_sequence()
            self.lost_commits, self.last_commit_at = self._compare_witness()
            self._witness = os.open(_witness_path(path), os.O_WRONLY | os.O_CREAT, 0o600)
        except (OSError, duckdb.Error) as error:
            raise DatabaseUnreadable(f"{path} cannot be opened: {error}") from error
        self._write_witness()

    def rows(self, query: str, **parameters: Any) -> list[Row]:
        """Run a reading query in this thread's own snapshot."""
        try:
            return self._cursor().execute(query, parameters or None).fetchall()
        except duckdb.Error as error:
            raise StoreUnavailable(str(error)) from error

    def frame(self, query: str, **parameters: Any) -> pd.DataFrame:
        """Run a reading query and return a table, for results of many rows."""
        try:
            table = self._cursor().sql(query, params=parameters or None).to_arrow_table()
        except duckdb.Error as error:
            raise StoreUnavailable(str(error)) from error
        frame: pd.DataFrame = table.to_pandas()
        return frame

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything inside is on disk when the block ends; an exception undoes all of it."""
        try:
            self._writer.execute("BEGIN")
            try:
                yield Transaction(self._writer)
                self._writer.execute("UPDATE commit_sequence SET sequence = sequence + 1")
                self._writer.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        except duckdb.Error as error:
            raise StoreUnavailable(str(error)) from error
        self._sequence += 1
        self._write_witness()

    def back_up(self, target: Path) -> None:
        """Copy the whole database to a new file while it is in use."""
        with self._connection.cursor() as cursor:
            cursor.execute(f"ATTACH '{str(target).replace(chr(39), chr(39) * 2)}' AS backup")
            try:
                (name,) = cursor.execute("SELECT current_database()").fetchall()[0]
                cursor.execute(f'COPY FROM DATABASE "{name}" TO backup')
            finally:
                cursor.execute("DETACH backup")

    def close(self) -> None:
        self._connection.close()
        os.close(self._witness)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._connection.cursor()
        cursor: duckdb.DuckDBPyConnection = self._local.cursor
        return cursor

    def _roll_back(self) -> None:
        try:
            self._writer.execute("ROLLBACK")
        except duckdb.Error:
            # The engine has already given the transaction up; a new connection forgets it for good.
            self._writer = self._connection.cursor()

    def _stored_sequence(self) -> int:
        ((sequence,),) = self._writer.execute("SELECT sequence FROM commit_sequence").fetchall()
        return int(sequence)

    def _compare_witness(self) -> tuple[int, datetime | None]:
        """Return how many commits the file has lost since the last run, and when the last one was made."""
        try:
            sequence, _, at = _witness_path(self.path).read_text(encoding="ascii").strip().partition(" ")
            last_commit_at = datetime.fromisoformat(at)
            return max(0, int(sequence) - self._sequence), last_commit_at
        except (OSError, ValueError):
            return 0, None  # no witness yet, or cut off in mid-write: nothing is known, nothing is claimed

    def _write_witness(self) -> None:
        # Not synced: it may fall behind the database, which claims nothing, but never run ahead of it.
        line = f"{self._sequence:020d} {datetime.now(UTC).isoformat(timespec='milliseconds')}\n"
        with suppress(OSError):  # the commit stands, whether or not it could be witnessed
            os.pwrite(self._witness, line.encode("ascii"), 0)


def _witness_path(path: Path) -> Path:
    return path.with_name(path.name + ".sequence")


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(path), config=SETTINGS)
    except duckdb.Error as error:
        if holder := _HOLDER.search(str(error)):
            raise DatabaseInUse(f"{path} is already in use by {holder[1]}") from error
        damage = _DAMAGED_LOG.search(str(error))
        if damage is None:
            raise
        _cut_log(path, int(damage[1]))
        return _connect(path)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")  # for every cursor: each is a connection of its own
    return connection


def _cut_log(path: Path, position: int) -> None:
    """Keep a copy of the damaged write-ahead log, and cut it where the damage begins.

    What came before is replayed, as after a crash; what is lost shows in the sequence of commits.
    """
    log = path.with_name(f"{path.name}.wal")
    shutil.copy2(log, log.with_name(f"{log.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{position}"))
    os.truncate(log, position)


def _migrate(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL)"
    )
    ((version,),) = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()
    steps = migrations()
    newest = max(number for number, _ in steps)
    if version > newest:
        raise DatabaseTooNew(
            f"the database has schema version {version}, this Stillwatch knows up to {newest}: "
            "start the newer Stillwatch that wrote it"
        )
    for number, statements in steps:
        if number > version:
            connection.execute("BEGIN")
            connection.execute(statements)
            connection.execute("INSERT INTO schema_version VALUES (?, ?)", [number, datetime.now(UTC)])
            connection.execute("COMMIT")
