"""The first two weeks of an integration: a silence is told, and what cannot be told yet says when it can."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from data.watch import incidents
from tests.conftest import NOW
from tests.scenarios.world import World, build_history, opened_world, settings_in
from tests.store.account import FreshchatAccount


@contextmanager
def young_world(folder: Path, monkeypatch: pytest.MonkeyPatch, history: timedelta) -> Iterator[World]:
    account = FreshchatAccount(resolutions=build_history(settings_in(folder), NOW, history)).install(
        monkeypatch
    )
    with opened_world(folder, account, NOW) as world:
        world.account.status = 401  # no probe can tell: the figures alone have to
        yield world


def test_a_silence_on_an_early_day_is_told_though_nobody_knows_a_week_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with young_world(tmp_path, monkeypatch, timedelta(days=6)) as world:
        world.run(30)
        assert world.panel().verdict.data_flow == "learning"
        world.lost_groups = frozenset({"g1", "g2", "g3"})  # heartbeats go on
        assert world.verdict_within(240, "silent", "key_valid_contact_support") <= 180
        (incident,) = incidents(world.system.database, world.integration.integration_id)
        assert incident.queues == ()


def test_on_the_second_day_it_says_from_when_on_it_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with young_world(tmp_path, monkeypatch, timedelta(hours=26)) as world:
        world.run(10)
        reading = world.panel().assessment.evidence.reading
        assert reading is not None
        assert not reading.total.judged
        first = min(chat.at for chat in world.account.resolutions)
        assert reading.total.earliest_verdict_at is not None
        assert (
            timedelta(0)
            <= first + timedelta(days=2) - reading.total.earliest_verdict_at
            < timedelta(minutes=15)
        )
        world.lost_groups = frozenset({"g1", "g2", "g3"})
        world.run(120)
        assert world.panel().verdict.data_flow == "learning"
        assert incidents(world.system.database, world.integration.integration_id) == []
