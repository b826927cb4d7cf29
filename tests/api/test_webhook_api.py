"""Freshchat's own webhook over HTTP: what is accepted, what is refused, and what is left of it."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from starlette.testclient import TestClient

from data.database import StoreUnavailable
from data.integrations import Integration
from services import integrations
from services.api import webhook_routes
from services.api.access import RateLimit
from services.system import System
from tests.api.freshchat_sender import contacts, kinds, paste_key, resolution, shown, signature

FIXTURES = Path(__file__).parents[1] / "fixtures/freshchat"
VECTOR = FIXTURES / "signature-vector"
ACCEPTED = {"accepted": 1, "duplicates": 0, "ignored": 0}
IGNORED = {"accepted": 0, "duplicates": 0, "ignored": 1}

# Every recorded webhook payload, and what becomes of it once it is signed rightly.
WEBHOOKS = {
    "2018-conversation_reopen-agent.json": IGNORED,
    "2018-message_create-user.json": IGNORED,
    "2020-conversation_assignment-agent.json": IGNORED,
    "2020-conversation_reopen-user.json": IGNORED,
    "2020-conversation_resolution-agent.json": ACCEPTED,
    "2020-message_create-agent.json": IGNORED,
    "2020-message_create-user.json": IGNORED,
    "2022-11-message_create-agent-nonascii.json": IGNORED,
    "RECONSTRUCTED-2022-11-conversation_assignment-system-group.json": IGNORED,
    "RECONSTRUCTED-2022-11-conversation_resolution-agent.json": ACCEPTED,
}

# Every product event of Freshworks' development kit, sent to the app's address as it is.
PRODUCT_EVENTS = {
    "afterAppUpdate.json": (202, IGNORED),
    "onAgentActivityCreate.json": (202, IGNORED),
    "onConversationCreate.json": (202, IGNORED),
    "onConversationUpdate.json": (202, IGNORED),
    "onMessageCreate.json": (202, IGNORED),
    "onScheduledEvent.json": (202, IGNORED),
    "onTicketMessageCreate.json": (202, IGNORED),
    "onUserCreate.json": (422, None),  # recorded without its envelope: nothing says what event it is
    "onUserUpdate.json": (202, IGNORED),
}


def test_the_tables_name_every_recorded_payload() -> None:
    assert {path.name for path in (FIXTURES / "webhooks").iterdir()} == set(WEBHOOKS)
    assert {path.name for path in (FIXTURES / "fdk-product-events").iterdir()} == set(PRODUCT_EVENTS)


@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_recorded_webhook_is_understood(name: str, webhook: Callable[..., Any]) -> None:
    answer = webhook((FIXTURES / "webhooks" / name).read_bytes())
    assert (answer.status_code, answer.json()) == (200, WEBHOOKS[name])


@pytest.mark.parametrize("name", PRODUCT_EVENTS)
def test_a_recorded_product_event_is_understood(name: str, push: Callable[..., Any]) -> None:
    status, expected = PRODUCT_EVENTS[name]
    answer = push("/events", json=json.loads((FIXTURES / "fdk-product-events" / name).read_bytes()))
    assert answer.status_code == status
    if expected is not None:
        assert answer.json() == expected


@pytest.mark.parametrize(("file", "status"), [("signature.b64", 200), ("signature_invalid.b64", 401)])
def test_the_recorded_signature_decides(
    api: TestClient, system: System, integration: Integration, file: str, status: int
) -> None:
    paste_key(
        system, integration, (VECTOR / "public_key_as_shown_by_freshchat.pem").read_text(encoding="utf-8")
    )
    answer = api.post(
        f"/api/v1/freshchat/webhooks/{integration.integration_id}",
        content=(VECTOR / "body.json").read_bytes(),
        headers={"x-FRESHCHAT-signature": (VECTOR / file).read_text(encoding="utf-8")},
    )
    assert answer.status_code == status


def test_a_resolution_becomes_a_contact_that_waits_for_its_group(
    webhook: Callable[..., Any], system: System, integration: Integration
) -> None:
    webhook(resolution(interaction_id="1-2", conversation={"assigned_group_id": "g"}))
    assert contacts(system) == [
        (
            "chat-1",
            datetime(2026, 3, 3, 8, 59, tzinfo=UTC),
            "Undefined_Queue",
            "g",
            "awaited",
            "1-2",
            "webhook",
        )
    ]
    assert kinds(system, integration) == {"webhook": 1}


def test_a_repeated_delivery_changes_nothing(webhook: Callable[..., Any], system: System) -> None:
    assert webhook(resolution()).json() == ACCEPTED
    assert webhook(resolution(), **{"X-Retry-Count": "1"}).json() == {
        **ACCEPTED,
        "accepted": 0,
        "duplicates": 1,
    }
    assert len(contacts(system)) == 1


def test_a_chat_that_is_reopened_and_resolved_again_is_two_contacts(
    webhook: Callable[..., Any], system: System
) -> None:
    reopening = {
        "action": "conversation_reopen",
        "action_time": "2026-03-03T08:30:30.000Z",
        "data": {"reopen": {"conversation": {"conversation_id": "chat-1", "status": "reopened"}}},
    }
    # In the wrong order, and within two minutes: only the reopening tells that these are two.
    webhook(resolution(at="2026-03-03T08:31:00.000Z"))
    webhook(resolution(at="2026-03-03T08:30:00.000Z"))
    assert webhook(reopening).json() == IGNORED
    assert len(contacts(system)) == 2


def test_each_chat_counts_once_over_the_webhook_too_when_the_integration_says_so(
    webhook: Callable[..., Any], admin: Callable[..., Any], integration: Integration
) -> None:
    path = f"/integrations/{integration.integration_id}"
    told = []
    for chat, counting in (("chat-1", "every_resolution"), ("chat-2", "once_per_chat")):
        assert admin("PATCH", path, json={"counting": counting}).status_code == 200
        for at in ("2026-03-03T07:00:00.000Z", "2026-03-03T08:00:00.000Z"):
            told.append(webhook(resolution(chat, at=at)).json()["accepted"])
    assert told == [1, 1, 1, 0]


def test_no_personal_data_is_kept(webhook: Callable[..., Any], system: System) -> None:
    webhook((FIXTURES / "webhooks/RECONSTRUCTED-2022-11-conversation_resolution-agent.json").read_bytes())
    kept = json.dumps([contacts(system), system.database.rows("SELECT * FROM chat")], default=str)
    assert "35e80ec8-c697-42e4-8ce9-a47a050b1d1a" in kept
    assert all(word not in kept for word in ("Example", "avatar", "Asia/Kolkata"))


def test_a_delivery_that_is_not_understood_is_acknowledged_and_noted(
    webhook: Callable[..., Any], system: System, integration: Integration
) -> None:
    answer = webhook(resolution(chat=""))
    assert answer.status_code == 200
    assert answer.json()["rejected"][0]["code"] == "bad_event"
    assert kinds(system, integration) == {"webhook_not_understood": 1}, "what nobody reads was not accepted"


@pytest.mark.parametrize("payload", [b"[]", b"nonsense", resolution(at="yesterday")])
def test_what_nobody_understands_does_not_count_as_accepted(
    webhook: Callable[..., Any], system: System, integration: Integration, payload: Any
) -> None:
    assert webhook(payload).status_code == 200
    assert kinds(system, integration) == {"webhook_not_understood": 1}


def test_an_action_by_an_unknown_name_is_ignored_and_noted(
    webhook: Callable[..., Any], system: System, integration: Integration
) -> None:
    answer = webhook(resolution() | {"action": "conversation_resolved"})
    assert (answer.status_code, answer.json()) == (200, IGNORED)
    assert kinds(system, integration) == {"webhook_unknown_event": 1}


def test_a_compressed_delivery_is_refused_as_a_compressed_event_is(
    webhook: Callable[..., Any], push: Callable[..., Any], system: System, integration: Integration
) -> None:
    body = gzip.compress(json.dumps(resolution()).encode())
    answer = webhook(body, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")
    assert kinds(system, integration) == {"webhook_not_understood": 1}
    assert webhook(resolution(), **{"Content-Encoding": "identity"}).json() == ACCEPTED
    forged = webhook(body, **{"Content-Encoding": "gzip", "X-Freshchat-Signature": "AAAA"})
    assert forged.status_code == 401, "nothing is said about the body of a stranger"


def test_a_bad_signature_keeps_nothing_and_is_counted_as_evidence(
    webhook: Callable[..., Any],
    system: System,
    integration: Integration,
    private_key: RSAPrivateKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_routes, "_log_limit", RateLimit(1, lambda: 0.0))  # all in one minute
    other = generate_private_key(65537, 2048)
    korean = json.dumps(resolution(user={"first_name": "가나다"}), ensure_ascii=False).encode()
    ascii_body = json.dumps(resolution()).encode()
    with structlog.testing.capture_logs() as logs:
        answers = [
            webhook(ascii_body, **{"X-Freshchat-Signature": signature(other, ascii_body)}),
            webhook(ascii_body, **{"X-Freshchat-Signature": "nonsense"}),
            webhook(ascii_body, **{"X-Freshchat-Signature": signature(private_key, ascii_body + b" ")}),
            webhook(
                korean, **{"X-Freshchat-Signature": signature(private_key, korean.decode().encode("cp949"))}
            ),
        ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "bad_signature")}
    assert contacts(system) == []
    assert kinds(system, integration) == {
        "bad_signature": 2,
        "bad_signature_altered": 1,
        "bad_signature_non_ascii": 1,
    }
    assert logs == [
        {
            "event": "webhook_refused",
            "log_level": "warning",
            "integration": integration.integration_id,
            "reason": "bad_signature",
            "key_bits": 2048,
            "signature_bytes": 256,
            "body_bytes": len(ascii_body),
            "all_ascii": True,
        }
    ], "a flood of refusals must not fill the log, and no log holds the body"


def test_without_a_signature_the_body_is_not_even_read(
    api: TestClient, webhook: Callable[..., Any], integration: Integration
) -> None:
    answer = api.post(f"/api/v1/freshchat/webhooks/{integration.integration_id}", content=b"x" * 2_000_000)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")


def test_a_body_that_is_too_large_is_refused(webhook: Callable[..., Any]) -> None:
    answer = webhook(b"x" * 2_000_000, **{"X-Freshchat-Signature": "AAAA"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_integration_without_a_public_key_says_so(
    api: TestClient, system: System, integration: Integration
) -> None:
    answer = api.post(f"/api/v1/freshchat/webhooks/{integration.integration_id}", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_public_key")
    assert kinds(system, integration) == {}, "without a signature it was not Freshchat"
    signed = {"X-Freshchat-Signature": "AAAA"}
    api.post(f"/api/v1/freshchat/webhooks/{integration.integration_id}", json={}, headers=signed)
    assert kinds(system, integration) == {"no_public_key": 1}


def test_what_was_signed_for_an_integration_is_put_down_to_it_at_any_address(
    api: TestClient,
    webhook: Callable[..., Any],
    system: System,
    integration: Integration,
    private_key: RSAPrivateKey,
) -> None:
    body = json.dumps(resolution()).encode()
    meant = {"X-Freshchat-Signature": signature(private_key, body)}
    assert api.post("/api/v1/freshchat/webhooks/nobody", content=body, headers=meant).status_code == 404
    assert kinds(system, integration) == {"wrong_address": 1}
    stranger = {"X-Freshchat-Signature": "AAAA"}
    assert api.post("/api/v1/freshchat/webhooks/nobody", content=body, headers=stranger).status_code == 404
    assert api.post("/api/v1/freshchat/webhooks/nobody", content=body).status_code == 404
    assert kinds(system, integration) == {"wrong_address": 1}
    assert (
        'stillwatch_unattributed_requests_total{kind="unknown_integration"} 2.0' in api.get("/metrics").text
    )


def test_both_keys_are_accepted_while_freshchat_changes_its_own(
    webhook: Callable[..., Any], system: System, integration: Integration, private_key: RSAPrivateKey
) -> None:
    new = generate_private_key(65537, 2048)
    body = json.dumps(resolution()).encode()
    by_new = {"X-Freshchat-Signature": signature(new, body)}
    assert webhook(body, **by_new).status_code == 401
    paste_key(system, integration, f"{shown(new)}\n{shown(private_key)}")
    assert webhook(body, **by_new).json() == ACCEPTED
    assert webhook(resolution(chat="chat-2")).json() == ACCEPTED


def test_an_integration_that_is_unknown_or_deleted_is_not_found(
    api: TestClient, system: System, integration: Integration, webhook: Callable[..., Any]
) -> None:
    assert api.post("/api/v1/freshchat/webhooks/nobody", json={}).status_code == 404
    integrations.delete(system, integration.integration_id)
    assert webhook(resolution()).status_code == 404


def test_a_store_that_cannot_answer_has_freshchat_send_it_again(
    webhook: Callable[..., Any],
    system: System,
    integration: Integration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: Any) -> None:
        raise StoreUnavailable("full")

    with monkeypatch.context() as patched:
        patched.setattr(system.writer, "keep", full)
        assert webhook(resolution()).status_code == 503
        assert kinds(system, integration) == {"store_unavailable": 1}, "refused is not accepted"
    assert webhook(resolution()).json() == ACCEPTED


def test_an_admin_who_pastes_nonsense_is_told(admin: Callable[..., Any], integration: Integration) -> None:
    nonsense = {"webhook_public_key": "nonsense"}
    answer = admin("PATCH", f"/integrations/{integration.integration_id}", json=nonsense)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_public_key")


def test_times_more_than_a_day_ahead_are_refused(webhook: Callable[..., Any], clock: Any) -> None:
    late = (clock.now + timedelta(days=1, seconds=1)).isoformat()
    assert "rejected" in webhook(resolution(at=late)).json()


def test_times_within_a_day_ahead_are_kept_as_our_own_clock_may_be_behind(
    webhook: Callable[..., Any], clock: Any
) -> None:
    late = (clock.now + timedelta(hours=23)).isoformat()
    assert webhook(resolution(at=late)).json() == ACCEPTED
