"""POST /api/v1/events, /heartbeat and GET /connection: what the app inside Freshchat calls."""

import gzip
import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.integrations import Integration
from services import integrations
from services.pausing import pause
from services.system import System
from tests.conftest import NOW, Clock

SAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "freshchat" / "fdk-product-events"
GROUP = {"id": "40753ac3-1f66-40d9-b903-23db0a9a70b0", "name": "Kundensupport"}


def at(minutes: float) -> str:
    """An instant that many minutes before now."""
    return (NOW - timedelta(minutes=minutes)).isoformat()


def compact(chat: object = "chat-1", minutes: float = 10, **more: object) -> dict[str, object]:
    return {"chat_id": chat, "resolved_at": at(minutes), "group": GROUP, **more}


def product_event(
    old: object, new: object, *, name: str = "onConversationUpdate", **conversation: object
) -> Any:
    event = json.loads((SAMPLES / "onConversationUpdate.json").read_text(encoding="utf-8"))
    event["event"] = name
    event["timestamp"] = int((NOW - timedelta(minutes=5)).timestamp() * 1000)
    event["data"]["changes"]["model_changes"]["status"] = [old, new]
    event["data"]["conversation"].update(conversation)
    return event


def has_name(sample: Path) -> bool:
    """One of the published samples was cut short and says no more which event it is."""
    return "event" in json.loads(sample.read_text(encoding="utf-8"))


def counts(system: System) -> list[tuple[Any, ...]]:
    """(queue, resolved at, pushed?) of every contact."""
    return system.database.rows(
        "SELECT queue, resolved_at, pushed_at IS NOT NULL FROM contact ORDER BY resolved_at"
    )


def test_a_compact_event_becomes_a_contact_in_the_group_of_its_resolution(
    push: Callable[..., Any], system: System
) -> None:
    answer = push("/events", json=compact(interaction_id="1-2", opened_at=at(500)))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "duplicates": 0, "ignored": 0})
    assert counts(system) == [("Kundensupport", NOW - timedelta(minutes=10), True)]


def test_a_product_event_that_resolves_becomes_a_contact(push: Callable[..., Any], system: System) -> None:
    answer = push("/events", json=product_event("assigned", "resolved"))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "duplicates": 0, "ignored": 0})
    assert counts(system) == [("Support", NOW - timedelta(minutes=5), True)]


def test_the_time_of_resolution_that_freshchat_names_beats_the_time_of_the_event(
    push: Callable[..., Any], system: System
) -> None:
    push("/events", json=product_event("assigned", "resolved", resolved_time=at(7)))
    assert counts(system) == [("Support", NOW - timedelta(minutes=7), True)]


def test_a_time_of_resolution_from_before_the_chat_was_reopened_is_not_this_resolutions(
    push: Callable[..., Any], system: System
) -> None:
    push("/events", json=product_event("new", "resolved", resolved_time=at(900), reopened_time=at(60)))
    assert counts(system) == [("Support", NOW - timedelta(minutes=5), True)]


def test_times_of_a_vendor_payload_that_cannot_be_read_lose_no_contact(
    push: Callable[..., Any], system: System
) -> None:
    odd: dict[str, Any] = {"created_time": "yesterday", "reopened_time": {"at": 1}, "resolved_time": -4}
    assert push("/events", json=product_event("assigned", "resolved", **odd)).json()["accepted"] == 1
    assert counts(system) == [("Support", NOW - timedelta(minutes=5), True)]


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.glob("*.json") if has_name(path)))
def test_every_sample_of_a_product_event_that_resolves_nothing_is_a_sign_of_life(
    sample: str, push: Callable[..., Any]
) -> None:
    answer = push("/events", content=(SAMPLES / sample).read_bytes())
    assert (answer.status_code, answer.json()) == (202, {"accepted": 0, "duplicates": 0, "ignored": 1})


def test_nothing_of_a_payload_but_ids_group_and_times_is_stored(
    push: Callable[..., Any], system: System
) -> None:
    told = json.dumps(product_event("assigned", "resolved"))
    for name, longer in (("Jon", "Jonquil"), ("Doe", "Doeskins"), ("Snow", "Snowdrop")):
        assert name in told
        told = told.replace(name, longer)  # three letters stand in some file by chance
    push("/events", content=told)
    push("/events", json=compact("c-2", customer={"email": "jon.doe@freshworks.com"}, note="Hello there"))
    system.activity.flush()
    system.database._engine.connection.execute("CHECKPOINT")
    stored = system.database.path.read_bytes().lower()
    assert b"kundensupport" in stored
    names = ("jonquil", "doeskins", "snowdrop", "jon.doe")
    for private in (*names, "freshworks.com", "9876543212", "hello", "reopened by"):
        assert private.encode() not in stored


