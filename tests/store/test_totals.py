"""What is known of all of history is kept in small rows, whatever comes, goes, moves or is named late."""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.activity import Activity, add_activity
from data.chats import Event, Reporter
from data.contacts import latest
from data.contacts import queues as stored_queues
from services import ingest
from services.ingest.deliveries import Delivery
from services.system import System
from tests.store.test_counts import ON_ONE_STORE, assert_equal_to_group_by, rows

T0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
_integrations = count()
moments = st.integers(0, 30).map(lambda step: T0 + timedelta(minutes=step))
events = st.builds(
    Event,
    st.sampled_from(["resolved", "resolved", "resolved", "reopened"]),
    moments,
    st.sampled_from([None, "i-1", "i-2"]),
    st.none(),
    st.sampled_from([None, "g-1", "g-2"]),
    st.sampled_from([None, "Verkauf", "Technik"]),
    st.sampled_from(["app", "webhook", "backfill"]),
    moments,
)
batches = st.lists(
    st.lists(st.tuples(st.sampled_from(["chat-1", "chat-2", "chat-3"]), events), min_size=1, max_size=4),
    min_size=1,
    max_size=6,
)


@ON_ONE_STORE
@given(batches, st.integers(0, 5))
def test_totals_equal_their_group_by_after_every_commit(
    system: System, told: list[list[tuple[str, Event]]], place: int
) -> None:
    integration_id = f"total-{next(_integrations)}"
    for number, batch in enumerate(told):
        if number == place:
            names = {"g-1": "Umbenannt", "g-2": "Technik"}
            system.writer.write(
                partial(ingest.learn_names, integration_id=integration_id, names=names, seen_at=T0)
            )
        system.writer.submit(ingest.record, Delivery(integration_id, batch)).result()
        assert_equal_to_group_by(system, integration_id)


@pytest.mark.parametrize("queues", [1, 3, 4, 30])
def test_however_many_queues_one_batch_brings_and_fetches_back(system: System, queues: int) -> None:
    integration_id = f"queues-{queues}"
    reporters: tuple[Reporter, ...] = ("backfill", "backfill", "app", "backfill")
    for reporter in reporters:  # until the push there are bounds that nobody has
        batch = [
            (
                f"{next(_integrations)}",
                Event.resolution(T0, reporter=reporter, received_at=T0, group_name=f"Gruppe {number}"),
            )
            for number in range(queues)
        ]
        system.writer.submit(ingest.record, Delivery(integration_id, batch)).result()
        assert_equal_to_group_by(system, integration_id)
    assert len(stored_queues(system.database, integration_id)) == queues


def resolution(at: datetime, *, name: str | None = None, received_at: datetime | None = None) -> Event:
    return Event.resolution(
        at, reporter="app", received_at=received_at or at, group_id="g-1", group_name=name
    )


def test_a_queue_whose_only_contact_moves_away_is_no_queue_any_more(system: System) -> None:
    def record(chat: str, event: Event) -> None:
        system.writer.submit(ingest.record, Delivery("moving", [(chat, event)])).result()

    record("nameless", resolution(T0))
    assert [queue.queue for queue in stored_queues(system.database, "moving")] == ["Undefined_Queue"]
    record("named", resolution(T0 + timedelta(hours=1), name="Verkauf"))
    (queue,) = stored_queues(system.database, "moving")
    assert (queue.queue, queue.contacts) == ("Verkauf", 2)
    assert (queue.first_interval, queue.last_interval) == (T0, T0 + timedelta(hours=1))


def test_the_earliest_and_latest_contact_are_told_by_each_clock(system: System) -> None:
    pushed, late = T0 + timedelta(minutes=3), T0 + timedelta(days=1)
    fetched = Event.resolution(T0 - timedelta(days=9), reporter="backfill", received_at=late)
    told = [
        ("early", resolution(T0, name="Verkauf", received_at=late)),
        ("later", resolution(T0 + timedelta(minutes=2), name="Technik", received_at=pushed)),
        ("fetched", fetched),
    ]
    system.writer.submit(ingest.record, Delivery("clocks", told)).result()
    known = latest(system.database, "clocks")
    assert (known.first_resolved_at, known.resolved_at) == (fetched.occurred_at, T0 + timedelta(minutes=2))
    assert (known.first_pushed_at, known.pushed_at) == (pushed, late)
    assert (known.pushed_from, known.pushed_until) == (T0, T0 + timedelta(minutes=2))
    assert (known.contacts, known.pushed) == (3, 2)
    nothing = latest(system.database, "never heard of")
    assert (nothing.resolved_at, nothing.first_pushed_at, nothing.contacts) == (None, None, 0)


def test_totals_of_activity_equal_their_group_by(system: System) -> None:
    def noted(minutes: int, key: str, occurrences: int) -> Activity:
        at = T0 + timedelta(minutes=minutes)
        start = at.replace(minute=at.minute // 15 * 15)
        return Activity("active", key, "heartbeat", start, occurrences, at, at + timedelta(minutes=1))

    for entries in (
        [noted(20, "k", 2), noted(50, "k", 1)],
        [noted(5, "k", 3), noted(21, "k", 4), noted(0, "l", 1)],
    ):
        system.writer.write(partial(add_activity, activities=entries))
    grouped = """
    SELECT integration_id, key_id, kind, min(interval_start), sum(occurrences)::bigint, min(first_at), max(last_at)
    FROM activity WHERE integration_id = $integration_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
    totals = "SELECT * FROM activity_total WHERE integration_id = $integration_id ORDER BY 1, 2, 3"
    assert rows(system, totals, "active") == rows(system, grouped, "active")
