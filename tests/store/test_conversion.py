"""A file of an older version is brought up to date with all that it holds."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from data.chats import Event
from data.database import Transaction
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


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A file as the version before wrote it: schema 4, a group that was renamed, one whose name is awaited."""
    path = tmp_path / "stillwatch.duckdb"
    later = T0 + timedelta(days=1)
    with duckdb.connect(str(path)) as old:
        old.execute("SET TimeZone = 'UTC'")
        old.execute(
            "CREATE TABLE schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL)"
        )
        for number, statements in migrations()[:4]:
            old.execute(statements)
            old.execute("INSERT INTO schema_version VALUES (?, ?)", [number, T0])
        old.executemany("INSERT INTO group_name VALUES ('i', 'g', ?, ?)", [("Alt", OLD_NAME), ("Neu", later)])
        for chat, at, group, name, queue, naming in [
            ("told", T0, "g", "Alt", "Alt", "reported"),
            ("before", T0, "g", None, "Alt", "looked_up"),
            ("after", later, "g", None, "Neu", "looked_up"),
            ("awaited", T0, "h", None, "Undefined_Queue", "awaited"),
        ]:
            told = history(at, f'"{group}"', f'"{name}"' if name else "null")
            old.execute("INSERT INTO chat VALUES (?, 'i', ?)", [f"i/{chat}", told])
            old.execute(
                "INSERT INTO contact VALUES ('i', ?, ?, ?, ?, ?, NULL, NULL, true, 'webhook', ?, ?)",
                [chat, at, queue, group, naming, at, at],
            )
        old.execute(
            "INSERT INTO contact_count SELECT integration_id, queue, resolved_at, count(*), count(*), count(*) "
            "FROM contact GROUP BY ALL"
        )
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
    settings = Settings(database=str(tmp_path / "stillwatch.duckdb"))
    minute = timedelta(minutes=1)

    def resolution(chat: str, minutes: int, name: str | None) -> tuple[str, Event]:
        at = T0 + minutes * minute
        return chat, Event("resolved", at, None, None, "g", name, "webhook", at)

    system = System(settings)
    told = [("a", 0, "Verkauf"), ("b", 10, "Test"), ("c", 20, "Verkauf"), ("later", 30, None)]
    system.writer.submit(ingest.record, Delivery("i", [resolution(*one) for one in told])).result()
    old = f'[[{microseconds(T0)}, "Verkauf"], [{microseconds(T0 + 10 * minute)}, "Test"]]'

    def as_before(transaction: Transaction) -> None:
        """Write what the version before knew, and name the contact by it."""
        transaction.rows(f"UPDATE known_group SET names = '{old}'")
        ingest.rename(transaction, "i", ["later"])
        for number, statements in migrations():
            for table in re.findall("CREATE TABLE (\\w+)", statements) if number > 11 else ():
                transaction.rows(f"DROP TABLE {table}")
        transaction.rows("DELETE FROM schema_version WHERE version >= 11")

    system.writer.write(as_before)
    assert ("later", "Test") in [(row[0], row[2]) for row in rows(system, CONTACTS, "i")]
    system.close()
    system = System(settings)
    keep_renaming(system)
    assert ("later", "Verkauf") in [(row[0], row[2]) for row in rows(system, CONTACTS, "i")]
    assert_equal_to_group_by(system, "i")
    system.close()
