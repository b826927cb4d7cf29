"""Our own process was not there: said so, laid to nobody else, and fetched back until the day is sealed."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.watch import incidents
from services.alerting.sender import Sender
from services.asking import configuration
from services.backfill.steps import run_due
from services.intervals import midnight
from services.notifications import channels
from services.notifications.channels import ChannelDraft
from services.process.errands import ask_freshchat
from services.sealing.days import days
from services.translation import Words
from services.trust import trust_in
from services.watch.own_clock import OwnClock
from services.watch.watcher import Watcher
from services.watch.words import headline
from tests.conftest import NOW
from tests.receivers import Hook
from tests.scenarios.world import MINUTE, World, chats_of_a_minute, opened_world
from tests.store.account import FreshchatAccount, Resolution

DAY = date(NOW.year, NOW.month, NOW.day)
STOPPED_AT = NOW + timedelta(minutes=8)
DOWN = timedelta(minutes=40)


def watched(world: World) -> World:
    """Give the world a watcher that lives as long as its process, and a monotonic clock that runs with its clock."""
    own_clock = OwnClock(timedelta(minutes=1), lambda: (world.clock.now - NOW).total_seconds())
    world.watcher = Watcher(world.system, own_clock)
    world.watcher.tick()
    return world


@pytest.fixture
def stopped(
    history: tuple[Path, list[Resolution]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FreshchatAccount:
    """An account that has gone on resolving chats since the Stillwatch beside it was stopped."""
    folder, told = history
    shutil.copytree(folder, tmp_path / "world")
    account = FreshchatAccount(resolutions=list(told)).install(monkeypatch)
    with opened_world(tmp_path / "world", account, NOW) as world:
        watched(world).run((STOPPED_AT - NOW) // MINUTE)
        assert world.panel().verdict.data_flow == "receiving"
        for minute in range(DOWN // MINUTE):
            account.resolutions += chats_of_a_minute(STOPPED_AT + (minute + 1) * MINUTE, world.dice)
    return account


@contextmanager
def started_again(folder: Path, account: FreshchatAccount) -> Iterator[World]:
    with opened_world(folder / "world", account, STOPPED_AT + DOWN) as world:
        world.dice = random.Random(12)  # no chat twice
        yield watched(world)


def let_the_day_end(world: World) -> None:
    """Tell of all chats up to midnight, and let the errands of the night have their turns."""
    while world.clock.now < midnight(DAY + timedelta(days=1), world.integration.zone) + 15 * MINUTE:
        world.clock.advance(minutes=1)
        for chat in chats_of_a_minute(world.clock.now, world.dice):
            world.account.resolutions.append(chat)
            world._tell(chat)
    for _ in range(20):
        world.clock.advance(minutes=1)
        ask_freshchat(world.system)
        run_due(world.system, world.clock.now)


def test_it_names_itself_blames_nobody_and_fetches_what_it_missed(
    stopped: FreshchatAccount, tmp_path: Path
) -> None:
    lost = [chat for chat in stopped.resolutions if STOPPED_AT <= chat.at < STOPPED_AT + DOWN]
    stopped.status = 401  # nothing can be fetched at first
    with started_again(tmp_path, stopped) as world:
        system, integration = world.system, world.integration
        shown = world.panel()
        assert (shown.verdict.data_flow, shown.verdict.cause) == ("unknown", "own_outage")
        assert shown.since == STOPPED_AT
        told = headline(shown.verdict, Words("en", "Europe/Berlin"))
        assert "was not running or not reachable from Tue 3 Mar, 10:08 to Tue 3 Mar, 10:48" in told

        seen = []
        for _ in range(10):
            world.minute()
            verdict = world.panel().verdict
            seen.append((verdict.data_flow, verdict.cause))
        assert set(seen) == {("unknown", "own_outage"), ("receiving", "freshchat_credentials")}
        trust = trust_in(system, world.panel(), STOPPED_AT - timedelta(hours=1), world.clock.now)
        assert (trust.kind, trust.since, trust.without_data) == ("gap", STOPPED_AT, DOWN)
        (incident,) = incidents(system.database, integration.integration_id)
        assert (incident.cause, incident.opened_at) == ("own_outage", STOPPED_AT)
        assert incident.closed_at == STOPPED_AT + DOWN
        assert incident.missed is not None
        assert incident.missed > 0
        way = world.panel().path
        assert (way.answers, way.step) == ((("data_missing", True),), "renew_freshchat_key")

        stopped.status = 200
        configuration.check(system, integration.integration_id)
        world.minute()
        way = world.panel().path
        assert (way.answers, way.step) == ((("data_missing", True),), "wait_for_fetching")
        world.run(7)
        (incident,) = incidents(system.database, integration.integration_id)
        assert incident.recovered_at is not None
        assert incident.missed == incident.recovered == len(lost) > 0

        let_the_day_end(world)
        (day,) = days(system, integration, DAY, DAY, world.clock.now)
        assert (day.state, day.contacts) == ("fetched", day.freshchat)
        assert len(incidents(system.database, integration.integration_id)) == 1


def test_people_are_told_that_it_was_itself_and_that_it_is_over(
    stopped: FreshchatAccount, tmp_path: Path, hook: Hook
) -> None:
    with started_again(tmp_path, stopped) as world:
        channels.add(world.system, ChannelDraft("Hook", hook.url))
        sender = Sender(world.system)
        sender.turn()
        for _ in range(12):
            world.minute()
            sender.turn()
    (told,) = hook.received
    assert told["title"] == "Kundenservice: Stillwatch itself was not running or not reachable"
    over = "Until Tue 3 Mar, 10:48 Stillwatch itself was not running or not reachable, for 40 minutes."
    assert over in told["message"]
    assert "All contacts that were missed have been fetched back." in told["message"]
