"""Reading what the app sends: what is a resolution, what is a sign of life, and what is wrong."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.ingest.events import BadEvent, UnknownEvent, read_item, read_items

SAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "freshchat" / "fdk-product-events"
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def at(minutes: float) -> str:
    """An instant that many minutes before now."""
    return (NOW - timedelta(minutes=minutes)).isoformat()


def compact(chat: object = "chat-1", minutes: float = 10, **more: object) -> dict[str, object]:
    return {
        "chat_id": chat,
        "resolved_at": at(minutes),
        "group": {"id": "g", "name": "Kundensupport"},
        **more,
    }


def product_event(
    old: object, new: object, *, name: str = "onConversationUpdate", **conversation: object
) -> Any:
    event = json.loads((SAMPLES / "onConversationUpdate.json").read_text(encoding="utf-8"))
    event["event"] = name
    event["timestamp"] = int((NOW - timedelta(minutes=5)).timestamp() * 1000)
    event["data"]["changes"]["model_changes"]["status"] = [old, new]
    event["data"]["conversation"].update(conversation)
    return event


@pytest.mark.parametrize(
    "event",
    [
        product_event("new", "assigned"),
        product_event("waiting on customer", "something new", conversation_id=None),
        product_event(4, {"status": "odd"}),
        {"event": "onConversationUpdate", "data": {"changes": {"model_changes": {"label": [None, "x"]}}}},
        {"event": "onConversationUpdate"},
        {"event": "onSomethingNobodyKnows", "data": []},
        product_event("assigned", "resolved", name="onConversationCreate"),
    ],
)
def test_what_is_no_resolution_is_a_sign_of_life_and_nothing_of_it_is_needed(event: Any) -> None:
    assert read_item(event, received_at=NOW) is None


@pytest.mark.parametrize("word", ["Resolved", "RESOLVED", " resolved "])
def test_a_status_is_the_same_word_however_it_is_written(word: str) -> None:
    found = read_item(product_event("assigned", word), received_at=NOW)
    assert found is not None
    assert found[1].kind == "resolved"
    again = read_item(product_event(word, "assigned"), received_at=NOW)
    assert again is not None
    assert again[1].kind == "reopened"


def test_a_resolution_by_an_unknown_name_is_told_from_a_sign_of_life() -> None:
    renamed = product_event("assigned", "resolved", name="onConversationChanged")
    with pytest.raises(UnknownEvent):
        read_item(renamed, received_at=NOW)
    reading = read_items([renamed, product_event("new", "assigned")], received_at=NOW)
    assert (reading.ignored, reading.unknown, reading.rejected) == (2, 1, [])


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        None,
        "text",
        17,
        {"chat_id": "c"},
        {"resolved_at": at(1)},
        compact(None),
        compact(""),
        compact("   "),
        compact(["c"]),
        compact({"id": "c"}),
        compact(True),
        compact(1.5),
        compact("c" * 201),
        compact(resolved_at=None),
        compact(resolved_at=1772524800000000),
        compact(resolved_at="5"),
        compact(resolved_at=17725248),
        compact(resolved_at="2026-03-02"),
        compact(resolved_at="2026-03-02T08:00:00"),
        compact(resolved_at="2026-02-30T08:00:00Z"),
        compact(resolved_at="0001-01-01T00:00:00+14:00"),
        compact(resolved_at="9999-12-31T23:59:59-14:00"),
        compact(minutes=-60 * 24 - 1),
        {"event": None},
        {"event": {"name": "onConversationUpdate"}},
        product_event("assigned", "resolved", conversation_id=None),
        product_event("assigned", "resolved", conversation_id={}),
        product_event("resolved", "new", conversation_id=None),
        {**product_event("assigned", "resolved"), "timestamp": None},
        {**product_event("assigned", "resolved"), "timestamp": 1e300},
        {**product_event("assigned", "resolved"), "timestamp": -1e300},
        {**product_event("assigned", "resolved"), "timestamp": True},
        {"event": "onConversationUpdate", "data": {"changes": {"model_changes": {"status": "resolved"}}}},
        {"event": "onConversationUpdate", "data": {"changes": {"model_changes": {"status": ["resolved"]}}}},
    ],
)
def test_an_event_that_lacks_what_we_need_is_bad_and_nothing_of_it_is_repeated(event: Any) -> None:
    with pytest.raises(BadEvent) as raised:
        read_item(event, received_at=NOW)
    assert str(raised.value)
    assert "Kundensupport" not in str(raised.value)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"group": ""}, (None, None)),
        ({"group": []}, (None, None)),
        ({"group": "Kundensupport"}, (None, None)),
        ({"group": {"group": []}}, (None, None)),
        ({"group": {"id": {}, "name": "Technik"}}, (None, "Technik")),
        ({"group": {"id": "g", "name": 5}}, ("g", None)),
        ({"group": {"id": 7.0, "name": "Technik"}}, ("7", "Technik")),
        ({"group": {"id": 7.5, "name": ["Technik"]}}, (None, None)),
        ({"group": {"id": True, "name": "\u200b"}}, (None, None)),
    ],
)
def test_a_group_that_cannot_be_read_costs_no_contact(more: Any, told: tuple[str | None, str | None]) -> None:
    found = read_item(compact(**more), received_at=NOW)
    assert found is not None
    assert (found[1].group_id, found[1].group_name) == told


@pytest.mark.parametrize(
    "odd", ["", " ", [], {}, True, "yesterday", -5, 5, 1e300, "0001-01-01T00:00:00+14:00", at(9)]
)
def test_an_opening_that_cannot_be_read_or_be_true_costs_no_contact(odd: Any) -> None:
    found = read_item(compact(minutes=10, opened_at=odd), received_at=NOW)
    assert found is not None
    assert found[1].opened_at is None


@pytest.mark.parametrize("odd", ["", " ", [], {}, True, 1.5, "i" * 201])
def test_an_interaction_that_cannot_be_read_costs_no_contact(odd: Any) -> None:
    found = read_item(compact(interaction_id=odd), received_at=NOW)
    assert found is not None
    assert found[1].interaction_id is None


@pytest.mark.parametrize(
    "odd", [None, "", [], "text", 5, {"group": []}, {"group": ""}, {"group": {"id": []}}]
)
def test_associations_that_cannot_be_read_leave_the_assigned_group(odd: Any) -> None:
    told = product_event("assigned", "resolved", assigned_group_id="g-7")
    told["data"]["associations"] = odd
    found = read_item(told, received_at=NOW)
    assert found is not None
    assert (found[1].group_id, found[1].group_name) == ("g-7", None)


@pytest.mark.parametrize("odd", ["", [], {}, True, 1.5])
def test_fields_of_the_chat_that_cannot_be_read_cost_no_contact(odd: Any) -> None:
    told = product_event(
        "assigned", "resolved", assigned_group_id=odd, interaction_id=odd, created_time=odd, reopened_time=odd
    )
    del told["data"]["associations"]
    found = read_item(told, received_at=NOW)
    assert found is not None
    event = found[1]
    assert (event.group_id, event.interaction_id, event.opened_at) == (None, None, None)
    assert event.occurred_at == NOW - timedelta(minutes=5)


@pytest.mark.parametrize("unit", [1, 1000])
@pytest.mark.parametrize("form", [int, float, str])
def test_times_may_be_counted_in_seconds_or_milliseconds_as_numbers_or_text(unit: int, form: Any) -> None:
    resolved = NOW - timedelta(minutes=10)
    stamp = form(int(resolved.timestamp()) * unit)
    whole = product_event("assigned", "resolved", resolved_time=stamp)
    for event in (compact(resolved_at=stamp), whole, {**whole, "timestamp": None}):
        found = read_item(event, received_at=NOW)
        assert found is not None
        assert found[1].occurred_at == resolved


@pytest.mark.parametrize("odd", ["", -4, at(-120), "2014-12-31T23:59:59Z", [], at(60 * 24 * 365 * 20)])
def test_a_time_of_resolution_that_cannot_be_gives_way_to_that_of_the_event(odd: Any) -> None:
    found = read_item(product_event("assigned", "resolved", resolved_time=odd), received_at=NOW)
    assert found is not None
    assert found[1].occurred_at == NOW - timedelta(minutes=5)


def test_a_chat_is_the_same_in_capitals() -> None:
    told = product_event("assigned", "resolved")
    chat = told["data"]["conversation"]["conversation_id"]
    group = told["data"]["associations"]["group"]
    group["id"], name = group["id"].upper(), group["name"]
    told["data"]["conversation"]["conversation_id"] = chat.upper()
    found = read_item(told, received_at=NOW)
    assert found is not None
    assert (found[0], found[1].group_id) == (chat, group["id"].lower())
    assert found[1].group_name == name


def test_a_reopening_is_kept_and_counts_as_a_sign_of_life() -> None:
    reading = read_items([product_event("resolved", "new")], received_at=NOW)
    ((_, event),) = reading.events
    assert (event.kind, event.occurred_at, reading.ignored) == ("reopened", NOW - timedelta(minutes=5), 1)


def test_the_group_of_the_association_beats_the_one_assigned_to_the_chat() -> None:
    told = product_event("assigned", "resolved", assigned_group_id="another")
    found = read_item(told, received_at=NOW)
    assert found is not None
    assert (found[1].group_id, found[1].group_name) == ("40753ac3-1f66-40d9-b903-23db0a9a70b0", "Support")


def test_without_an_association_the_assigned_group_is_known_by_its_id_alone() -> None:
    told = product_event("assigned", "resolved", assigned_group_id="g-7")
    told["data"]["associations"] = {"group": None}
    found = read_item(told, received_at=NOW)
    assert found is not None
    assert (found[1].group_id, found[1].group_name) == ("g-7", None)


def test_times_are_kept_in_utc_whatever_their_offset() -> None:
    found = read_item(compact(resolved_at="2026-03-03T14:15:00.250+05:45"), received_at=NOW)
    assert found is not None
    assert found[1].occurred_at == datetime(2026, 3, 3, 8, 30, 0, 250_000, tzinfo=UTC)
    assert found[1].occurred_at.tzinfo is UTC


def test_an_opening_after_the_resolution_is_not_believed() -> None:
    found = read_item(
        product_event("new", "resolved", created_time=at(-10), reopened_time=None), received_at=NOW
    )
    assert found is not None
    assert found[1].opened_at is None


def test_a_clock_that_is_a_little_ahead_is_no_reason_to_lose_an_event() -> None:
    assert read_item(compact(minutes=-59), received_at=NOW) is not None
