"""The watcher's own clock: it slept, or it jumped, and neither is anybody else's outage."""

from datetime import datetime, timedelta
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

    def incidents(self) -> list[tuple[datetime, datetime | None, str, str]]:
        known = incidents(self.world.system.database, self.world.integration.integration_id)
        return [(one.opened_at, one.closed_at, one.data_flow, one.cause) for one in known]


@pytest.mark.parametrize(
    ("wall", "monotonic", "slept"),
    [
        (timedelta(minutes=25), 25 * 60.0, True),  # SIGSTOP, a frozen container, a suspended laptop
        (
            timedelta(hours=3),
            0.0,
            False,
        ),  # a clock set forth, or the clocks of a machine that stood still with it
        (timedelta(days=2), 0.0, False),
        (-timedelta(hours=1), 0.0, False),  # and back
    ],
)
def test_after_an_absence_it_says_unknown_for_one_heartbeat_and_keeps_nothing_but_a_sleep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wall: timedelta, monotonic: float, *, slept: bool
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
        woke_at = world.clock.now - timedelta(minutes=11)
        own = (woke_at - wall - timedelta(minutes=1), woke_at, "unknown", "own_outage")
        assert watched.incidents() == ([own] if slept else [])


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
        assert watched.incidents() == []
