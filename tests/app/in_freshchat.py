"""What happens in Freshchat, as steps for the app, and what has become of it in the store."""

import json
from pathlib import Path
from typing import Any

from services.system import System

SAMPLES = Path(__file__).parents[1] / "fixtures/freshchat/fdk-product-events"
GROUP = {"id": "g", "name": "Kundensupport"}


def update(
    chat: str, at: str, before: str, after: str, group: dict[str, str] | None = GROUP
) -> dict[str, Any]:
    """Return a step: Freshchat's own sample with this chat, time, status change and group."""
    payload = json.loads((SAMPLES / "onConversationUpdate.json").read_bytes())
    payload["timestamp"] = at
    conversation = payload["data"]["conversation"]
    conversation |= {
        "conversation_id": chat,
        "created_time": "2026-03-03T06:00:00.000Z",
        "reopened_time": None,
    }
    conversation["assigned_group_id"] = group["id"] if group else None
    payload["data"]["associations"]["group"] = group
    payload["data"]["changes"] = {"model_changes": {"status": [before, after]}}
    return {"event": "onConversationUpdate", "payload": payload}


def contacts(system: System) -> list[tuple[str, str, str]]:
    rows = system.database.rows(
        "SELECT chat_id, resolved_at, queue FROM contact ORDER BY resolved_at, chat_id"
    )
    return [(chat_id, at.isoformat(timespec="seconds"), queue) for chat_id, at, queue in rows]
