"""Freshchat's own webhook: whether a delivery is Freshchat's, and what it tells.

Deliveries hold names and texts; only ids, the group and times are read, and nothing else is kept or logged.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import BaseModel, ValidationError

from data.chats import Event, EventKind
from services.ingest import json_text
from services.ingest.event_forms import Id, OptionalId, Stamp
from services.ingest.events import (
    BadEvent,
    UnknownEvent,
    first_problem,
    folded,
    refuse_impossible_time,
)

LONGEST_KEY_TEXT = 8192
KEY_BITS = range(2048, 8193)
LONGEST_SIGNATURE = 2048

_ARMOUR = re.compile(r"-----(BEGIN|END)[A-Z\s]{0,40}-----")
_BLOCK = re.compile(r"-----BEGIN[A-Z\s]{0,40}-----.*?-----END[A-Z\s]{0,40}-----", re.DOTALL)
MOST_PUBLIC_KEYS = 2
"""While Freshchat changes its key: the new one, and the one before."""

_OTHER_ACTIONS = frozenset({"message_create", "conversation_assignment"})
_KINDS: dict[str, tuple[str, EventKind]] = {
    "conversation_resolution": ("resolve", "resolved"),
    "conversation_reopen": ("reopen", "reopened"),
}

SignatureRefusal = Literal[
    "bad_signature", "bad_signature_altered", "bad_signature_non_ascii", "no_signature"
]


class InvalidPublicKey(Exception):
    """The text is no RSA public key as Freshchat shows it; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a refused delivery shows, without its content.

    ``reason`` tells a wrong key (``bad_signature``: not made with the key's other half, or no signature) from a
    body that the key's owner did sign, but not in the bytes that reached us: ``bad_signature_altered``, or
    ``bad_signature_non_ascii`` when it holds letters outside ASCII, as Freshchat is suspected to sign those in
    another encoding than it sends. Without a signature (``no_signature``) it was not Freshchat who sent it.
    """

    reason: SignatureRefusal
    key_bits: int
    signature_bytes: int
    body_bytes: int
    all_ascii: bool


def read_public_keys(text: str) -> tuple[RSAPublicKey, ...]:
    """Read the public keys that were pasted, newest first: one, or two while Freshchat changes it.

    Raises InvalidPublicKey.
    """
    if len(text) > MOST_PUBLIC_KEYS * LONGEST_KEY_TEXT:
        raise InvalidPublicKey("too long for public keys: paste only what Freshchat shows")
    keys = tuple(_read_public_key(block) for block in key_blocks(text))
    if len(keys) > MOST_PUBLIC_KEYS:
        raise InvalidPublicKey(f"at most {MOST_PUBLIC_KEYS} public keys: the new one, and the one before")
    return keys


def key_blocks(text: str) -> list[str]:
    """Return the text of each key, from -----BEGIN to END-----, without repetitions; all of it where none is marked."""
    outside = _BLOCK.sub("", text).strip()
    blocks = _BLOCK.findall(text) + ([outside] if outside else [])
    return list({"".join(block.split()): block.strip() for block in blocks}.values()) or [text]


def beside(text: str, before: str | None) -> str:
    """Return what was pasted with the newest key from before behind it, so that both are accepted for a while."""
    pasted = key_blocks(text)
    known = {"".join(block.split()) for block in pasted}
    older = [block for block in key_blocks(before or "") if block and "".join(block.split()) not in known]
    return "\n".join([*pasted, *older[:1]][:MOST_PUBLIC_KEYS])


@lru_cache(maxsize=256)
def _read_public_key(text: str) -> RSAPublicKey:
    """Read a public key that Freshchat shows. Raises InvalidPublicKey.

    Freshchat labels its key RSA PUBLIC KEY (PKCS#1) although it is a SubjectPublicKeyInfo, and people paste it as
    one line: the label and all white space are left out of account, and either content is taken.
    """
    if len(text) > LONGEST_KEY_TEXT:
        raise InvalidPublicKey("too long for a public key: paste only the key that Freshchat shows")
    if "PRIVATE KEY-----" in text:
        raise InvalidPublicKey("this is a private key: keep it to yourself, and paste the public one")
    try:
        der = base64.b64decode("".join(_ARMOUR.sub("", text).split()), validate=True)
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidPublicKey(
            "no public key: copy all of it, from -----BEGIN to END ... KEY-----, from Freshchat's webhook settings"
        ) from None
    if not isinstance(key, RSAPublicKey) or key.key_size not in KEY_BITS:
        raise InvalidPublicKey(f"no RSA public key of {KEY_BITS.start} to {KEY_BITS.stop - 1} bits")
    return key


def refusal_of(keys: Sequence[RSAPublicKey], signature: str | None, body: bytes) -> Evidence | None:
    """Check X-Freshchat-Signature: base64 of RSA PKCS#1 v1.5 with SHA-256 over the raw bytes.

    None: it is right by one of the keys. A refusal tells the nearest miss.
    """
    found = [_refusal_by(key, signature, body) for key in keys]
    if None in found:
        return None
    return next((evidence for evidence in found if evidence and evidence.reason not in _FAR), found[0])


_FAR: tuple[SignatureRefusal, ...] = ("bad_signature", "no_signature")


def _refusal_by(key: RSAPublicKey, signature: str | None, body: bytes) -> Evidence | None:
    raw = _signature_bytes(signature)
    try:
        key.verify(raw, body, PKCS1v15(), SHA256())
    except InvalidSignature:
        reason = "no_signature" if signature is None else _reason(key, raw, body)
        return Evidence(reason, key.key_size, len(raw), len(body), body.isascii())
    return None


def read_delivery(body: bytes, *, received_at: datetime) -> tuple[str, Event] | None:
    """Return (chat id, event), or None for a sign of life. Raises BadEvent and UnknownEvent.

    Every generation of payload (2018, 2020, 2022) is read: little is required, unknown fields are left alone.
    """
    try:
        told: Any = json_text.loads(body)
    except json_text.JSONDecodeError:
        raise BadEvent("the body is no JSON") from None
    if not isinstance(told, dict):
        raise BadEvent("a delivery is a JSON object")
    action = folded(told.get("action"))
    if action in _OTHER_ACTIONS:
        return None
    if action is None or action not in _KINDS:
        raise UnknownEvent
    part, kind = _KINDS[action]
    data = told.get("data")
    try:
        change = _Change.model_validate(data.get(part) if isinstance(data, dict) else None)
        at = _Envelope.model_validate(told).action_time
    except ValidationError as error:
        raise BadEvent(first_problem(error)) from None
    refuse_impossible_time(at, received_at)
    chat_id = change.conversation.conversation_id
    if kind == "reopened":
        return chat_id, Event.reopening(at, reporter="webhook", received_at=received_at)
    return chat_id, Event.resolution(
        at,
        reporter="webhook",
        received_at=received_at,
        interaction_id=change.interaction_id,
        group_id=change.conversation.assigned_group_id,
    )


class _Conversation(BaseModel):
    conversation_id: Id
    assigned_group_id: OptionalId = None


class _Change(BaseModel):
    conversation: _Conversation
    interaction_id: OptionalId = None


class _Envelope(BaseModel):
    action_time: Stamp


def _signature_bytes(signature: str | None) -> bytes:
    """Return the decoded signature; empty for none, or for text that cannot be one."""
    if signature is None or len(signature) > LONGEST_SIGNATURE:
        return b""
    try:
        return base64.b64decode(signature.strip(), validate=True)
    except ValueError:
        return b""


def _reason(key: RSAPublicKey, signature: bytes, body: bytes) -> SignatureRefusal:
    """Opening a signature with the public key shows whether it was made with the key's other half at all."""
    try:
        key.recover_data_from_signature(signature, PKCS1v15(), SHA256())
    except InvalidSignature:
        return "bad_signature"
    return "bad_signature_altered" if body.isascii() else "bad_signature_non_ascii"
