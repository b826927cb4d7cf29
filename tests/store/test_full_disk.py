"""The disk runs full: what was accepted stays, what fails says so, and with room again all goes on."""

import os
import resource
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock
from uuid import UUID

import duckdb
import pytest

from data.database import Database, StoreFailed, StoreUnavailable, Transaction
from data.writer import Writer

ROOM = 3_000_000
ENOUGH = 2000


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.database.OPEN_AGAIN_SECONDS", 0.0)
    monkeypatch.setitem(__import__("data.opening").opening.SETTINGS, "checkpoint_threshold", "1MB")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "stillwatch.duckdb")
    yield database
    database.close()


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond ROOM: to whoever writes, that is a full disk, and it needs no rights."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def insert(transaction: Transaction, numbers: Sequence[int]) -> Sequence[int]:
    transaction.insert("chat", [(UUID(int=number), "i", os.urandom(5000).hex()) for number in numbers])
    return numbers


def put(database: Database, number: int) -> None:
    with database.transaction() as transaction:
        insert(transaction, [number])


def kept(database: Database) -> set[int]:
    return {key.int for (key,) in database.rows("SELECT chat_key FROM chat")}


def fill(database: Database) -> tuple[list[int], StoreUnavailable]:
    """Write until it fails; return what was accepted, and the failure."""
    accepted: list[int] = []
    for number in range(ENOUGH):
        try:
            put(database, number)
        except StoreUnavailable as error:
            return accepted, error
        accepted.append(number)
    raise AssertionError("the disk did not run full")


def test_with_room_again_the_next_change_is_kept_and_nothing_accepted_is_lost(database: Database) -> None:
    with full_disk():
        accepted, error = fill(database)
    assert isinstance(error.__cause__, duckdb.FatalException)
    put(database, ENOUGH)
    assert kept(database) == {*accepted, ENOUGH}
    assert database.lost_commits == 0
    ((sequence,),) = database.rows("SELECT sequence FROM commit_sequence")
    assert sequence == len(accepted) + 1


def test_while_the_disk_is_full_what_is_there_can_be_read_again_and_again(database: Database) -> None:
    with full_disk():
        accepted, _ = fill(database)
        for number in range(ENOUGH, ENOUGH + 5):
            assert kept(database) == set(accepted)
            with pytest.raises(StoreUnavailable):
                put(database, number)
    assert kept(database) == set(accepted)


def test_what_was_accepted_is_there_after_a_restart_with_a_full_disk(tmp_path: Path) -> None:
    database = Database(tmp_path / "stillwatch.duckdb")
    with full_disk():
        accepted, _ = fill(database)
        database.close()
        again = Database(tmp_path / "stillwatch.duckdb")
        assert (kept(again), again.lost_commits) == (set(accepted), 0)
    again.close()


def test_all_that_shared_the_failed_commit_are_told_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = Mock(wraps=database.transaction)
    monkeypatch.setattr(database, "transaction", tries)
    writer = Writer(database)
    hold, held = threading.Event(), threading.Event()

    def wait(_: Transaction, items: Sequence[None]) -> Sequence[None]:
        held.set()
        hold.wait()
        return items

    with full_disk():
        fill(database)
        writer.submit(wait, None)
        held.wait()
        waiting = [writer.submit(insert, number) for number in range(ENOUGH, ENOUGH + 500)]
        before = tries.call_count
        hold.set()
        assert all(isinstance(future.exception(), StoreUnavailable) for future in waiting)
    assert tries.call_count - before == 1
    assert writer.submit(insert, ENOUGH).result() == ENOUGH
    writer.close()


def test_an_engine_that_failed_is_opened_again_only_when_nobody_is_inside(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, 1)
    failed = database._engine
    inside, leave = threading.Event(), threading.Event()

    def read() -> None:
        with database._using():
            inside.set()
            leave.wait()

    reader = threading.Thread(target=read)
    reader.start()
    inside.wait()
    failed.failed = True
    with pytest.raises(StoreUnavailable, match="opened again"):
        database.rows("SELECT 1")
    assert database._engine is failed
    leave.set()
    reader.join()
    assert kept(database) == {1}
    assert database._engine is not failed


def test_a_failed_engine_is_not_opened_again_more_often_than_it_helps(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.database.OPEN_AGAIN_SECONDS", 3600.0)
    database._engine.failed = True
    assert kept(database) == set()
    engine = database._engine
    engine.failed = True
    with pytest.raises(StoreUnavailable, match="opened again"):
        kept(database)
    assert database._engine is engine


def test_a_file_that_went_away_meanwhile_is_not_begun_anew(database: Database, tmp_path: Path) -> None:
    put(database, 1)
    database._engine.failed = True
    moved = (tmp_path / "stillwatch.duckdb").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreFailed, match="is missing"):
        kept(database)
    moved.rename(tmp_path / "stillwatch.duckdb")
    assert kept(database) == {1}


def test_the_writer_knows_why_nothing_is_kept_until_something_is(database: Database) -> None:
    writer = Writer(database)

    def one(transaction: Transaction, numbers: Sequence[int]) -> Sequence[int]:
        return insert(transaction, numbers)

    def until_it_fails() -> None:
        for number in range(ENOUGH):
            writer.submit(one, number).result()

    with full_disk():
        with pytest.raises(StoreUnavailable):
            until_it_fails()
        assert writer.failure is not None
        assert writer.failure.reason == "disk_full"
        since = writer.failure.since
        with pytest.raises(StoreUnavailable):
            writer.submit(one, ENOUGH).result()
        assert (writer.failure.reason, writer.failure.since) == ("disk_full", since)
        assert writer.failure.last_at >= since
    writer.write(lambda transaction: insert(transaction, [ENOUGH + 1]))  # another change, and it is kept
    assert writer.failure is None
    writer.close()