def test_a_repeated_event_is_a_duplicate_alone_and_within_a_batch(
    push: Callable[..., Any], system: System
) -> None:
    assert push("/events", json={"events": [compact(), compact()]}).json() == {
        "accepted": 1,
        "duplicates": 1,
        "ignored": 0,
    }
    assert push("/events", json=compact()).json() == {"accepted": 0, "duplicates": 1, "ignored": 0}
    assert len(counts(system)) == 1


def test_a_reopened_chat_that_is_resolved_again_is_a_new_contact(
    push: Callable[..., Any], system: System
) -> None:
    first, again = compact(minutes=600, interaction_id="1-1"), compact(minutes=30, interaction_id="1-2")
    assert push("/events", json=first).json()["accepted"] == 1
    assert push("/events", json=product_event("resolved", "new")).json()["ignored"] == 1
    assert push("/events", json=again).json()["accepted"] == 1
    assert len(counts(system)) == 2


def test_with_once_per_chat_a_second_resolution_is_a_contact_that_we_had(
    push: Callable[..., Any], system: System, integration: Integration
) -> None:
    draft = integrations.draft_of(integration)
    integrations.change(system, integration.integration_id, replace(draft, counting="once_per_chat"))
    assert push("/events", json=compact(minutes=600)).json()["accepted"] == 1
    assert push("/events", json=compact(minutes=30)).json() == {"accepted": 0, "duplicates": 1, "ignored": 0}


def test_a_bad_event_is_named_by_its_place_and_the_good_ones_are_kept(
    push: Callable[..., Any], system: System
) -> None:
    batch = [compact("a"), {"chat_id": "b"}, product_event("new", "assigned"), 7, compact("c"), compact("a")]
    answer = push("/events", json={"events": batch})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["accepted"], told["duplicates"], told["ignored"]) == (2, 1, 1)
    assert [(wrong["index"], wrong["code"]) for wrong in told["rejected"]] == [
        (1, "bad_event"),
        (3, "bad_event"),
    ]
    assert all(wrong["detail"] for wrong in told["rejected"])
    assert len(counts(system)) == 2


@pytest.mark.parametrize(
    "event", [{}, [], None, {"chat_id": "c"}, {"events": [{"chat_id": "Kundensupport"}]}]
)
def test_when_nothing_can_be_kept_the_request_is_refused_and_names_why(
    event: Any, push: Callable[..., Any], system: System
) -> None:
    answer = push("/events", content=json.dumps(event))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    told = answer.json()
    assert (told["code"], told["status"]) == ("bad_event", 422)
    assert [(wrong["index"], wrong["code"]) for wrong in told["rejected"]] == [(0, "bad_event")]
    assert counts(system) == []


@pytest.mark.parametrize(
    "chat",
    [
        "c",
        7,
        1019183591791880175,
        "1019183591791880-1752164389742",
        "4ec945ec-6717-409d-9549-198d5d121bd1",
        "032c91b6_57fdd128_feedback",
        "a/b/../c",
        "ключ-☃-e\u0301",
        "'; DROP TABLE chat; --",
        "nul\x00byte",
        "c" * 200,
    ],
)
def test_an_id_may_have_any_shape(chat: object, push: Callable[..., Any], system: System) -> None:
    group = {"id": chat, "name": f"Queue {chat}"}
    batch = [compact(chat, group=group), compact(f"{chat}"[:199] + "x", group=group)]
    assert push("/events", json={"events": batch}).json()["accepted"] == 2
    assert push("/events", json=compact(chat, group=group)).json()["duplicates"] == 1
    name = unicodedata.normalize("NFC", f"Queue {chat}").replace("\0", "")
    assert [queue for queue, _, _ in counts(system)] == [name] * 2


def test_ids_that_differ_only_by_unicode_form_are_two_chats(push: Callable[..., Any]) -> None:
    assert push("/events", json={"events": [compact("\u00e9"), compact("e\u0301")]}).json()["accepted"] == 2


def test_a_chat_in_capitals_is_the_chat_that_we_had(push: Callable[..., Any], system: System) -> None:
    chat = "4ec945ec-6717-409d-9549-198d5d121bd1"
    assert push("/events", json=compact(chat)).json()["accepted"] == 1
    assert push("/events", json=compact(chat.upper())).json() == {
        "accepted": 0,
        "duplicates": 1,
        "ignored": 0,
    }
    assert len(counts(system)) == 1


def test_a_group_s_name_is_one_queue_however_it_is_spelled(push: Callable[..., Any], system: System) -> None:
    spellings = ("Büro", "Bu\u0308ro", "\u202eBü\u00adro\u200b", " Büro\x00\n")
    for number, name in enumerate(spellings):
        answer = push("/events", json=compact(f"c-{number}", group={"id": f"g-{number}", "name": name}))
        assert answer.json()["accepted"] == 1
    assert {queue for queue, _, _ in counts(system)} == {"Büro"}


