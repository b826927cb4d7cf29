"""What the simulated account's own webhook sends: signed, repeated, lost, reordered."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from simulator.delivery import AT_ONCE
from tests.simulator.support import Receiver, Running, eventually, moved, sample


@pytest.fixture
def hooked(account: Running, receiver: Receiver) -> Running:
    account.control.post("/control/webhook", json={"target": f"{receiver.url}/hook"})
    return account


def public_key(account: Running) -> rsa.RSAPublicKey:
    text = account.control.get("/control").json()["webhook"]["public_key"]
    assert text.startswith("-----BEGIN RSA PUBLIC KEY----- MII")
    assert "\n" not in text
    body = text.removeprefix("-----BEGIN RSA PUBLIC KEY-----").removesuffix("-----END RSA PUBLIC KEY-----")
    key = load_der_public_key(base64.b64decode("".join(body.split())))
    assert isinstance(key, rsa.RSAPublicKey)
    return key


@pytest.mark.parametrize(
    ("generation", "name"),
    [
        ("2020", "webhooks/2020-conversation_resolution-agent.json"),
        ("2022", "webhooks/RECONSTRUCTED-2022-11-conversation_resolution-agent.json"),
    ],
)
def test_a_webhook_is_compact_signed_and_shaped_like_its_generation(
    hooked: Running, receiver: Receiver, generation: str, name: str
) -> None:
    hooked.switch(webhook_payloads=generation)
    chat = hooked.resolve(group="Technik")[0]
    request = eventually(
        lambda: next(
            (it for it in receiver.to("/hook") if it.body["action"] == "conversation_resolution"), None
        )
    )
    public_key(hooked).verify(
        base64.b64decode(request.headers["x-freshchat-signature"]), request.raw, padding.PKCS1v15(), SHA256()
    )
    expected, found = sample(name)["data"]["resolve"], request.body["data"]["resolve"]
    assert set(found) == set(expected)
    assert set(found["conversation"]) == set(expected["conversation"])
    assert found["conversation"]["conversation_id"] == chat["chat_id"]
    assert request.body["action_time"] == chat["resolved_at"]
    assert request.headers["x-retry-count"] == "0"
    assert b": " not in request.raw


def test_a_refused_webhook_is_repeated_with_a_growing_count(
    hooked: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.webhook.TRY_AGAIN_SECONDS", 0.001)
    receiver.status = lambda request: 500
    chat = hooked.resolve()[0]
    eventually(lambda: hooked.control.get("/control").json()["webhook"]["counts"]["lost"] >= 2)
    tries = [it for it in receiver.to("/hook") if it.body["action_time"] == chat["resolved_at"]]
    assert [it.headers["x-retry-count"] for it in tries] == ["0", "1", "2", "3"]


def test_webhooks_can_be_lost_and_repeated(hooked: Running, receiver: Receiver) -> None:
    hooked.switch(webhook_lose_share=1)
    hooked.resolve()
    hooked.switch(webhook_lose_share=0, webhook_duplicate_share=1)
    kept = hooked.resolve()[0]["resolved_at"]
    eventually(lambda: sum(it.body["action_time"] == kept for it in receiver.to("/hook")) == 2)
    assert {it.body["action_time"] for it in receiver.to("/hook") if "resolve" in it.body["data"]} == {kept}


def test_webhooks_can_come_in_another_order(
    hooked: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def arrived() -> list[str]:
        resolved = [it.body for it in receiver.to("/hook") if "resolve" in it.body["data"]]
        return [it["data"]["resolve"]["conversation"]["conversation_id"] for it in resolved]

    monkeypatch.setattr("simulator.delivery.HELD_BACK_SECONDS", 1.5)
    hooked.switch(webhook_reorder_share=0.5)
    told = [it["chat_id"] for it in hooked.resolve(count=40)]
    eventually(lambda: len(arrived()) == 40)
    assert moved(told, arrived()) > AT_ONCE


def test_what_another_client_says_is_told_in_its_own_words(hooked: Running, receiver: Receiver) -> None:
    hooked.install(receiver)
    user = hooked.api.post("/v2/users", json={"first_name": "Zoë"}).json()["id"]
    channel = hooked.api.get("/v2/channels").json()["channels"][0]["id"]
    words = [{"message_parts": [{"text": {"content": text}}]} for text in ("Hallo", "Noch da?")]
    body = {"channel_id": channel, "users": [{"id": user}], "messages": words}
    assert hooked.api.post("/v2/conversations", json=body).status_code == 201
    eventually(lambda: len(receiver.to("/hook")) == 2)
    told = [it.body["data"]["message"]["message_parts"][0]["text"]["content"] for it in receiver.to("/hook")]
    assert set(told) == {"Hallo", "Noch da?"}
    event = eventually(
        lambda: next((it for it in receiver.events() if it["event"] == "onConversationCreate"), None)
    )
    assert event["data"]["conversation"]["messages"][0]["message_parts"][0]["text"]["content"] == "Hallo"
