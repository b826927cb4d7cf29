"""The writer: many changes in one commit, nobody pays for another's mistake, nobody waits for ever."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import pytest

from data import writer as writers
from data.database import Database, StoreUnavailable, Transaction
from data.writer import Writer
from tests.loops import in_own_loop
from tests.patience import PATIENCE


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    database = Database(tmp_path / "stillwatch.duckdb")
    writer = Writer(database)
    yield writer
    writer.close()
    database.close()


def insert(transaction: Transaction, keys: Sequence[str]) -> list[int]:
    """Insert chats that are found by these keys; each is told how many shared its call."""
    transaction.insert("chat", [(uuid5(NAMESPACE_OID, key), key, "[]") for key in keys])
    return [len(keys)] * len(keys)


def sequence(writer: Writer) -> int:
    ((number,),) = writer._database.rows("SELECT sequence FROM commit_sequence")
    return int(number)


def keys(writer: Writer) -> set[str]:
    return {key for (key,) in writer._database.rows("SELECT integration_id FROM chat")}


class Held:
    """Holds the writer up until it is released, so that what is submitted meanwhile shares one commit."""

    def __init__(self, writer: Writer) -> None:
        self._go = threading.Event()
        self._running = threading.Event()
        self.done = writer.submit(self._wait, None)
        self._running.wait()

    def _wait(self, _: Transaction, items: Sequence[None]) -> Sequence[None]:
        self._running.set()
        self._go.wait(PATIENCE)
        return items

    def release(self) -> None:
        self._go.set()


def test_what_waits_shares_one_commit_and_is_told_when_it_is_on_disk(writer: Writer) -> None:
    held = Held(writer)
    before = sequence(writer)
    futures = [writer.submit(insert, f"key-{number}") for number in range(50)]
    assert not any(future.done() for future in futures)
    held.release()
    assert [future.result() for future in futures] == [50] * 50
    assert sequence(writer) == before + 2  # the one that held it up, and one for all of these
    assert len(keys(writer)) == 50


def test_who_was_answered_and_comes_again_shares_the_next_commit_with_who_waited(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "MOST_GATHERING_SECONDS", PATIENCE)
    monkeypatch.setattr(writers, "GATHERING_SHARE", float("inf"))
    held = Held(writer)
    waited = writer.submit(insert, "waited")
    held.release()
    held.done.result(PATIENCE)
    again = writer.submit(insert, "again")
    assert [future.result(PATIENCE) for future in (waited, again)] == [2, 2]


def test_one_that_fails_costs_the_others_nothing(writer: Writer) -> None:
    writer.submit(insert, "taken").result()
    held = Held(writer)
    futures = [writer.submit(insert, key) for key in ("a", "taken", "b")]
    held.release()
    wait(futures)
    assert [future.exception() is None for future in futures] == [True, False, True]
    assert isinstance(futures[1].exception(), StoreUnavailable)
    assert keys(writer) == {"taken", "a", "b"}


def test_a_mistake_in_a_handler_reaches_who_submitted_it_and_the_writer_lives_on(writer: Writer) -> None:
    def broken(_: Transaction, items: Sequence[str]) -> Sequence[str]:
        return items[1:]

    def crash(_: Transaction, items: Sequence[str]) -> Sequence[str]:
        raise KeyError(items[0])

    assert isinstance(writer.submit(broken, "x").exception(timeout=PATIENCE), ValueError)
    assert isinstance(writer.submit(crash, "x").exception(timeout=PATIENCE), KeyError)
    assert writer.submit(insert, "after").result(timeout=PATIENCE) == 1


def test_a_caller_that_gave_up_while_waiting_stops_nobody(writer: Writer) -> None:
    held = Held(writer)
    given_up: Future[int] = writer.submit(insert, "given up")
    other = writer.submit(insert, "other")
    assert given_up.cancel()
    held.release()
    assert other.result(timeout=PATIENCE) == 1
    assert keys(writer) == {"other"}
    assert writer.submit(insert, "after").result(timeout=PATIENCE) == 1


def test_a_caller_cannot_give_up_what_is_being_written(writer: Writer) -> None:
    held = Held(writer)
    assert not held.done.cancel()
    held.release()
    held.done.result(timeout=PATIENCE)


def test_when_too_much_waits_a_change_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.writer.MOST_JOBS_WAITING", 2)
    database = Database(tmp_path / "stillwatch.duckdb")
    writer = Writer(database)
    held = Held(writer)
    futures = [writer.submit(insert, key) for key in ("a", "b")]
    with pytest.raises(StoreUnavailable):
        writer.submit(insert, "c")
    held.release()
    wait(futures)
    assert keys(writer) == {"a", "b"}
    writer.close()
    database.close()


def test_closing_writes_what_is_waiting(tmp_path: Path) -> None:
    database = Database(tmp_path / "stillwatch.duckdb")
    writer = Writer(database)
    futures = [writer.submit(insert, f"key-{number}") for number in range(200)]
    writer.close()
    assert all(future.done() for future in futures)
    assert len(keys(writer)) == 200
    database.close()


def test_coroutines_share_a_commit_and_each_gets_its_own_answer(writer: Writer) -> None:
    writer.submit(insert, "taken").result()

    async def send(keys: Sequence[str]) -> list[int | BaseException]:
        waiting = asyncio.gather(*(writer.keep(insert, key) for key in keys), return_exceptions=True)
        await asyncio.sleep(0)  # now all of them are waiting
        held.release()
        return await waiting

    held = Held(writer)
    before = sequence(writer)
    assert in_own_loop(send([f"key-{number}" for number in range(50)])) == [50] * 50
    assert sequence(writer) == before + 2  # the one that held it up, and one for all of these

    held = Held(writer)
    first, second, third = in_own_loop(send(["a", "taken", "b"]))
    assert (first, third) == (1, 1)
    assert isinstance(second, StoreUnavailable)


def test_a_commit_takes_so_many_events_and_leaves_the_others_to_the_next(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "MOST_EVENTS_A_COMMIT", 1000)
    held = Held(writer)

    async def deliver() -> list[list[int]]:
        waiting = [
            asyncio.gather(*(writer.keep(insert, f"{events}-{number}", events) for number in range(6)))
            for events in (400, 1, 5000)
        ]
        await asyncio.sleep(0)  # the coroutines have put their changes
        held.release()
        return list(await asyncio.gather(*waiting))

    # Three of 400 fill a commit; the single ones share theirs with the first of 5,000, the others are alone.
    assert in_own_loop(deliver()) == [[3] * 6, [7] * 6, [7, 1, 1, 1, 1, 1]]
    assert len(keys(writer)) == 18


def test_a_coroutine_that_gave_up_while_waiting_stops_nobody(writer: Writer) -> None:
    async def give_up_one() -> int:
        given_up = asyncio.create_task(writer.keep(insert, "given up"))
        other = asyncio.create_task(writer.keep(insert, "other"))
        await asyncio.sleep(0)
        given_up.cancel()
        held.release()
        return await other

    held = Held(writer)
    assert in_own_loop(give_up_one()) == 1
    assert "other" in keys(writer)
    assert writer.submit(insert, "after").result(timeout=PATIENCE) == 1


def test_a_loop_that_ended_before_its_commit_stops_nobody(writer: Writer) -> None:
    async def leave() -> None:
        asyncio.create_task(writer.keep(insert, "left behind")).add_done_callback(lambda _: None)
        await asyncio.sleep(0)

    held = Held(writer)
    in_own_loop(leave())
    held.release()
    assert writer.submit(insert, "after").result(timeout=PATIENCE) == 1


def test_a_mistake_of_ours_is_no_failure_of_the_store(writer: Writer) -> None:
    writer.submit(insert, "a").result()
    with pytest.raises(StoreUnavailable):
        writer.submit(insert, "a").result()
    assert writer.failure is None


def test_a_damaged_page_fails_what_needs_it_whatever_else_is_kept(writer: Writer) -> None:
    def damaged(_: Transaction, keys: Sequence[str]) -> Sequence[str]:
        if any(key == "bad" for key in keys):
            raise StoreUnavailable("computed checksum 1 does not match stored checksum 2 in block")
        return keys

    with pytest.raises(StoreUnavailable):
        writer.submit(damaged, "bad").result()
    writer.submit(insert, "a").result()
    assert writer.failure is not None
    assert writer.failure.reason == "damaged"
    writer.submit(damaged, "good").result()
    assert writer.failure is None
