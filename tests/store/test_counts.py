"""Any order, any repetition, any split into batches: the same contacts, and counts that equal their GROUP BY."""

from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.chats import Event, quarter_hour
from services import ingest
from services.ingest.counting import contacts_of_chat
from services.ingest.deliveries import Delivery
from services.system import System
from tests.store.resolutions import resolutions_at

T0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
_integrations = count()
ON_ONE_STORE = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

COUNTS = """
SELECT queue, interval_start, contacts, first_contacts, pushed_contacts
FROM contact_count WHERE integration_id = $integration_id
  AND (contacts <> 0 OR first_contacts <> 0 OR pushed_contacts <> 0)
ORDER BY ALL
"""
COUNTED_TWICE = """
SELECT queue, interval_start FROM contact_count WHERE integration_id = $integration_id
GROUP BY ALL HAVING count(*) > 1
"""
GROUPED = """
SELECT queue, to_timestamp(floor(extract(epoch FROM resolved_at) / 900) * 900), count(*),
    count(*) FILTER (WHERE is_first), count(*) FILTER (WHERE pushed_at IS NOT NULL)
FROM contact WHERE integration_id = $integration_id
GROUP BY ALL ORDER BY ALL
"""
TOTALS = "SELECT * FROM queue_total WHERE integration_id = $integration_id ORDER BY queue"
SUMMED_UP = """
SELECT integration_id, queue, count(*), count(*) FILTER (WHERE is_first), count(pushed_at),
    min(resolved_at), max(resolved_at), min(pushed_at), max(pushed_at),
    min(resolved_at) FILTER (WHERE pushed_at IS NOT NULL), max(resolved_at) FILTER (WHERE pushed_at IS NOT NULL)
FROM contact WHERE integration_id = $integration_id
GROUP BY integration_id, queue ORDER BY queue
"""
CONTACTS = """
SELECT chat_id, resolved_at, queue, group_id, naming, interaction_id, is_first, pushed_at IS NOT NULL
FROM contact WHERE integration_id = $integration_id ORDER BY ALL
"""

moments = st.integers(0, 12).map(lambda step: T0 + timedelta(seconds=75 * step))
resolutions = resolutions_at(moments, received_at=T0)
reopenings = st.builds(
    Event,
    st.just("reopened"),
    moments,
    *[st.none()] * 4,
    st.sampled_from(["app", "webhook"]),
    st.just(T0),
)
told = st.tuples(st.sampled_from(["chat-1", "chat-2", "chat-3"]), resolutions | reopenings)


@st.composite
def deliveries(draw: st.DrawFn, events: list[tuple[str, Event]]) -> list[list[tuple[str, Event]]]:
    """The events in any order, some of them again, in batches of any size."""
    order = draw(st.permutations(events + draw(st.lists(st.sampled_from(events), max_size=6))))
    ends = sorted(draw(st.sets(st.integers(0, len(order)), max_size=4)) | {0, len(order)})
    return [order[start:end] for start, end in pairwise(ends)]


def deliver(system: System, batches: list[list[tuple[str, Event]]]) -> tuple[Any, int]:
    """Return the contacts of a new integration after these batches, and how many were told to be new."""
    integration_id = f"integration-{next(_integrations)}"
    accepted = 0
    for batch in batches:
        accepted += system.writer.submit(ingest.record, Delivery(integration_id, batch)).result().accepted
        assert_equal_to_group_by(system, integration_id)
    return rows(system, CONTACTS, integration_id), accepted


def assert_equal_to_group_by(system: System, integration_id: str) -> None:
    assert rows(system, COUNTS, integration_id) == rows(system, GROUPED, integration_id)
    assert rows(system, COUNTED_TWICE, integration_id) == []
    assert rows(system, TOTALS, integration_id) == rows(system, SUMMED_UP, integration_id)
    contacts = [row[:2] for row in rows(system, CONTACTS, integration_id)]
    assert len(contacts) == len(set(contacts))


def rows(system: System, query: str, integration_id: str) -> list[tuple[Any, ...]]:
    return system.database.rows(query, integration_id=integration_id)


