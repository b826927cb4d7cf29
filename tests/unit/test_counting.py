"""What a contact is: one resolution of a chat, in the queue of its group, whoever tells of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from data.chats import Contact, Event, Reporter
from data.known_groups import KnownGroup
from services.ingest.counting import UNDEFINED_QUEUE, contacts_of_chat, unknown

T0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def resolved(
    minutes: float, interaction: str | None = None, reporter: Reporter = "app", **more: Any
) -> Event:
    at = T0 + timedelta(minutes=minutes)
    fields = {"opened_at": None, "group_id": None, "group_name": None, "received_at": at} | more
    return Event("resolved", at, interaction, reporter=reporter, **fields)


def reopened(minutes: float) -> Event:
    at = T0 + timedelta(minutes=minutes)
    return Event("reopened", at, None, None, None, None, "app", at)


def contacts(*events: Event, names: dict[str, str] | None = None) -> list[Contact]:
    return contacts_of_chat(events, lambda event: (names or {}).get(event.group_id or ""))


def test_a_chat_resolved_a_day_after_it_was_opened_is_one_contact_at_its_resolution() -> None:
    (contact,) = contacts(resolved(0, "i-1", opened_at=T0 - timedelta(days=1)))
    assert (contact.resolved_at, contact.opened_at) == (T0, T0 - timedelta(days=1))


def test_a_chat_that_was_only_reopened_is_no_contact() -> None:
    assert contacts(reopened(0), reopened(5)) == []


def test_a_chat_reopened_and_resolved_again_is_a_second_contact_and_only_the_first_is_first() -> None:
    found = contacts(resolved(0), reopened(30), resolved(60), resolved(600))
    assert [(contact.resolved_at - T0, contact.is_first) for contact in found] == [
        (timedelta(0), True),
        (timedelta(hours=1), False),
        (timedelta(hours=10), False),
    ]


def test_a_resolution_that_becomes_known_late_is_the_first_if_it_was() -> None:
    late = contacts(resolved(600), resolved(0, reporter="backfill"))
    assert [contact.is_first for contact in late] == [True, False]


def test_reports_of_one_interaction_are_one_contact_at_the_earliest_of_their_times() -> None:
    (contact,) = contacts(resolved(300, "i-1", "backfill"), resolved(0, "i-1"), resolved(1, None, "webhook"))
    assert (contact.resolved_at, contact.interaction_id) == (T0, "i-1")


def test_reports_in_a_row_within_two_minutes_each_are_one_contact() -> None:
    assert len(contacts(*(resolved(2 * number) for number in range(10)))) == 1


def test_a_named_group_gives_the_queue_its_name() -> None:
    (contact,) = contacts(resolved(0, group_id="g-1", group_name="Technik"), names={"g-1": "Another"})
    assert (contact.queue, contact.group_id, contact.naming) == ("Technik", "g-1", "reported")


def test_a_named_report_beats_one_without_a_name_and_that_beats_one_without_a_group() -> None:
    reports = [resolved(0), resolved(1, group_id="g-1"), resolved(2, group_id="g-1", group_name="Technik")]
    assert contacts(*reports)[0].queue == "Technik"
    assert contacts(*reports[:2], names={"g-1": "Verkauf"})[0].queue == "Verkauf"
    assert contacts(reports[0])[0].queue == UNDEFINED_QUEUE


def test_a_group_whose_name_is_not_known_yet_is_awaited_and_no_group_is_not() -> None:
    (awaited,) = contacts(resolved(0, group_id="g-1"))
    (undefined,) = contacts(resolved(0))
    assert (awaited.queue, awaited.group_id, awaited.naming) == (UNDEFINED_QUEUE, "g-1", "awaited")
    assert (undefined.queue, undefined.group_id, undefined.naming) == (UNDEFINED_QUEUE, None, "undefined")
    assert UNDEFINED_QUEUE == "Undefined_Queue"


def test_a_contact_says_who_told_first_and_when_it_was_pushed_first() -> None:
    hours = timedelta(hours=1)
    fetched = resolved(0, "i", "backfill", received_at=T0 + hours)
    pushed = resolved(0, "i", "app", received_at=T0 + 3 * hours)
    again = resolved(1, "i", "webhook", received_at=T0 + 2 * hours)
    (contact,) = contacts(fetched)
    assert (contact.reporter, contact.received_at, contact.pushed_at) == ("backfill", T0 + hours, None)
    (contact,) = contacts(pushed, fetched, again)
    assert (contact.reporter, contact.received_at) == ("backfill", T0 + hours)
    assert contact.pushed_at == T0 + 2 * hours


def test_the_name_of_a_group_is_the_one_it_had_then() -> None:
    group = KnownGroup("i/g", "i", ((T0, "Alt"), (T0 + timedelta(days=1), "Neu")))
    assert group.name_at(T0 - timedelta(days=9)) == "Alt"
    assert group.name_at(T0 + timedelta(hours=23)) == "Alt"
    assert group.name_at(T0 + timedelta(days=1)) == "Neu"
    assert KnownGroup("i/g", "i").name_at(T0) is None


def test_an_event_is_known_when_all_that_it_tells_is_known() -> None:
    known = [resolved(0, "i-1")]
    repeated = resolved(0, "i-1", "webhook", received_at=T0 + timedelta(days=1))
    assert unknown([repeated, repeated], known) == []
    fetched, other = resolved(0, "i-1", "backfill"), resolved(0, "i-2")
    assert unknown([fetched, repeated, other, fetched], known) == [fetched, other]
