"""A chat with a long life is kept in parts: the same contacts, and one more event costs what it touches."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import histories
from data.chats import Event
from data.database import Transaction
from services import ingest
from services.ingest import Delivery, Receipt
from services.renaming import keep_renaming
from services.system import System
from tests.store.resolutions import resolutions_at
from tests.store.test_counts import (
    CONTACTS,
    COUNTS,
    GROUPED,
    ON_ONE_STORE,
    T0,
    _integrations,
    deliver,
    deliveries,
    rows,
)
from tests.store.test_late_names import learn

# Around full hours, where a part ends and the next begins, and far enough apart for several parts.
moments = st.builds(
    lambda hour, seconds: T0 + timedelta(hours=hour, seconds=seconds),
    st.integers(0, 3),
    st.sampled_from([-130, -119, -60, -1, 0, 1, 60, 119, 130, 1800]),
)
resolutions = resolutions_at(moments, received_at=T0)
reopenings = st.builds(Event, st.just("reopened"), moments, *[st.none()] * 4, st.just("app"), st.just(T0))
told = st.tuples(st.just('chat-"1"'), resolutions | reopenings)


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Switch between keeping chats in one row and in parts: ``in_parts(True)``."""
    return lambda yes: monkeypatch.setattr(histories, "MOST_EVENTS_A_ROW", 1 if yes else 1000)


def deliver_and_rename(
    system: System, batches: list[list[tuple[str, Event]]]
) -> tuple[list[tuple[Any, ...]], int]:
    """Return the contacts after these batches, with the names that the parts get in turn, and how many were new."""
    integration_id = f"integration-{next(_integrations)}"
    accepted = 0
    for batch in batches:
        accepted += system.writer.submit(ingest.record, Delivery(integration_id, batch)).result().accepted
        assert rows(system, COUNTS, integration_id) == rows(system, GROUPED, integration_id)
    keep_renaming(system)
    assert rows(system, COUNTS, integration_id) == rows(system, GROUPED, integration_id)
    return rows(system, CONTACTS, integration_id), accepted


@ON_ONE_STORE
@given(st.lists(told, min_size=1, max_size=10), st.data())
def test_in_parts_any_order_gives_the_contacts_that_it_gives_in_one_row(
    system: System, in_parts: Any, events: list[tuple[str, Event]], data: st.DataObject
) -> None:
    batches = data.draw(deliveries(events))
    in_parts(False)
    contacts = deliver_and_rename(system, [[event] for event in events])
    in_one_row = deliver_and_rename(system, batches)
    in_parts(True)
    assert deliver_and_rename(system, batches) == in_one_row
    assert in_one_row[0] == contacts[0]


@ON_ONE_STORE
@given(st.lists(told, min_size=1, max_size=8), st.data(), st.booleans())
def test_in_parts_each_sender_of_one_commit_is_told_the_same_as_in_one_row(
    system: System, in_parts: Any, events: list[tuple[str, Event]], data: st.DataObject, once: bool
) -> None:
    batches = data.draw(deliveries(events))

    def commit(some: list[Delivery]) -> list[ingest.Receipt]:
        return system.writer.write(lambda transaction: ingest.record(transaction, some))

    def receipts(*, parts: bool) -> list[Any]:
        in_parts(parts)
        integration_id = f"integration-{next(_integrations)}"
        told = [Delivery(integration_id, batch, once) for batch in batches]
        half = len(told) // 2
        return [receipt for some in (told[:half], told[half:]) for receipt in commit(some)]

    assert receipts(parts=True) == receipts(parts=False)


@ON_ONE_STORE
@given(
    st.lists(told, min_size=1, max_size=8),
    st.dictionaries(st.sampled_from(["g-1", "g-2"]), st.sampled_from(["Verkauf", "Neu"]), min_size=1),
    st.integers(0, 8),
)
def test_in_parts_names_that_come_late_are_given(
    system: System, in_parts: Any, events: list[tuple[str, Event]], names: dict[str, str], place: int
) -> None:
    found = []
    for parts in (False, True):
        in_parts(parts)
        integration_id = f"integration-{next(_integrations)}"
        for number, event in enumerate([*events, None]):
            if number == min(place, len(events)):
                learn(system, integration_id, names)
            if event is not None:
                system.writer.submit(ingest.record, Delivery(integration_id, [event])).result()
            assert rows(system, COUNTS, integration_id) == rows(system, GROUPED, integration_id)
        keep_renaming(system)
        found.append(rows(system, CONTACTS, integration_id))
    assert found[0] == found[1]


