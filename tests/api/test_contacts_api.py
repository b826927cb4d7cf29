"""GET .../contacts: every known queue in every interval; zero is not "no data"."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from data.integrations import Integration
from data.watch import Incident, save_incident
from services import integrations
from services.system import System
from tests.conftest import NOW, Clock

Contacts = Callable[..., Any]
HOUR = timedelta(hours=1)
Push = Callable[..., Any]
Admin = Callable[..., Any]


def resolved(*instants: str, queue: str | None = "Kundensupport", chat: str = "c") -> dict[str, object]:
    group = {"id": f"id of {queue}", "name": queue} if queue else None
    return {
        "events": [{"chat_id": f"{chat}-{queue}-{at}", "resolved_at": at, "group": group} for at in instants]
    }


@pytest.fixture
def contacts(admin: Callable[..., Any], integration: Integration) -> Contacts:
    """Ask for contacts: ``contacts(from_="2026-03-02", to="2026-03-03", interval="1d")``."""

    def ask(**query: object) -> Any:
        named = {name.rstrip("_"): value for name, value in query.items()}
        return admin("GET", f"/integrations/{integration.integration_id}/contacts", params=named)

    return ask


def shown(answer: Any) -> dict[tuple[str, str], int | None]:
    assert answer.status_code == 200, answer.text
    return {(row["start"], row["queue"]): row["contacts"] for row in answer.json()["rows"]}


def use_zone(system: System, integration: Integration, zone: str, **more: str) -> None:
    draft = replace(integrations.draft_of(integration), time_zone=zone, **more)
    integrations.change(system, integration.integration_id, draft)


def test_every_known_queue_stands_in_every_interval_in_local_time(push: Push, contacts: Contacts) -> None:
    push("/events", json=resolved("2026-03-02T07:01:00Z", "2026-03-02T07:14:59.999Z", "2026-03-02T07:15:00Z"))
    push("/events", json=resolved("2026-03-02T07:20:00Z", queue="Technik"))
    push("/events", json=resolved("2026-03-02T07:44:00Z", queue=None))
    answer = contacts(from_="2026-03-02T08:00:00+01:00", to="2026-03-02T08:45:00+01:00")
    assert answer.json() == {
        "time_zone": "Europe/Berlin",
        "interval": "15m",
        "counting": "every_resolution",
        "rows": [
            {"start": f"2026-03-02T08:{minute}:00+01:00", "queue": queue, "contacts": count}
            for minute, counts in (("00", (2, 0, 0)), ("15", (1, 1, 0)), ("30", (0, 0, 1)))
            for queue, count in zip(("Kundensupport", "Technik", "Undefined_Queue"), counts, strict=True)
        ],
    }


def test_rows_are_sorted_by_start_and_then_by_the_name_of_the_queue(push: Push, contacts: Contacts) -> None:
    for queue in ("Zoll", None, "Ärger", "a", "B"):
        push("/events", json=resolved("2026-03-02T07:01:00Z", queue=queue))
    rows = contacts(from_="2026-03-02", to="2026-03-03", interval="60m").json()["rows"]
    assert [row["queue"] for row in rows[:5]] == ["B", "Undefined_Queue", "Zoll", "a", "Ärger"]
    keys = [(datetime.fromisoformat(row["start"]), row["queue"]) for row in rows]
    assert keys == sorted(keys)


def test_without_a_span_today_is_answered(push: Push, contacts: Contacts) -> None:
    push("/events", json=resolved("2026-03-03T08:59:00Z"))
    starts = [row["start"] for row in contacts().json()["rows"]]
    assert (len(starts), starts[0], starts[-1]) == (
        96,
        "2026-03-03T00:00:00+01:00",
        "2026-03-03T23:45:00+01:00",
    )


def test_before_the_first_event_and_in_the_future_there_is_no_data(push: Push, contacts: Contacts) -> None:
    push("/events", json=resolved("2026-03-03T07:50:00Z"))
    found = shown(contacts(from_="2026-03-03T08:30:00+01:00", to="2026-03-03T10:45:00+01:00"))
    assert [found[f"2026-03-03T{time}:00+01:00", "Kundensupport"] for time in TIMES] == [
        None,
        1,
        0,
        0,
        0,
        0,
        0,  # under way: it is 10:00
        None,
        None,
    ]


def test_a_contact_that_its_sender_dates_ahead_counts_once_its_interval_has_begun(
    push: Push, contacts: Contacts, clock: Clock, admin: Admin, integration: Integration
) -> None:
    push("/events", json=resolved("2026-03-03T08:50:00Z", "2026-03-03T09:20:00Z", "2026-03-04T08:30:00Z"))
    days = f"/integrations/{integration.integration_id}/days?from=2026-03-03&to=2026-03-06"

    def told() -> list[list[int | None]]:
        spans = [("2026-03-03T09:45:00+01:00", "2026-03-03T10:30:00+01:00", "15m")]
        spans += [("2026-03-03", "2026-03-06", interval) for interval in ("60m", "1d")]
        tables = [contacts(from_=start, to=end, interval=interval) for start, end, interval in spans]
        return [
            list(shown(tables[0]).values()),
            [sum(count or 0 for count in shown(tables[1]).values())],
            list(shown(tables[2]).values()),
            [day["contacts"] for day in admin("GET", days).json()["days"]],
        ]

    assert told() == [[1, 0, None], [1], [1, None, None], [1, None, None]]
    clock.advance(minutes=14)
    assert told()[0] == [1, 0, None]
    clock.advance(minutes=1)
    assert told() == [[1, 0, 1], [2], [2, None, None], [2, None, None]]
    clock.advance(hours=24)
    assert told()[1:] == [[3], [2, 1, None], [2, 1, None]]


TIMES = ("08:30", "08:45", "09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30")


def test_a_sign_of_life_before_the_first_contact_is_the_beginning_of_the_data(
    push: Push, contacts: Contacts, clock: Clock, system: System
) -> None:
    push("/events", json={"event": "onMessageCreate"})
    system.activity.flush()
    clock.advance(hours=2)
    push("/events", json=resolved("2026-03-03T10:20:00Z"))
    found = shown(contacts(from_="2026-03-03T09:45:00+01:00", to="2026-03-03T11:30:00+01:00"))
    assert list(found.values()) == [None, 0, 0, 0, 0, 0, 1]


def test_a_broken_connection_is_no_data_until_it_is_recovered(
    push: Push, contacts: Contacts, system: System, integration: Integration
) -> None:
    push("/events", json=resolved("2026-03-02T07:05:00Z", "2026-03-02T08:20:00Z", "2026-03-02T10:05:00Z"))
    push("/events", json=resolved("2026-03-02T07:05:00Z", queue="Technik"))
    outage = Incident(
        integration.integration_id,
        "i-1",
        opened_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
        detected_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
        closed_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        data_flow="silent",
        cause="key_revoked",
    )
    span = {"from_": "2026-03-02T08:00:00Z", "to": "2026-03-02T09:15:00Z", "queue": "Kundensupport"}

    def counts_with(incident: Incident) -> list[int | None]:
        system.writer.write(lambda transaction: save_incident(transaction, incident))
        return list(shown(contacts(**span)).values())

    assert counts_with(outage) == [None, 1, None, None, 0]
    assert counts_with(replace(outage, queues=("Technik",))) == [0, 1, 0, 0, 0]
    assert counts_with(replace(outage, closed_at=None)) == [None, 1, None, None, None]
    assert counts_with(replace(outage, recovered_at=NOW)) == [0, 1, 0, 0, 0]
    assert counts_with(replace(outage, false_alarm=True)) == [0, 1, 0, 0, 0]


def test_a_paused_integration_shows_nothing_new_and_catches_up_on_resume(
    push: Push, contacts: Contacts, admin: Callable[..., Any], integration: Integration, clock: Clock
) -> None:
    push("/events", json=resolved("2026-03-03T08:20:00Z"))
    clock.advance(seconds=1)
    path = f"/integrations/{integration.integration_id}"
    assert admin("PATCH", path, json={"paused": True}).json()["paused"] is True
    clock.advance(minutes=60)
    late = resolved("2026-03-03T08:25:00Z", "2026-03-03T09:50:00Z")
    assert push("/events", json=late).json()["accepted"] == 2
    span = {"from_": "2026-03-03T09:00:00+01:00", "to": "2026-03-03T12:00:00+01:00", "interval": "60m"}
    assert list(shown(contacts(**span)).values()) == [1, 0, None]
    admin("PATCH", path, json={"paused": False})
    assert list(shown(contacts(**span)).values()) == [2, 1, 0]


def test_a_queue_first_heard_of_while_paused_is_not_shown_yet(
    push: Push, contacts: Contacts, admin: Callable[..., Any], integration: Integration, clock: Clock
) -> None:
    push("/events", json=resolved("2026-03-03T08:20:00Z"))
    clock.advance(seconds=1)
    admin("PATCH", f"/integrations/{integration.integration_id}", json={"paused": True})
    clock.advance(minutes=10)
    push("/events", json=resolved("2026-03-03T09:05:00Z", queue="Technik"))
    assert {row["queue"] for row in contacts().json()["rows"]} == {"Kundensupport"}


def test_a_deleted_integration_keeps_its_counts_and_has_no_data_afterwards(
    push: Push, contacts: Contacts, admin: Callable[..., Any], integration: Integration, clock: Clock
) -> None:
    push("/events", json=resolved("2026-03-03T08:20:00Z"))
    assert admin("DELETE", f"/integrations/{integration.integration_id}").status_code == 204
    clock.advance(hours=3)
    found = shown(contacts(from_="2026-03-03T09:00:00+01:00", to="2026-03-03T13:00:00+01:00", interval="60m"))
    assert list(found.values()) == [1, 0, None, None]


def test_once_per_chat_counts_only_the_first_resolution_of_each_chat(
    push: Push, contacts: Contacts, system: System, integration: Integration
) -> None:
    for at in ("2026-03-02T07:05:00Z", "2026-03-02T09:05:00Z"):
        push("/events", json={"chat_id": "c", "resolved_at": at, "group": {"name": "Kundensupport"}})
    span = {"from_": "2026-03-02", "to": "2026-03-03", "interval": "1d"}
    assert list(shown(contacts(**span)).values()) == [2]
    use_zone(system, integration, "Europe/Berlin", counting="once_per_chat")
    answer = contacts(**span)
    assert answer.json()["counting"] == "once_per_chat"
    assert list(shown(answer).values()) == [1]


@pytest.mark.parametrize(
    ("zone", "day", "quarter_hours", "hours"),
    [
        ("Europe/Berlin", "2025-03-30", 92, 23),
        ("Europe/Berlin", "2025-10-26", 100, 25),
        ("Europe/Berlin", "2025-10-27", 96, 24),
        ("America/New_York", "2025-03-09", 92, 23),
        ("America/New_York", "2025-11-02", 100, 25),
        ("Australia/Lord_Howe", "2025-04-06", 98, 25),
        ("Australia/Lord_Howe", "2025-10-05", 94, 24),
        ("Asia/Kathmandu", "2025-10-26", 96, 24),
        ("America/Havana", "2025-11-02", 100, 25),
        ("Africa/Cairo", "2025-04-25", 92, 23),
    ],
)
def test_a_day_is_as_long_as_its_zone_makes_it(
    zone: str,
    day: str,
    quarter_hours: int,
    hours: int,
    push: Push,
    contacts: Contacts,
    system: System,
    integration: Integration,
) -> None:
    use_zone(system, integration, zone)
    push("/events", json=resolved("2025-01-01T00:00:00Z"))
    next_day = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
    for interval, expected in (("15m", quarter_hours), ("60m", hours), ("1d", 1)):
        rows = contacts(from_=day, to=next_day, interval=interval).json()["rows"]
        starts = [datetime.fromisoformat(row["start"]) for row in rows]
        assert len(starts) == expected
        assert all(start.date().isoformat() == day for start in starts)
        assert all(earlier < later for earlier, later in pairwise(starts))
        assert len({row["start"] for row in rows}) == expected


def test_the_hour_that_a_clock_shows_twice_is_two_hours(
    push: Push, contacts: Contacts, system: System, integration: Integration
) -> None:
    push("/events", json=resolved("2025-10-26T00:10:00Z", "2025-10-26T01:10:00Z", "2025-10-26T01:20:00Z"))
    push("/events", json=resolved("2025-10-26T00:59:00Z", queue="Technik"))
    rows = contacts(from_="2025-10-26T00:00:00Z", to="2025-10-26T02:00:00Z", interval="60m").json()["rows"]
    assert [(row["start"], row["queue"], row["contacts"]) for row in rows] == [
        ("2025-10-26T02:00:00+02:00", "Kundensupport", 1),
        ("2025-10-26T02:00:00+02:00", "Technik", 1),
        ("2025-10-26T02:00:00+01:00", "Kundensupport", 2),
        ("2025-10-26T02:00:00+01:00", "Technik", 0),
    ]


def test_csv_has_the_same_three_columns(push: Push, contacts: Contacts) -> None:
    push("/events", json=resolved("2026-03-03T08:40:00Z", queue='Kunden, "Süd"'))
    span = {"from_": "2026-03-03T09:15:00+01:00", "to": "2026-03-03T10:30:00+01:00"}
    answer = contacts(**span, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert head == ["start", "queue", "contacts"]
    assert rows == [
        [row["start"], row["queue"], "" if row["contacts"] is None else str(row["contacts"])]
        for row in contacts(**span).json()["rows"]
    ]
    assert [row[2] for row in rows] == ["", "1", "0", "0", ""]


def test_a_blank_for_the_plus_sign_of_an_offset_is_understood(push: Push, contacts: Contacts) -> None:
    push("/events", json=resolved("2026-03-02T07:01:00Z"))
    assert (
        len(contacts(from_="2026-03-02T08:00:00 01:00", to="2026-03-02T08:15:00 01:00").json()["rows"]) == 1
    )


def test_only_the_queues_that_were_asked_for_are_answered(push: Push, contacts: Contacts) -> None:
    for queue in ("A", "B", "C"):
        push("/events", json=resolved("2026-03-02T07:01:00Z", queue=queue))
    span = {"from_": "2026-03-02", "to": "2026-03-03", "interval": "1d"}
    assert {queue for _, queue in shown(contacts(**span, queue=["A", "C"]))} == {"A", "C"}
    answer = contacts(**span, queue="D")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_queue")


def test_a_queue_is_found_however_its_name_is_spelled(push: Push, contacts: Contacts) -> None:
    push("/events", json=resolved("2026-03-02T07:01:00Z", queue="Büro"))
    span = {"from_": "2026-03-02", "to": "2026-03-03", "interval": "1d"}
    assert {queue for _, queue in shown(contacts(**span, queue="Bu\u0308ro\u200b"))} == {"Büro"}


def test_without_any_contact_there_are_no_rows(contacts: Contacts) -> None:
    assert contacts(from_="2026-03-02", to="2026-03-03").json()["rows"] == []


def test_a_span_that_cannot_be_is_refused(contacts: Contacts, push: Push) -> None:
    push("/events", json=resolved("2026-03-02T07:01:00Z"))

    def refused(queries: Iterable[dict[str, object]], code: str) -> None:
        for query in queries:
            answer = contacts(**query)
            assert (answer.status_code, answer.json()["code"]) == (422, code), query
            assert answer.headers["content-type"] == "application/problem+json"

    refused(
        [
            {"from_": text}
            for text in ("x", "2026-13-01", "2026-03-02T08:00:00", "0001-01-01", "9999-12-31", "1772524800")
        ],
        "bad_span",
    )
    refused(
        [{"from_": "2026-03-02", "to": to} for to in ("2026-03-02", "2026-03-01", "9999-12-31")], "bad_span"
    )
    refused([{"from_": "2020-01-01", "to": "2026-01-01"}], "span_too_long")
    refused([{"interval": "5m"}, {"interval": ""}, {"format": "xml"}], "bad_request")


def test_an_unknown_integration_is_not_found(admin: Callable[..., Any]) -> None:
    for unknown in ("nobody", "%00", "a%2Fb", "é" * 300):
        answer = admin("GET", f"/integrations/{unknown}/contacts")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_line_break_in_an_address_is_an_unknown_name_like_any_other(admin: Callable[..., Any]) -> None:
    for address in ("/integrations/a%0Ab/contacts", "/integrations/%0A/freshness", "/no%0Asuch/thing"):
        answer = admin("GET", address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), address


def test_the_days_say_when_nobody_watched(
    push: Push, admin: Callable[..., Any], contacts: Contacts, integration: Integration, system: System
) -> None:
    push("/events", json=resolved("2026-03-02T07:00:00Z"))
    ours, fetched = (
        Incident(
            integration.integration_id, name, NOW - 30 * HOUR, NOW, NOW - 9 * HOUR, "unknown", "own_outage"
        )
        for name in ("ours", "fetched")
    )
    system.writer.write(lambda transaction: save_incident(transaction, replace(fetched, recovered_at=NOW)))
    path = f"/integrations/{integration.integration_id}/days?from=2026-03-01&to=2026-03-04"
    assert [day["not_watched"] for day in admin("GET", path).json()["days"]] == [[], [], []]
    system.writer.write(lambda transaction: save_incident(transaction, ours))
    told = [{"since": "2026-03-02T03:00:00Z", "until": "2026-03-03T00:00:00Z", "cause": "own_outage"}]
    found = admin("GET", path).json()["days"]
    assert [day["not_watched"] for day in found] == [[], told, told]
    assert found[1]["state"] == "not_compared"
    assert None in shown(contacts(from_="2026-03-02", to="2026-03-03")).values()
