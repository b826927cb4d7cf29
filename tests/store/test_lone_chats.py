"""A chat that was told of once is kept by its contact alone, and found by a short key that another may have, too."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import lone_chats
from data.chats import Event
from services import ingest
from services.ingest.deliveries import Delivery, Receipt
from services.settings import Settings
from services.system import System
from tests.store.test_counts import (
    CONTACTS,
    ON_ONE_STORE,
    assert_equal_to_group_by,
    deliver,
    deliveries,
    rows,
    told,
)

T0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def resolution(chat: str, minutes: int = 0, name: str | None = "Verkauf") -> tuple[str, Event]:
    at = T0 + timedelta(minutes=minutes)
    return chat, Event("resolved", at, f"{chat}-{minutes}", None, "g", name, "app", at)


def record(system: System, *told: tuple[str, Event]) -> Receipt:
    return system.writer.submit(ingest.record, Delivery("i", told)).result()


def kept_with_history(system: System) -> int:
    ((chats,),) = system.database.rows("SELECT count(*) FROM chat")
    return int(chats)


@ON_ONE_STORE
@given(st.lists(told, min_size=1, max_size=10), st.data())
def test_chats_that_share_their_short_keys_stay_apart(
    system: System, events: list[tuple[str, Event]], data: st.DataObject
) -> None:
    contacts, accepted = deliver(system, [events])
    with patch.object(lone_chats, "SHORT_BITS", 4):
        assert deliver(system, [events]) == (contacts, accepted)
        again, _ = deliver(system, data.draw(deliveries(events)))
    assert again == contacts


@pytest.mark.parametrize("at_once", [True, False])
def test_the_second_chat_of_a_short_key_gets_a_row_and_is_counted_once(
    system: System, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    monkeypatch.setattr(lone_chats, "SHORT_BITS", 0)
    told = [resolution("a"), resolution("b"), resolution("c")]
    for part in [told] if at_once else [[one] for one in told]:
        assert record(system, *part) == Receipt(len(part), 0)
    assert kept_with_history(system) == 2
    assert record(system, *reversed(told)) == Receipt(0, 3)
    assert len(rows(system, CONTACTS, "i")) == 3
    assert_equal_to_group_by(system, "i")


def test_a_chat_gets_a_history_when_there_is_more_than_its_contact_says(system: System) -> None:
    assert record(system, resolution("a"), resolution("b")) == Receipt(2, 0)
    assert record(system, resolution("a")) == Receipt(0, 1)
    assert kept_with_history(system) == 0
    assert record(system, resolution("a", 60)) == Receipt(1, 0)
    assert (
        record(system, ("b", Event.reopening(T0 - timedelta(hours=1), reporter="app", received_at=T0)))
        == Receipt()
    )
    assert kept_with_history(system) == 2
    assert record(system, resolution("a", 60), resolution("a"), resolution("b")) == Receipt(0, 3)
    assert record(system, resolution("a", -60)) == Receipt(1, 0)
    assert [(chat, is_first) for chat, *_, is_first, _ in rows(system, CONTACTS, "i")] == [
        ("a", True),
        ("a", False),
        ("a", False),
        ("b", True),
    ]
    assert_equal_to_group_by(system, "i")


def test_a_lone_chat_that_was_named_late_is_found_after_a_crash(system: System, tmp_path: Path) -> None:
    told = [resolution(f"chat {number}", number, None) for number in range(100)]
    assert record(system, *told) == Receipt(100, 0)
    for name in ("Verkauf", "Technik"):
        names = {"g": name}
        system.writer.write(lambda transaction: ingest.learn_names(transaction, "i", names, T0))  # noqa: B023
    assert kept_with_history(system) == 0
    path = Path(system.settings.database)
    shutil.copytree(path.parent, tmp_path / "copy", ignore=shutil.ignore_patterns("*.lock"))
    crashed = System(Settings(database=str(tmp_path / "copy" / path.name)))
    try:
        assert record(crashed, *told) == Receipt(0, 100)
        assert_equal_to_group_by(crashed, "i")
    finally:
        crashed.close()