def test_no_group_is_the_undefined_queue(push: Callable[..., Any], system: System) -> None:
    for number, group in enumerate((None, {}, {"id": None, "name": None}, {"id": "", "name": " "})):
        push("/events", json=compact(f"c-{number}", group=group))
    bare = product_event("assigned", "resolved", assigned_group_id=None)
    bare["data"]["associations"] = None
    push("/events", json=bare)
    assert {queue for queue, _, _ in counts(system)} == {"Undefined_Queue"}
    assert len(counts(system)) == 5


def test_a_group_without_a_name_waits_for_it(push: Callable[..., Any], system: System) -> None:
    push("/events", json=compact("c-1", group={"id": "g-1"}))
    assert [queue for queue, _, _ in counts(system)] == ["Undefined_Queue"]
    push("/events", json=compact("c-2", minutes=1, group={"id": "g-1", "name": "Technik"}))
    assert [queue for queue, _, _ in counts(system)] == ["Technik", "Technik"]


def test_an_empty_batch_is_a_sign_of_life(
    push: Callable[..., Any], system: System, integration: Integration
) -> None:
    assert push("/events", json={"events": []}).json() == {"accepted": 0, "duplicates": 0, "ignored": 0}
    system.activity.flush()
    assert [entry.kind for entry in system.activity.totals(integration.integration_id)] == ["events"]


@pytest.mark.parametrize("events", [None, {}, "text", 5])
def test_events_that_are_no_list_are_refused(events: object, push: Callable[..., Any]) -> None:
    answer = push("/events", json={"events": events})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_event")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"chat_id": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes, push: Callable[..., Any]) -> None:
    answer = push("/events", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]
)
def test_another_content_type_is_refused(kind: str | None, api: TestClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"} | ({"Content-Type": kind} if kind else {})
    answer = api.post("/api/v1/events", content=json.dumps(compact()), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


def test_a_compressed_body_is_refused_by_its_name(api: TestClient, key: str) -> None:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }
    answer = api.post("/api/v1/events", content=gzip.compress(b"{}"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")
    assert "compressed" in answer.json()["detail"]


def test_a_name_that_was_cut_inside_an_emoji_costs_no_contact(push: Callable[..., Any]) -> None:
    event = product_event("new", "resolved") | {"actor": {"first_name": "Anna \ud83d"}}
    assert push("/events", content=json.dumps(event)).json() == {"accepted": 1, "duplicates": 0, "ignored": 0}


def test_the_content_type_may_name_a_character_set(api: TestClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "Application/JSON; charset=utf-8"}
    assert api.post("/api/v1/events", content=json.dumps(compact()), headers=headers).status_code == 202


def test_the_connection_names_the_integration_and_the_life_of_the_key(
    api: TestClient, key: str, integration: Integration, clock: Clock
) -> None:
    clock.advance(minutes=3)
    answer = api.get("/api/v1/connection", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert answer.json() == {
        "integration": {"id": integration.integration_id, "name": "Kundenservice"},
        "key": {"id": key.split("_")[1], "created_at": "2026-03-03T09:00:00Z", "expires_at": None},
        "server_time": "2026-03-03T09:03:00Z",
    }


@pytest.mark.parametrize("body", [None, {}, {"app_version": "1.2.3"}, {"app_version": "1", "unknown": [1]}])
def test_a_heartbeat_is_answered_without_content(body: Any, push: Callable[..., Any]) -> None:
    answer = push("/heartbeat") if body is None else push("/heartbeat", json=body)
    assert (answer.status_code, answer.content) == (204, b"")


def test_signs_of_life_are_counted_by_kind_and_key(
    push: Callable[..., Any], api: TestClient, key: str, system: System, integration: Integration
) -> None:
    push("/events", json={"events": [compact("a"), compact("b"), product_event("new", "assigned")]})
    push("/heartbeat")
    api.get("/api/v1/connection", headers={"Authorization": f"Bearer {key}"})
    system.activity.flush()
    entries = system.activity.totals(integration.integration_id)
    assert {(entry.kind, entry.key_id, entry.occurrences) for entry in entries} == {
        ("events", key.split("_")[1], 3),
        ("heartbeat", key.split("_")[1], 1),
        ("connection", key.split("_")[1], 1),
    }


def test_a_paused_integration_takes_events(
    push: Callable[..., Any], system: System, integration: Integration
) -> None:
    pause(system, integration.integration_id, paused=True)
    assert push("/events", json=compact()).json()["accepted"] == 1