def test_a_chat_that_was_kept_in_one_row_goes_over_to_parts_when_it_grows(
    system: System, in_parts: Any
) -> None:
    def resolution(minutes: int) -> tuple[str, Event]:
        at = T0 + timedelta(minutes=minutes)
        return "chat", Event("resolved", at, f"i-{minutes}", None, "g", "Verkauf", "app", at)

    in_parts(False)
    integration_id = f"integration-{next(_integrations)}"

    def record(*events: tuple[str, Event]) -> Receipt:
        return system.writer.submit(ingest.record, Delivery(integration_id, events)).result()

    record(*map(resolution, range(0, 300, 30)))
    in_parts(True)
    assert record(resolution(-30), resolution(300)).accepted == 2
    assert record(*map(resolution, range(-30, 301, 30))).duplicates == 12
    found = rows(system, CONTACTS, integration_id)
    assert [contact[6] for contact in found] == [True] + [False] * 11  # only the first is first
    assert rows(system, COUNTS, integration_id) == rows(system, GROUPED, integration_id)


def test_one_more_event_reads_and_writes_no_more_of_a_longer_life(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost = {"read": 0, "written": 0}
    rows_by_key, upsert = Transaction.rows_by_key, Transaction.upsert

    def reading(self: Transaction, *given: Any) -> Any:
        found = rows_by_key(self, *given)
        cost["read"] += sum(len(str(row)) for row in found)
        return found

    def writing(self: Transaction, table: str, rows: Any) -> None:
        cost["written"] += sum(len(str(row)) for row in rows)
        upsert(self, table, rows)

    monkeypatch.setattr(Transaction, "rows_by_key", reading)
    monkeypatch.setattr(Transaction, "upsert", writing)

    def live(first: int, last: int) -> dict[str, int]:
        """Return what the last event of these costs."""
        for start in range(first, last, 100):
            delivery = [
                ("chat", Event("resolved", at, f"i-{n}", None, "g", "Verkauf", "app", at))
                for n in range(start, min(start + 100, last))
                if (at := datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=20 * n))
            ]
            system.writer.submit(ingest.record, Delivery("i", delivery)).result()
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=20 * last)
        cost.update(read=0, written=0)
        event = Event("resolved", at, f"i-{last}", None, "g", "Verkauf", "app", at)
        assert system.writer.submit(ingest.record, Delivery("i", [("chat", event)])).result().accepted == 1
        return dict(cost)

    short, long = live(0, 100), live(101, 3001)
    assert long["read"] <= short["read"] + 50
    assert long["written"] <= short["written"] + 50
    assert system.database.rows("SELECT count(*) FROM contact") == [(3002,)]


def at_time(text: str, interaction: str | None = None, kind: str = "resolved") -> tuple[str, Event]:
    at = datetime.fromisoformat(f"2026-03-02T{text}Z")
    return "chat", Event(kind, at, interaction, None, None, None, "app", at)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("last", "resolutions", "first"),
    [
        # close in time to what stands in the part before, or after
        ([at_time("11:00:30")], ["08:00:00", "10:59:30", "15:00:00"], "08:00:00"),
        ([at_time("14:59:00")], ["08:00:00", "10:59:30", "14:59:00"], "08:00:00"),
        # of one interaction, hours apart
        ([at_time("18:00:00", "i-1"), at_time("07:00:00", "i-1")], ["07:00:00", "10:59:30", "15:00:00"], "07:00:00"),
        ([at_time("12:00:00", "i-1")], ["08:00:00", "10:59:30", "15:00:00"], "08:00:00"),
        # a chain through two parts
        ([at_time("11:02:30"), at_time("11:01:00")], ["08:00:00", "10:59:30", "15:00:00"], "08:00:00"),
        # one that comes before the first
        ([at_time("07:00:00")], ["07:00:00", "08:00:00", "10:59:30", "15:00:00"], "07:00:00"),
        # seen to be reopened in between
        (
            [at_time("11:00:00", kind="reopened"), at_time("11:00:30")],
            ["08:00:00", "10:59:30", "11:00:30", "15:00:00"],
            "08:00:00",
        ),
    ],
)  # fmt: skip
def test_an_event_finds_what_it_bears_on_in_other_parts(
    system: System, in_parts: Any, last: list[tuple[str, Event]], resolutions: list[str], first: str
) -> None:
    in_parts(True)
    before = [at_time("08:00:00", "i-1"), at_time("10:59:30"), at_time("15:00:00")]
    contacts, _ = deliver(system, [[event] for event in [*before, *last]])
    assert [contact[1].strftime("%H:%M:%S") for contact in contacts] == resolutions
    assert [contact[1].strftime("%H:%M:%S") for contact in contacts if contact[6]] == [first]
