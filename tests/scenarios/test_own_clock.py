"""The watcher's own clock: it slept, or it jumped, and neither is anybody else's outage."""

from datetime import timedelta
from pathlib import Path

import pytest

from data.watch import incidents, stored_verdicts
from services.watch.own_clock import OwnClock
from services.watch.watcher import Watcher
from tests.conftest import NOW
from tests.scenarios.world import HEARTBEAT, World, build_history, opened_world, settings_in
from tests.store.account import FreshchatAccount


class Watched:
    """A watcher that lives as long as its process, with a monotonic clock beside the world's."""

    def __init__(self, world: World) -> None:
        self.world, self.ran = world, 0.0
        self.watcher = Watcher(world.system, OwnClock(timedelta(minutes=1), lambda: self.ran))
        self.watcher.tick()

    def minutes(self, count: int) -> list[str]:
        seen: list[str] = []
        for _ in range(count):
            self.ran += 60
            self.world.clock.advance(minutes=1)
            if (self.world.clock.now - NOW) % HEARTBEAT < timedelta(minutes=1):
                self.world._post("heartbeat", {})
            self.watcher.tick()
            stored = stored_verdicts(self.world.system.database)
            seen.append(stored[self.world.integration.integration_id].data_flow)
        return seen

    def incidents(self) -> int:
        return len(incidents(self.world.system.database, self.world.integration.integration_id))


@pytest.mark.parametrize(
    ("wall", "monotonic"),
    [
        (timedelta(minutes=25), 25 * 60.0),  # SIGSTOP
        (timedelta(hours=3), 0.0),  # a suspended laptop
        (timedelta(days=2), 0.0),  # a clock set forth
        (-timedelta(hours=1), 0.0),  # and back
    ],
)
def test_after_an_absence_it_says_unknown_for_one_heartbeat_and_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wall: timedelta, monotonic: float
) -> None:
    told = build_history(settings_in(tmp_path), NOW, timedelta(days=1))
    account = FreshchatAccount(resolutions=told).install(monkeypatch)
    with opened_world(tmp_path, account, NOW) as world:
        world.account.status = 401
        watched = Watched(world)
        assert "unknown" not in watched.minutes(40)
        world.clock.now += wall
        watched.ran += monotonic
        after = watched.minutes(12)
        assert set(after[:3]) == {"unknown"}
        assert "unknown" not in after[7:]
        assert watched.incidents() == 0


def test_two_days_ahead_and_back_blind_it_for_one_heartbeat_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = build_history(settings_in(tmp_path), NOW, timedelta(days=1))
    account = FreshchatAccount(resolutions=told).install(monkeypatch)
    with opened_world(tmp_path, account, NOW) as world:
        world.account.status = 401
        watched = Watched(world)
        watched.minutes(40)
        world.clock.now += timedelta(days=2)
        watched.minutes(6)
        world.clock.now -= timedelta(days=2)
        assert "unknown" not in watched.minutes(12)[7:]
        evidence = world.panel().assessment.evidence
        assert evidence.last_heartbeat_at is not None
        assert evidence.last_heartbeat_at <= world.clock.now
        assert watched.incidents() == 0
