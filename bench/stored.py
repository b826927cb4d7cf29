"""Contacts that arrive over HTTP in batches: how fast, how large file and process become, how long a start takes."""

import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import numpy as np
import orjson

from bench.ingest import injixo_key
from bench.servers import RunningServer, running_server

BATCH = 500
GROUPS = 50
DAYS = 365
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
Row = tuple[str, str, float]


def stored_rows(contacts: int) -> list[Row]:
    """Return what so many contacts of a year cost: their rate, the file's bytes, the process's memory and start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "app"
        with running_server(folder, ["app.py"]) as server:
            key = injixo_key(server.port)
            time.sleep(5)  # what is loaded after the start belongs to the idle process
            idle, busy = server.resident_megabytes(), server.cpu_seconds()
            took = _send(server, key, contacts)
            busy = server.cpu_seconds() - busy
            memory = server.resident_megabytes()
            first_start = server.started_in
        size = os.path.getsize(folder / "bench.duckdb")
        with running_server(folder, ["app.py"]) as server:
            next_start = server.started_in
    return [
        ("contacts a second", "1/s", contacts / took),
        ("processor time a contact", "us", 1e6 * busy / contacts),
        ("the closed file, a contact", "bytes", size / contacts),
        ("memory, idle", "MB", idle),
        ("memory, afterwards", "MB", memory),
        ("start on a new file", "s", first_start),
        ("start on the file with them", "s", next_start),
    ]


def _send(server: RunningServer, key: str, contacts: int) -> float:
    """Send contacts in the order of their time and return the seconds that the server took."""
    took = 0.0
    rng = np.random.default_rng(contacts)
    with httpx.Client(
        base_url=f"http://127.0.0.1:{server.port}", headers={"Authorization": f"Bearer {key}"}, timeout=60
    ) as client:
        for start in range(0, contacts, BATCH):
            body = orjson.dumps(
                {
                    "events": [
                        _event(number, contacts, rng) for number in range(start, min(start + BATCH, contacts))
                    ]
                }
            )
            began = time.perf_counter()
            client.post(
                "/api/v1/events", content=body, headers={"Content-Type": "application/json"}
            ).raise_for_status()
            took += time.perf_counter() - began
    return took


def _event(number: int, contacts: int, rng: np.random.Generator) -> dict[str, object]:
    at = FIRST + timedelta(days=DAYS * number / contacts)
    group = int(rng.integers(GROUPS))
    return {
        "chat_id": str(UUID(bytes=rng.bytes(16))),
        "resolved_at": at.isoformat(timespec="milliseconds"),
        "interaction_id": str(UUID(bytes=rng.bytes(16))),
        "group": {"id": str(UUID(int=group + 1)), "name": f"Gruppe {group}"},
    }
