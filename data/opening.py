"""Opening the database's file: who may, what is refused and why, and bringing its schema up to date."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from data.queries import migrations
from data.witness import read_witness, witness_path

_HOLDER = re.compile(r"Conflicting lock is held in (.+?)\. ")
_DAMAGED_LOG = re.compile(r"Corrupt WAL file: entry at byte position (\d+)")
OWNER_ALONE = 0o600

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "checkpoint_threshold": "16MB",
    "disabled_optimizers": "compressed_materialization",  # to pack a few rows for a sort costs more than it saves
    "threads": 1,  # many small statements: sharing one out costs more than it saves
}


class CannotOpen(Exception):
    """The file cannot be opened as it is; the message says why and what to do."""


class DatabaseInUse(CannotOpen):
    """Another process owns the file; stop that one first."""


class DatabaseTooNew(CannotOpen):
    """The file was written by a newer Stillwatch; run that one."""


class DatabaseUnreadable(CannotOpen):
    """The file is no database of ours, or damaged; restore a backup or name another path."""


class DatabaseMissing(CannotOpen):
    """The file is gone, what belongs to it is still there; bring it back, or move the rest away."""


def open_file(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection to the file, made or brought up to date if need be.

    Raises CannotOpen, OSError and what the engine raises.
    """
    keep_private()
    path.parent.mkdir(parents=True, exist_ok=True)
    _refuse_missing(path)
    for file in (path, _log_path(path), witness_path(path), *path.parent.glob(f"{path.name}.wal.damaged-*")):
        make_private(file)
    connection = _connect(path)
    try:
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def keep_private() -> None:
    """Let nobody else read what this process makes from here on.

    The engine makes its log anew after every checkpoint and takes no mode for it: only the mask reaches it.
    """
    os.umask(0o077)


def make_private(file: Path) -> None:
    """Take the others' access to a file of an older version away, where it is ours."""
    with suppress(FileNotFoundError, PermissionError):
        if file.is_file() and file.stat().st_mode & 0o077:
            file.chmod(OWNER_ALONE)


def _log_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _refuse_missing(path: Path) -> None:
    """Refuse to begin anew beside what is left of a database: the engine would throw its log away."""
    if path.exists() and path.stat().st_size:
        return
    log, witness = _log_path(path), witness_path(path)
    left = [file for file in (log, witness) if file.exists()]
    commits, _ = read_witness(path)
    if not (log.exists() and log.stat().st_size) and not commits:
        return
    state = "is empty" if path.exists() else "is missing"
    names = " and ".join(file.name for file in left)
    raise DatabaseMissing(
        f"{path} {state}, but what belongs to it is still there ({names}). Bring {path.name} back to where it "
        f"was, beside {log.name}, or restore a backup; to begin with an empty database, move {names} away first"
    )


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
    log = _log_path(path)
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
    from data.conversions import convert  # not above: it is written with the store that is being opened

    for number, statements in steps:
        if number > version:
            connection.execute("BEGIN")
            connection.execute(statements)
            convert(number, connection)
            connection.execute("INSERT INTO schema_version VALUES (?, ?)", [number, datetime.now(UTC)])
            connection.execute("COMMIT")
