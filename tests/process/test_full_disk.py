"""The disk of a running server runs full under load, and has room again."""

import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.database import Database
from tests.patience import PATIENCE

BATCH = 500
SMALL, LARGE = "24m", "200m"
ROOM_OF_A_FILE = 2_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, too small for what the log and a checkpoint of it need."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(disk)]
    if subprocess.run(mounting, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk; tests/store/test_full_disk.py needs no rights")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill_and_free(running: Any, key: str, free: Callable[[], object]) -> set[str]:
    """Send until the server refuses, free the disk, and return what was accepted before and after."""
    now = datetime.now(UTC)
    accepted: set[str] = set()

    def send(client: httpx.Client, batch: int) -> int:
        events = [
            {"chat_id": f"chat-{batch}-{n}", "resolved_at": (now - timedelta(minutes=n)).isoformat()}
            for n in range(BATCH)
        ]
        status = client.post(f"{running.url}/api/v1/events", json={"events": events}).status_code
        if status == 202:
            accepted.update(event["chat_id"] for event in events)
        return status

    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE) as client:
        statuses = [send(client, 0)]
        while statuses[-1] == 202 and len(statuses) < 400:
            statuses.append(send(client, len(statuses)))
        assert (statuses[0], statuses[-1]) == (202, 503)
        assert {send(client, 1000 + again) for again in range(5)} <= {202, 503}
        free()
        deadline = time.monotonic() + PATIENCE
        while send(client, 2000) != 202:
            assert time.monotonic() < deadline, "refused although there is room again"
            time.sleep(0.1)
    return accepted


def holds_all_of(running: Any, accepted: set[str]) -> None:
    running.wait_until_healthy()
    running.process.terminate()
    running.end()
    database = Database(running.database)
    kept = {chat for (chat,) in database.rows("SELECT chat_id FROM contact")}
    assert accepted <= kept
    assert database.lost_commits == 0
    assert database.rows("SELECT sum(contacts)::bigint FROM contact_count") == [(len(kept),)]
    database.close()


def test_a_server_goes_on_by_itself_after_a_checkpoint_met_a_full_disk(
    server: Callable[..., Any], small_disk: Path
) -> None:
    running = server(database=small_disk / "stillwatch.duckdb")
    running.wait_until_healthy()
    more = ["mount", "-o", f"remount,size={LARGE}", str(small_disk)]
    holds_all_of(
        running, fill_and_free(running, running.make_key(), lambda: subprocess.run(more, check=True))
    )
    running.err.seek(0)
    running.out.seek(0)
    assert "database_opened_again" in running.out.read() + running.err.read()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="prlimit is Linux's alone")
def test_a_server_goes_on_by_itself_after_its_log_could_not_grow(server: Callable[..., Any]) -> None:
    running = server()
    running.wait_until_healthy()
    key = running.make_key()

    def limit(size: int) -> None:
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    limit(ROOM_OF_A_FILE)
    holds_all_of(running, fill_and_free(running, key, lambda: limit(resource.RLIM_INFINITY)))
