"""The server takes what the machine allows, and does not wait for what hangs."""

import resource
from threading import Event, Semaphore

import pytest
import structlog

from services.process.background import Background
from services.serving import server
from tests.patience import PATIENCE


@pytest.mark.parametrize(
    ("soft", "hard", "raised", "room"),
    [
        (1024, 1024, None, 512),
        (1024, 524_288, 4096, 1000),
        (256, resource.RLIM_INFINITY, 4096, 1000),
        (20_000, 20_000, None, 1000),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, 1000),
        (256, 256, None, 50),
    ],
)
def test_there_is_room_for_as_many_connections_as_there_may_be_descriptors(
    soft: int, hard: int, raised: int | None, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: wanted.append(limits))
    assert server._room_for_connections() == room
    assert wanted == ([(raised, hard)] if raised else [])


def test_a_background_job_that_hangs_is_left_and_named_and_the_others_finish() -> None:
    background, hangs, begun, finished = Background(), Event(), Event(), Event()

    def hang() -> None:
        begun.set()
        hangs.wait(PATIENCE)

    background.every(3600, "hanging", hang)
    background.every(3600, "well", finished.set)
    assert begun.wait(PATIENCE)
    assert finished.wait(PATIENCE)
    with structlog.testing.capture_logs() as logs:
        background.stop(within_seconds=1)
    hangs.set()
    assert [(entry["event"], entry["jobs"]) for entry in logs] == [("background_jobs_left", ["hanging"])]


def test_a_turn_that_is_hurried_does_not_wait_for_its_time() -> None:
    background, turns = Background(), Semaphore(0)
    hurry = background.every(3600, "watcher", turns.release)
    for _ in range(3):
        assert turns.acquire(timeout=PATIENCE)
        hurry()
    background.stop()
