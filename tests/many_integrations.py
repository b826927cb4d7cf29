"""What the demo lacks: an account of many integrations, one with many source queues, one that has long been silent."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Call = Callable[..., Any]

DAYS, BATCH = 21, 500
SILENT_FOR = timedelta(hours=9)
QUEUES = (
    "Bestellung", "Rechnung", "Retouren und Reklamationen im Onlinehandel (Deutschland, Österreich, Schweiz)",
    "Technik", "Störung", "Kündigung", "Umzug", "Neukunden", "🚚 Lieferung", "Gutscheine", "Datenschutz", "Presse",
    "Filialen", "Händler",
)  # fmt: skip
CALM = ("Filialen Nord", "Filialen Süd", "Onlineshop", "Reklamation", "Außendienst", "Service clients")
MANY_QUEUES, SILENT, PAUSED, NEW = "Kundenservice", "Notfallhotline", "Messe", "Österreich"


def add_many(call: Call) -> dict[str, str]:
    """Add them, ten in all; return the ids of the one with many queues and of the silent one.

    ``call(method, path, **more)`` asks the HTTP API and returns its answer.
    """
    now, dice = datetime.now(UTC), random.Random(1)
    for place, name in enumerate(CALM):
        _push(call, _key(call, _add(call, name)), _resolved(now, 20 + 12 * place, QUEUES[:3], dice))
    many, silent, paused = _add(call, MANY_QUEUES), _add(call, SILENT), _add(call, PAUSED)
    _push(call, _key(call, many), _resolved(now, 160, QUEUES, dice))
    _push(call, _key(call, silent), _resolved(now - SILENT_FOR, 120, QUEUES[:2], dice))
    call("PATCH", f"/integrations/{paused}", json={"paused": True})
    _add(call, NEW)
    return {"many": many, "silent": silent}


def _add(call: Call, name: str) -> str:
    body = {"name": name, "domain": "example.freshchat.com", "time_zone": "Europe/Berlin"}
    return str(call("POST", "/integrations", json=body)["id"])


def _key(call: Call, integration_id: str) -> str:
    return str(call("POST", f"/integrations/{integration_id}/keys", json={"overlap_seconds": 0})["key"])


def _resolved(
    until: datetime, per_day: int, queues: Sequence[str], dice: random.Random
) -> Iterator[dict[str, Any]]:
    """Yield the chats of three weeks, day and night, the first of the queues the busiest."""
    weights = [1 / (place + 1) for place in range(len(queues))]
    for number in range(DAYS * per_day):
        queue = dice.choices(queues, weights)[0]
        yield {
            "chat_id": f"{queue}-{per_day}-{number}",
            "resolved_at": (until - timedelta(days=DAYS * dice.random())).isoformat(),
            "group": {"id": queue, "name": queue},
        }


def _push(call: Call, key: str, events: Iterator[dict[str, Any]]) -> None:
    headers, known = {"Authorization": f"Bearer {key}"}, list(events)
    for first in range(0, len(known), BATCH):
        call("POST", "/events", headers=headers, json={"events": known[first : first + BATCH]})
    call("POST", "/heartbeat", headers=headers)
