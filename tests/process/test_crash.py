"""Killed in the middle of load: whatever was answered 202 is there, and the file opens."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from data.database import Database
from tests.patience import PATIENCE

SENDERS = 16
ENOUGH = 300


def test_every_event_that_was_answered_survives_kill_9(server: Callable[..., Any]) -> None:
    running = server()
    running.wait_until_healthy()
    key = running.make_key()
    answered: list[str] = []
    is_enough = threading.Event()
    now = datetime.now(UTC)

    def send(sender: int) -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE) as client:
            for number in range(100_000):
                chat = f"chat-{sender}-{number}"
                event = {
                    "chat_id": chat,
                    "resolved_at": (now - timedelta(seconds=number)).isoformat(),
                    "group": {"id": f"g-{sender % 3}", "name": f"Queue {sender % 3}"},
                }
                try:
                    answer = client.post(f"{running.url}/api/v1/events", json=event)
                except httpx.TransportError:
                    return
                assert answer.status_code == 202
                answered.append(chat)
                if len(answered) >= ENOUGH:
                    is_enough.set()

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    assert is_enough.wait(PATIENCE)
    running.process.kill()
    for thread in threads:
        thread.join(PATIENCE)
    running.end()

    assert (running.database.parent / "stillwatch.duckdb.wal").exists()
    database = Database(running.database)
    assert database.lost_commits == 0
    kept = {chat for (chat,) in database.rows("SELECT chat_id FROM contact")}
    assert len(answered) >= ENOUGH
    assert set(answered) <= kept
    assert len(kept) <= len(answered) + SENDERS
    counted = database.rows(
        "SELECT queue, sum(contacts)::bigint FROM contact_count GROUP BY queue ORDER BY queue"
    )
    grouped = database.rows("SELECT queue, count(*) FROM contact GROUP BY queue ORDER BY queue")
    assert counted == grouped
    database.close()

    again = server(database=running.database)
    again.wait_until_healthy()
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=again.url, headers=headers, timeout=PATIENCE) as client:
        assert client.get("/api/health").json()["lost_commits"] == 0
        assert client.get("/api/v1/connection").status_code == 200
