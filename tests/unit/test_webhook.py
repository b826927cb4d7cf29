"""Freshchat's signature and payloads, without HTTP."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from data.chats import Event
from services.ingest.events import BadEvent, UnknownEvent
from services.ingest.webhook import (
    InvalidPublicKey,
    beside,
    key_blocks,
    read_delivery,
    read_public_keys,
    refusal_of,
)

VECTOR = Path(__file__).parents[1] / "fixtures/freshchat/signature-vector"
CHAT = "4ec945ec-6717-409d-9549-198d5d121bd1"
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def vector(name: str) -> str:
    return (VECTOR / name).read_text(encoding="utf-8")


BODY = (VECTOR / "body.json").read_bytes()
SHOWN = vector("public_key_as_shown_by_freshchat.pem")


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def signed(private_key: rsa.RSAPrivateKey, body: bytes) -> str:
    return base64.b64encode(private_key.sign(body, PKCS1v15(), SHA256())).decode()


@pytest.mark.parametrize(
    "text",
    [
        SHOWN,
        vector("public_key_spki.pem"),
        SHOWN.replace(" ", "\n"),
        SHOWN.replace("RSA ", ""),
        SHOWN.split("----- ")[1].split(" -----")[0],  # only what stands between the labels
        f"\n\t {SHOWN}\r\n",
    ],
    ids=["as shown, one line", "relabelled", "wrapped", "other label", "no label", "white space"],
)
def test_the_recorded_delivery_is_freshchats_however_its_key_was_pasted(text: str) -> None:
    assert refusal_of(read_public_keys(text), vector("signature.b64"), BODY) is None


def test_a_key_whose_content_is_what_its_label_says_is_read_too(private_key: rsa.RSAPrivateKey) -> None:
    text = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    assert refusal_of(read_public_keys(text), signed(private_key, b"{}"), b"{}") is None


def test_the_recorded_bad_signature_is_refused() -> None:
    evidence = refusal_of(read_public_keys(SHOWN), vector("signature_invalid.b64"), BODY)
    assert evidence is not None
    assert (evidence.key_bits, evidence.body_bytes, evidence.all_ascii) == (2048, len(BODY), True)


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "https://example.freshchat.com/webhook",
        "-----BEGIN RSA PUBLIC KEY----- -----END RSA PUBLIC KEY-----",
        SHOWN[:200],
        "ü" * 100,
        "A" * 10_000,
        pem_of(ec.generate_private_key(ec.SECP256R1())),
        pem_of(rsa.generate_private_key(65537, 1024)),  # noqa: S505 - that is the point
    ],
    ids=["word", "address", "empty", "cut off", "not base64", "too long", "another kind", "too short"],
)
def test_what_is_no_public_key_is_explained(text: str) -> None:
    with pytest.raises(InvalidPublicKey, match=r"public key|no RSA"):
        read_public_keys(text)


def test_a_private_key_is_not_kept(private_key: rsa.RSAPrivateKey) -> None:
    pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(InvalidPublicKey, match="private"):
        read_public_keys(pem)


@pytest.mark.parametrize("signature", [None, "", "not base64!", "ü", "AAAA", "A" * 344, "A" * 100_000])
def test_no_signature_or_one_of_somebody_else_is_refused(
    signature: str | None, private_key: rsa.RSAPrivateKey
) -> None:
    evidence = refusal_of([private_key.public_key()], signature, b"{}")
    assert evidence is not None
    assert evidence.reason == ("no_signature" if signature is None else "bad_signature")


def test_a_wrong_key_is_told_from_a_body_that_was_changed_on_the_way(private_key: rsa.RSAPrivateKey) -> None:
    other = rsa.generate_private_key(65537, 2048).public_key()
    signature = signed(private_key, b'{"name": "x"}')
    reasons = [
        refusal.reason
        for key, body in [
            (other, b'{"name": "x"}'),
            (private_key.public_key(), b'{"name":"x"}'),
            (private_key.public_key(), '{"name": "가"}'.encode()),
        ]
        if (refusal := refusal_of([key], signature, body))
    ]
    assert reasons == ["bad_signature", "bad_signature_altered", "bad_signature_non_ascii"]


def test_a_resolution_is_read_with_its_interaction_and_group() -> None:
    sample = VECTOR.parent / "webhooks/RECONSTRUCTED-2022-11-conversation_resolution-agent.json"
    assert read_delivery(sample.read_bytes(), received_at=NOW) == (
        "35e80ec8-c697-42e4-8ce9-a47a050b1d1a",
        Event(
            "resolved",
            datetime(2022, 11, 22, 10, 54, 42, 298000, tzinfo=UTC),
            "681406910844650-1669114000000",
            None,
            "4cf5d9b8-b782-499f-b93c-541229df3729",
            None,
            "webhook",
            NOW,
        ),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"action": "conversation_resolution"}',
        b'{"action": "conversation_resolution", "action_time": "2026-03-03T08:00:00Z", "data": {"resolve": []}}',
        b'{"action": "conversation_resolution", "data": {"resolve": {"conversation": {"conversation_id": "c"}}}}',
        b'{"action": "conversation_resolution", "action_time": "1999-03-03T08:00:00Z",'
        b' "data": {"resolve": {"conversation": {"conversation_id": "c"}}}}',
    ],
)
def test_a_resolution_that_cannot_be_understood_is_named(body: bytes) -> None:
    with pytest.raises(BadEvent):
        read_delivery(body, received_at=NOW)


@pytest.mark.parametrize("action", ["message_create", "conversation_assignment", "Message_Create"])
def test_what_freshchat_tells_beside_resolutions_is_a_sign_of_life(action: str) -> None:
    assert read_delivery(json.dumps({"action": action}).encode(), received_at=NOW) is None


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"17"])
def test_what_is_no_delivery_at_all_is_not_understood(body: bytes) -> None:
    with pytest.raises(BadEvent):
        read_delivery(body, received_at=NOW)


@pytest.mark.parametrize("body", [b"{}", b'{"action": 7}', b'{"action": "conversation_resolved"}'])
def test_an_action_that_nobody_knows_is_told_from_a_sign_of_life(body: bytes) -> None:
    with pytest.raises(UnknownEvent):
        read_delivery(body, received_at=NOW)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_and_capitals_cost_no_contact(mark: bytes) -> None:
    body = mark + resolution().replace(b"conversation_resolution", b" Conversation_Resolution ")
    found = read_delivery(body, received_at=NOW)
    assert found is not None
    assert found[1].kind == "resolved"


def test_two_public_keys_may_be_held_while_freshchat_changes_its_own() -> None:
    old, new, other = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    both = beside(pem_of(new), pem_of(old))
    assert key_blocks(both) == [pem_of(new).strip(), pem_of(old).strip()]
    keys = read_public_keys(both)
    assert refusal_of(keys, signed(old, b"{}"), b"{}") is None
    assert refusal_of(keys, signed(new, b"{}"), b"{}") is None
    refused = refusal_of(keys, signed(other, b"{}"), b"{}")
    assert refused is not None
    assert refused.reason == "bad_signature"
    altered = refusal_of(keys, signed(old, b"{ }"), b"{}")
    assert altered is not None
    assert altered.reason == "bad_signature_altered", "the nearest miss tells most"
    assert key_blocks(beside(pem_of(other), both)) == [pem_of(other).strip(), pem_of(new).strip()]
    assert beside(pem_of(new), pem_of(new)) == pem_of(new).strip()
    assert beside(pem_of(new), None) == pem_of(new).strip()
    with pytest.raises(InvalidPublicKey, match="at most 2"):
        read_public_keys(pem_of(old) + pem_of(new) + pem_of(other))
    with pytest.raises(InvalidPublicKey):
        read_public_keys(pem_of(old) + "and nonsense")


def resolution(**more: Any) -> bytes:
    """A resolution as bytes; ``more`` replaces fields of the change, of its conversation and of the envelope."""
    conversation = {"conversation_id": CHAT, "assigned_group_id": "g", **more.pop("conversation", {})}
    change = {"interaction_id": "1-2", **more.pop("change", {}), "conversation": conversation}
    told = {
        "action": "conversation_resolution",
        "action_time": "2026-03-03T08:00:00Z",
        "data": {"resolve": change},
    }
    return json.dumps({**told, **more}).encode()


@pytest.mark.parametrize("odd", [None, "", " ", [], {}, True, 1.5, "x" * 201])
def test_optional_fields_that_cannot_be_read_cost_no_contact(odd: Any) -> None:
    body = resolution(conversation={"assigned_group_id": odd}, change={"interaction_id": odd})
    found = read_delivery(body, received_at=NOW)
    assert found is not None
    assert (found[0], found[1].group_id, found[1].interaction_id) == (CHAT, None, None)


@pytest.mark.parametrize("stamp", [1772524800000, 1772524800, "1772524800000", "1772524800", 1772524800.0])
def test_the_time_may_be_counted_in_seconds_or_milliseconds(stamp: Any) -> None:
    found = read_delivery(resolution(action_time=stamp), received_at=NOW)
    assert found is not None
    assert found[1].occurred_at == NOW - timedelta(hours=1)


def test_a_chat_and_a_group_are_the_same_in_capitals() -> None:
    body = resolution(conversation={"conversation_id": CHAT.upper(), "assigned_group_id": CHAT.upper()})
    found = read_delivery(body, received_at=NOW)
    assert found is not None
    assert (found[0], found[1].group_id) == (CHAT, CHAT)
