"""What Freshchat's webhook sends, and how it signs."""

import base64
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from data.integrations import Integration
from services import integrations
from services.integrations.draft import draft_of
from services.system import System


def shown(private_key: RSAPrivateKey) -> str:
    """Return the public key as Freshchat shows it: one line, under the label of another format."""
    pem = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    content = "".join(pem.split("-----")[2].split())
    return f"-----BEGIN RSA PUBLIC KEY----- {content} -----END RSA PUBLIC KEY-----"


def signature(private_key: RSAPrivateKey, body: bytes) -> str:
    return base64.b64encode(private_key.sign(body, PKCS1v15(), SHA256())).decode()


def paste_key(system: System, integration: Integration, text: str) -> None:
    draft = replace(draft_of(integration), webhook_public_key=text)
    integrations.change(system, integration.integration_id, draft)


def resolution(chat: str = "chat-1", at: str = "2026-03-03T08:59:00.000Z", **more: Any) -> dict[str, Any]:
    conversation = {"conversation_id": chat, "status": "resolved"} | more.pop("conversation", {})
    return {
        "actor": {"actor_type": "agent", "actor_id": "a"},
        "action": "conversation_resolution",
        "action_time": at,
        "data": {"resolve": {"resolver": "agent", "conversation": conversation} | more},
    }


def kinds(system: System, integration: Integration) -> dict[str, int]:
    system.activity.flush()
    return {entry.kind: entry.occurrences for entry in system.activity.totals(integration.integration_id)}


def contacts(system: System) -> list[tuple[Any, ...]]:
    return system.database.rows(
        "SELECT chat_id, resolved_at, queue, group_id, naming, interaction_id, reporter FROM contact ORDER BY 1, 2"
    )