@ON_ONE_STORE
@given(st.lists(told, min_size=1, max_size=10), st.data())
def test_order_repetition_and_batches_change_nothing(
    system: System, events: list[tuple[str, Event]], data: st.DataObject
) -> None:
    contacts, _ = deliver(system, [events])
    again, _ = deliver(system, data.draw(deliveries(events)))
    assert again == contacts


@ON_ONE_STORE
@given(st.lists(told, min_size=1, max_size=8), st.data())
def test_many_senders_in_one_commit_equal_one_after_the_other(
    system: System, events: list[tuple[str, Event]], data: st.DataObject
) -> None:
    batches = data.draw(deliveries(events))
    contacts, accepted = deliver(system, batches)
    integration_id = f"integration-{next(_integrations)}"
    receipts = system.writer.write(
        lambda transaction: ingest.record(transaction, [Delivery(integration_id, batch) for batch in batches])
    )
    assert rows(system, CONTACTS, integration_id) == contacts
    assert_equal_to_group_by(system, integration_id)
    assert sum(receipt.accepted for receipt in receipts) == accepted


@ON_ONE_STORE
@given(
    st.lists(told, min_size=1, max_size=8),
    st.dictionaries(st.sampled_from(["g-1", "g-2"]), st.sampled_from(["Verkauf", "Umbenannt"]), min_size=1),
    st.integers(0, 8),
)
def test_names_that_are_looked_up_late_keep_the_counts_equal(
    system: System, events: list[tuple[str, Event]], names: dict[str, str], place: int
) -> None:
    integration_id = f"integration-{next(_integrations)}"
    for number, event in enumerate([*events, None]):
        if number == min(place, len(events)):
            system.writer.write(
                lambda transaction: ingest.learn_names(transaction, integration_id, names, T0)
            )
        if event is not None:
            system.writer.submit(ingest.record, Delivery(integration_id, [event])).result()
        assert_equal_to_group_by(system, integration_id)
    waiting = {
        group for _, _, _, group, naming, *_ in rows(system, CONTACTS, integration_id) if naming == "awaited"
    }
    assert not waiting & names.keys()


def test_a_renamed_group_starts_a_new_queue_and_the_old_one_keeps_its_history(system: System) -> None:
    def resolution(chat: str, minutes: int, name: str | None) -> tuple[str, Event]:
        at = T0 + timedelta(minutes=minutes)
        return chat, Event("resolved", at, None, None, "g-1", name, "app", at)

    events = [
        resolution("before", 0, "Alt"),
        resolution("unnamed before", 5, None),
        resolution("after", 60, "Neu"),
        resolution("unnamed after", 65, None),
    ]
    for order in (events, events[::-1]):
        contacts, _ = deliver(system, [[event] for event in order])
        assert {chat: queue for chat, _, queue, *_ in contacts} == {
            "before": "Alt",
            "unnamed before": "Alt",
            "after": "Neu",
            "unnamed after": "Neu",
        }


def test_a_backfill_is_no_push_and_a_push_after_it_is_one(system: System) -> None:
    def report(reporter: Any) -> list[tuple[str, Event]]:
        return [("chat", Event("resolved", T0, None, None, None, None, reporter, T0))]

    contacts, accepted = deliver(system, [report("backfill")])
    assert ([contact[-1] for contact in contacts], accepted) == ([False], 1)
    contacts, accepted = deliver(system, [report("backfill"), report("webhook"), report("app")])
    assert ([contact[-1] for contact in contacts], accepted) == ([True], 1)


def test_a_delivery_full_of_one_chat_derives_its_contacts_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived = Mock(wraps=contacts_of_chat)
    monkeypatch.setattr("services.ingest.deliveries.contacts_of_chat", derived)
    events = [
        ("chat", Event("resolved", T0 + timedelta(minutes=3 * number), None, None, None, None, "app", T0))
        for number in range(500)
    ]
    contacts, accepted = deliver(system, [events + events])
    assert len(contacts) == accepted == 500
    assert derived.call_count == 2  # as it was stored, and with the new events


def test_a_count_stands_at_the_quarter_hour_of_the_resolution() -> None:
    assert quarter_hour(datetime(2026, 3, 2, 10, 14, 59, 999_999, UTC)) == datetime(
        2026, 3, 2, 10, 0, tzinfo=UTC
    )
    assert quarter_hour(datetime(2026, 3, 2, 10, 15, tzinfo=UTC)) == datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
