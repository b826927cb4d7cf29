"""Names that come late: a few contacts in each commit, others get through, and no end of names is kept."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import known_groups
from data.chats import Event
from data.contacts import queues
from data.database import Transaction
from data.known_groups import groups_in_renaming
from services import ingest, renaming
from services.ingest import Delivery, Receipt, deliveries, naming
from services.renaming import keep_renaming
from services.system import System
from tests.store.test_counts import (
    CONTACTS,
    COUNTS,
    GROUPED,
    ON_ONE_STORE,
    T0,
    _integrations,
    rows,
)
from tests.store.test_counts import told as told_events


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def limit(chats: int) -> None:
        monkeypatch.setattr(deliveries, "NAMED_AT_ONCE", chats)
        monkeypatch.setattr(renaming, "CHATS_A_COMMIT", chats)

    limit(2)
    return limit


def resolution(
    chat: str, minutes: float = 0, name: str | None = None, group: str | None = "g"
) -> tuple[str, Event]:
    at = T0 + timedelta(minutes=minutes)
    return chat, Event("resolved", at, None, None, group, name, "webhook", at)


def record(system: System, integration_id: str, *events: tuple[str, Event]) -> Receipt:
    return system.writer.submit(ingest.record, Delivery(integration_id, events)).result()


def learn(system: System, integration_id: str, names: dict[str, str]) -> None:
    """Hear of Freshchat which groups it has."""
    system.writer.write(lambda transaction: ingest.learn_names(transaction, integration_id, names, T0))


def counted(system: System, integration_id: str) -> dict[str, int]:
    assert rows(system, COUNTS, integration_id) == rows(system, GROUPED, integration_id)
    return {queue.queue: queue.contacts for queue in queues(system.database, integration_id)}


def test_a_name_that_comes_late_names_a_few_at_once_and_the_others_in_turn(
    system: System, few_at_once: object
) -> None:
    record(system, "i", *(resolution(f"c{number}", number) for number in range(7)))
    record(system, "i", resolution("named", 9, "Verkauf"))
    assert counted(system, "i") == {"Verkauf": 3, "Undefined_Queue": 5}
    keep_renaming(system)
    assert counted(system, "i") == {"Verkauf": 8}
    assert groups_in_renaming(system.database) == []


def test_others_get_through_between_two_commits_of_a_renaming(
    system: System, few_at_once: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(system, "i", *(resolution(f"c{number}", number) for number in range(10)))
    record(system, "i", resolution("named", 11, "Verkauf"))
    order: list[str] = []
    answered: list[int] = []
    rename = ingest.rename

    def note(transaction: Transaction, *given: Any) -> None:
        rename(transaction, *given)
        order.append("renamed")
        # Somebody else's event arrives while the writer is busy with this.
        other = Delivery("other", [resolution(f"other {len(order)}", group=None)])
        system.writer.submit(note_other, other).add_done_callback(
            lambda _: answered.append(order.count("renamed"))
        )

    def note_other(transaction: Transaction, others: Sequence[Delivery]) -> Sequence[Receipt]:
        order.append("other")
        return ingest.record(transaction, others)

    monkeypatch.setattr(ingest, "rename", note)
    keep_renaming(system)
    system.writer.write(lambda _: None)
    assert order == ["renamed", "other"] * 5
    # Each is answered with the next commit, which it may share with the next few names.
    assert len(answered) == 5
    assert all(names <= number + 1 for number, names in enumerate(answered, start=1))
    assert counted(system, "other") == {"Undefined_Queue": 5}


def test_a_renaming_that_was_interrupted_goes_on(
    system: System, few_at_once: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(system, "i", *(resolution(f"c{number}", number) for number in range(9)))
    record(system, "i", resolution("named", 11, "Verkauf"))
    with monkeypatch.context() as patch:
        rename = ingest.rename
        calls: list[object] = []

        def stop(*given: Any) -> None:
            calls.append(given)
            if len(calls) == 3:
                raise InterruptedError
            rename(*given)

        patch.setattr(ingest, "rename", stop)
        with pytest.raises(InterruptedError):
            keep_renaming(system)
    assert counted(system, "i")["Undefined_Queue"] > 0
    keep_renaming(system)
    assert counted(system, "i") == {"Verkauf": 10}


def test_a_name_learned_in_the_middle_of_a_renaming_is_given_to_all(
    system: System, few_at_once: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(system, "i", *(resolution(f"c{number}", number) for number in range(9)))
    record(system, "i", resolution("named", 5, "Neu"))
    rename, calls = ingest.rename, []

    def and_learn(transaction: Transaction, *given: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            event = resolution("earlier", -1, "Alt")
            ingest.record(transaction, [Delivery("i", [event])])
        rename(transaction, *given)

    monkeypatch.setattr(ingest, "rename", and_learn)
    keep_renaming(system)
    keep_renaming(system)
    assert counted(system, "i") == {"Alt": 6, "Neu": 5}
    assert groups_in_renaming(system.database) == []


@ON_ONE_STORE
@given(
    st.lists(told_events, min_size=1, max_size=10),
    st.dictionaries(st.sampled_from(["g-1", "g-2"]), st.sampled_from(["Verkauf", "Neu"]), min_size=1),
    st.integers(0, 10),
)
def test_a_few_at_once_end_where_all_at_once_would(
    system: System,
    few_at_once: Callable[[int], None],
    events: list[tuple[str, Event]],
    names: dict[str, str],
    place: int,
) -> None:
    found = []
    for at_once in (200, 1):
        few_at_once(at_once)
        integration_id = f"integration-{next(_integrations)}"
        for number, event in enumerate([*events, None]):
            if number == min(place, len(events)):
                learn(system, integration_id, names)
            if event is not None:
                record(system, integration_id, event)
            assert rows(system, COUNTS, integration_id) == rows(system, GROUPED, integration_id)
        keep_renaming(system)
        assert rows(system, COUNTS, integration_id) == rows(system, GROUPED, integration_id)
        found.append(rows(system, CONTACTS, integration_id))
    assert found[0] == found[1]


def test_a_commit_reads_only_the_groups_that_it_touches(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(system, "i", *(resolution(f"c{n}", n, f"Name {n}", f"g{n}") for n in range(400)))
    read: list[object] = []
    rows_by_key = Transaction.rows_by_key

    def reading(self: Transaction, table: str, *given: Any) -> Any:
        found = rows_by_key(self, table, *given)
        read.extend(found if table == "known_group" else [])
        return found

    monkeypatch.setattr(Transaction, "rows_by_key", reading)
    record(system, "i", resolution("another", 5, None, "g7"))
    assert len(read) == 1
    assert counted(system, "i")["Name 7"] == 2


@pytest.mark.parametrize("with_ids", [True, False])
def test_beyond_the_most_names_contacts_are_kept_without_one_until_freshchat_lists_their_group(
    system: System, monkeypatch: pytest.MonkeyPatch, with_ids: bool
) -> None:
    monkeypatch.setattr(naming, "MOST_NAMES", 3)

    def event(number: int) -> tuple[str, Event]:
        return resolution(f"c{number}", number, f"Name {number}", f"g{number}" if with_ids else None)

    assert record(system, "i", *map(event, range(2))).accepted == 2
    assert record(system, "i", *map(event, range(2, 6))).accepted == 4
    named = {"Name 0": 1, "Name 1": 1, "Name 2": 1}
    assert counted(system, "i") == named | {"Undefined_Queue": 3}
    assert record(system, "i", *map(event, range(6))) == Receipt(0, 6)  # nothing is counted twice
    record(system, "another", event(9))
    assert counted(system, "another") == {"Name 9": 1}  # the bound is each integration's own
    if with_ids:
        learn(system, "i", {"g4": "Name 4", "g9": "Name 9"})
        assert counted(system, "i") == named | {"Name 4": 1, "Undefined_Queue": 2}
        record(system, "i", resolution("c9", 9, "Name 9", "g9"), resolution("c8", 9, "Name 8", "g8"))
        assert counted(system, "i") == named | {"Name 4": 1, "Name 9": 1, "Undefined_Queue": 3}


def test_a_known_group_may_get_no_new_names_without_end_either(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "MOST_NAMES", 3)
    for number in range(9):
        record(system, "i", resolution(f"c{number}", number, f"Name {number}"))
    assert set(counted(system, "i")) == {"Name 0", "Name 1", "Name 2"}
    assert sum(counted(system, "i").values()) == 9


def test_a_group_that_is_renamed_back_goes_by_its_first_name_again(system: System) -> None:
    record(system, "i", resolution("a", 0, "Verkauf"), resolution("b", 10, "Verkauf Test"))
    record(system, "i", resolution("between", 15, None))
    record(system, "i", resolution("c", 20, "Verkauf"))
    record(system, "i", resolution("later", 30, None), resolution("tomorrow", 60 * 24, None))
    assert counted(system, "i") == {"Verkauf": 4, "Verkauf Test": 2}


def test_freshchats_own_list_tells_that_a_group_was_renamed_back(system: System) -> None:
    record(system, "i", resolution("a", -30, "Verkauf"), resolution("b", -20, "Verkauf Test"))
    record(system, "i", resolution("waits", 5, None))
    assert counted(system, "i") == {"Verkauf": 1, "Verkauf Test": 2}
    learn(system, "i", {"g": "Verkauf"})
    assert counted(system, "i") == {"Verkauf": 2, "Verkauf Test": 1}


names_in_turn = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["Verkauf", "Technik", "VIP", None])),
    min_size=1,
    max_size=12,
)


@ON_ONE_STORE
@given(names_in_turn, st.data())
def test_the_last_name_by_time_wins_whatever_the_order(
    system: System, told: list[tuple[int, str | None]], data: st.DataObject
) -> None:
    events = [resolution(f"c{number}", minute, name) for number, (minute, name) in enumerate(told)]
    order = data.draw(st.permutations(events))
    ends = sorted({0, len(order), *data.draw(st.sets(st.integers(0, len(order)), max_size=3))})
    integration_id = f"integration-{next(_integrations)}"
    for start, end in pairwise(ends):
        record(system, integration_id, *order[start:end])
    named = sorted((minute, name) for minute, name in told if name is not None)

    def expected(minute: int, name: str | None) -> str:
        earlier = [known for at, known in named if at <= minute]
        return name or (earlier[-1] if earlier else named[0][1] if named else "Undefined_Queue")

    queues_of = {row[0]: row[2] for row in rows(system, CONTACTS, integration_id)}
    assert [queues_of[f"c{number}"] for number in range(len(told))] == [expected(*one) for one in told]


def test_two_names_in_turn_do_not_grow_for_ever(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_groups, "MOST_SIGHTINGS", 4)
    for minute in range(10):
        record(system, "i", resolution(f"c{minute}", minute, f"Verkauf {minute % 2}"))
    ((names, distinct),) = system.database.rows("SELECT names, names_known FROM known_group")
    assert (names.count("Verkauf"), distinct) == (4, 2)
    record(system, "i", resolution("later", 20, None))
    assert counted(system, "i") == {"Verkauf 0": 5, "Verkauf 1": 6}
