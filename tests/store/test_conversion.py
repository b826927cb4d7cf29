"""A file of an older version is brought up to date with all that it holds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from data.chats import Event
from data.queries import migrations
from services import ingest
from services.ingest import Delivery, Receipt
from services.renaming import keep_renaming
from services.settings import Settings
from services.system import System
from tests.store.test_counts import CONTACTS, assert_equal_to_group_by, rows

T0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
OLD_NAME = T0 - timedelta(days=9)
AT = '[["resolved", {at}, null, null, {group}, {name}, "webhook", {at}]]'


def microseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def history(at: datetime, group: str, name: str) -> str:
    return AT.format(at=microseconds(at), group=group, name=name)


Told = tuple[str, datetime, str, str | None, str, str]
"""Chat, time, group and name as they were told, the queue, and where its name came from."""


@contextmanager
def file_of_version(path: Path, version: int, told: Sequence[Told]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Make a file as a version wrote it that knew so many migrations, with the contacts of these chats."""
    with duckdb.connect(str(path)) as old:
        old.execute("SET TimeZone = 'UTC'")
        old.execute(
            "CREATE TABLE schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL)"
        )
        for number, statements in migrations()[:version]:
            old.execute(statements)
            old.execute("INSERT INTO schema_version VALUES (?, ?)", [number, T0])
        for chat, at, group, name, queue, naming in told:
            events = history(at, f'"{group}"', f'"{name}"' if name else "null")
            old.execute("INSERT INTO chat VALUES (?, 'i', ?)", [f"i/{chat}", events])
            old.execute(
                "INSERT INTO contact VALUES ('i', ?, ?, ?, ?, ?, NULL, NULL, true, 'webhook', ?, ?)",
                [chat, at, queue, group, naming, at, at],
            )
        old.execute(
            "INSERT INTO contact_count SELECT integration_id, queue, "
            "to_timestamp(floor(extract(epoch FROM resolved_at) / 900) * 900), count(*), count(*), count(*) "
            "FROM contact GROUP BY ALL"
        )
        yield old


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A file of schema 4: a group that was renamed, one whose name is awaited."""
    path = tmp_path / "stillwatch.duckdb"
    later = T0 + timedelta(days=1)
    told = [
        ("told", T0, "g", "Alt", "Alt", "reported"),
        ("before", T0, "g", None, "Alt", "looked_up"),
        ("after", later, "g", None, "Neu", "looked_up"),
        ("awaited", T0, "h", None, "Undefined_Queue", "awaited"),
    ]
    with file_of_version(path, 4, told) as old:
        old.executemany("INSERT INTO group_name VALUES ('i', 'g', ?, ?)", [("Alt", OLD_NAME), ("Neu", later)])
    return path


def test_a_file_of_the_version_before_keeps_its_contacts_and_goes_on(old_file: Path) -> None:
    system = System(Settings(database=str(old_file)))

    def queues() -> dict[str, str]:
        assert_equal_to_group_by(system, "i")
        return {chat: queue for chat, _, queue, *_ in rows(system, CONTACTS, "i")}

    def record(chat: str, at: datetime, group: str, name: str | None) -> Receipt:
        event = Event("resolved", at, None, None, group, name, "webhook", at)
        return system.writer.submit(ingest.record, Delivery("i", [(chat, event)])).result()

    converted = {"told": "Alt", "before": "Alt", "after": "Neu", "awaited": "Undefined_Queue"}
    assert queues() == converted
    assert record("before", T0, "g", None) == Receipt(0, 1)
    assert record("before", T0 + timedelta(hours=1), "g", None) == Receipt(1, 0)
    assert record("new", T0 + timedelta(days=2), "g", None) == Receipt(1, 0)
    assert record("names it", T0, "h", "Technik") == Receipt(1, 0)
    keep_renaming(system)
    assert queues() == converted | {"new": "Neu", "awaited": "Technik", "names it": "Technik"}
    system.close()
    System(Settings(database=str(old_file))).close()


CHAT = "4ec945ec-6717-409d-9549-198d5d121bd1"
TWICE = "0a0a0a0a-6717-409d-9549-198d5d121bd1"


def test_a_chat_that_was_stored_in_capitals_is_found_again(old_file: Path) -> None:
    with duckdb.connect(str(old_file)) as old:
        old.execute("SET TimeZone = 'UTC'")
        for chat in (CHAT.upper(), "Name_Alias", TWICE, TWICE.upper(), TWICE.title()):
            old.execute("INSERT INTO chat VALUES (?, 'i', ?)", [f"i/{chat}", history(T0, '"g"', '"Alt"')])
            old.execute(
                "INSERT INTO contact VALUES ('i', ?, ?, 'Alt', 'g', 'reported', NULL, NULL, true, 'webhook', ?, ?)",
                [chat, T0, T0, T0],
            )
            old.execute("INSERT INTO group_look_up VALUES ('i', ?, ?, ?)", [chat, T0, T0])
        old.execute("DELETE FROM contact_count")
        old.execute(
            "INSERT INTO contact_count SELECT integration_id, queue, resolved_at, count(*), count(*), count(*) "
            "FROM contact GROUP BY ALL"
        )
    system = System(Settings(database=str(old_file)))

    def record(chat: str) -> Receipt:
        event = Event("resolved", T0, None, None, "g", "Alt", "webhook", T0)
        return system.writer.submit(ingest.record, Delivery("i", [(chat, event)])).result()

    spellings = [CHAT, "Name_Alias", TWICE, TWICE.upper(), TWICE.title()]
    stored = {chat for chat, *_ in rows(system, CONTACTS, "i")}
    assert set(spellings) <= stored
    assert CHAT.upper() not in stored
    asked = system.database.rows("SELECT chat_id FROM group_look_up")
    assert {chat for (chat,) in asked} == set(spellings)
    assert [record(chat) for chat in spellings] == [Receipt(0, 1)] * 5
    assert_equal_to_group_by(system, "i")
    system.close()


def test_a_group_that_was_renamed_back_is_named_anew(tmp_path: Path) -> None:
    path, minute = tmp_path / "stillwatch.duckdb", timedelta(minutes=1)
    told = [
        ("a", T0, "g", "Verkauf", "Verkauf", "reported"),
        ("b", T0 + 10 * minute, "g", "Test", "Test", "reported"),
        ("c", T0 + 20 * minute, "g", "Verkauf", "Verkauf", "reported"),
        ("later", T0 + 30 * minute, "g", None, "Test", "looked_up"),
    ]
    names = f'[[{microseconds(T0)}, "Verkauf"], [{microseconds(T0 + 10 * minute)}, "Test"]]'
    with file_of_version(path, 10, told) as old:
        old.execute("INSERT INTO known_group VALUES ('i/g', 'i', ?, 2, false)", [names])
        named = history(T0 + 30 * minute, '"g"', "null").replace("]]", ', "Test"]]')
        old.execute("UPDATE chat SET history = ? WHERE chat_key = 'i/later'", [named])
    system = System(Settings(database=str(path)))
    keep_renaming(system)
    assert ("later", "Verkauf") in [(row[0], row[2]) for row in rows(system, CONTACTS, "i")]
    assert_equal_to_group_by(system, "i")
    system.close()


def test_chats_are_found_again_by_their_shorter_keys(tmp_path: Path) -> None:
    path = tmp_path / "stillwatch.duckdb"
    told = [
        (f"chat {number}", T0 + timedelta(hours=number), "g", "Alt", "Alt", "reported")
        for number in range(50)
    ]
    with file_of_version(path, 13, told) as old:
        old.execute(
            "INSERT INTO known_group VALUES ('i/g', 'i', ?, 1, false)", [f'[[{microseconds(T0)}, "Alt"]]']
        )
        old.execute(
            "INSERT INTO queue_total SELECT integration_id, queue, count(*), count(*), count(*), min(resolved_at), "
            "max(resolved_at), min(pushed_at), max(pushed_at), min(resolved_at), max(resolved_at) "
            "FROM contact GROUP BY ALL"
        )
    system = System(Settings(database=str(path)))
    assert_equal_to_group_by(system, "i")
    before = rows(system, CONTACTS, "i")
    again = [(chat, Event("resolved", at, None, None, "g", "Alt", "app", at)) for chat, at, *_ in told]
    assert system.writer.submit(ingest.record, Delivery("i", again)).result() == Receipt(0, 50)
    assert rows(system, CONTACTS, "i") == before
    new = [("another chat", Event("resolved", T0, None, None, "g", "Alt", "app", T0))]
    assert system.writer.submit(ingest.record, Delivery("i", new)).result() == Receipt(1, 0)
    assert_equal_to_group_by(system, "i")
    system.close()


def test_chats_that_were_told_of_once_need_no_history_beside_their_contact(tmp_path: Path) -> None:
    path, hour = tmp_path / "stillwatch.duckdb", timedelta(hours=1)
    lone = {f"chat {number}": ("Alt", history(T0 + number * hour, '"g"', '"Alt"')) for number in range(50)}
    resolved, reopened = (
        history(T0, '"g"', '"Alt"').replace("resolved", kind) for kind in ("resolved", "reopened")
    )
    others = {
        "reopened later": ("Alt", resolved.replace("]]", f"], {reopened[1:]}")),
        "a seam in its name": ("x],[y", history(T0, '"g"', '"x],[y"')),
    }
    with file_of_version(path, 19, []) as old:
        old.execute("INSERT INTO chat VALUES (md5('i/only reopened')::uuid, 'i', ?)", [reopened])
        for number, (chat, (queue, events)) in enumerate((lone | others).items()):
            at = T0 + number * hour if chat in lone else T0
            old.execute("INSERT INTO chat VALUES (md5('i/' || ?)::uuid, 'i', ?)", [chat, events])
            old.execute(
                "INSERT INTO contact VALUES ('i', ?, ?, ?, 'g', 'reported', NULL, NULL, true, 'webhook', ?, ?)",
                [chat, at, queue, at, at],
            )
    system = System(Settings(database=str(path)))
    ((histories,),) = system.database.rows("SELECT count(*) FROM chat")
    assert histories == 3
    before = rows(system, CONTACTS, "i")
    assert len(before) == 52
    again = [
        (chat, Event("resolved", at, None, None, "g", queue, "app", at)) for chat, at, queue, *_ in before
    ]
    assert system.writer.submit(ingest.record, Delivery("i", again)).result() == Receipt(0, 52)
    assert rows(system, CONTACTS, "i") == before
    later = [("chat 1", Event("resolved", T0 + 100 * hour, None, None, "g", "Alt", "app", T0 + 100 * hour))]
    assert system.writer.submit(ingest.record, Delivery("i", later)).result() == Receipt(1, 0)
    assert [is_first for chat, *_, is_first, _ in rows(system, CONTACTS, "i") if chat == "chat 1"] == [
        True,
        False,
    ]
    system.close()
