"""Our own clock is behind: what comes is kept, and the verdict names the clock instead of anybody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from data.contacts import latest
from data.integrations import Integration
from services.system import System
from services.translation import Words
from services.watch.data_flow import freshness
from services.watch.watcher import Watcher
from services.watch.words import headline
from tests.conftest import Clock

BEHIND = timedelta(minutes=70)
Push = Callable[..., Any]


@pytest.fixture
def told(push: Push, clock: Clock) -> Callable[..., None]:
    """Tell of a chat that Freshchat resolved so long after our time."""

    def tell(chat_id: str, ahead: timedelta) -> None:
        event = {"chat_id": chat_id, "resolved_at": (clock.now + ahead).isoformat()}
        answer = push("/events", json=event)
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1)

    return tell


def test_what_lies_within_a_day_ahead_is_kept_with_both_its_times(
    told: Callable[..., None], system: System, integration: Integration, clock: Clock
) -> None:
    told("a", BEHIND)
    kept = latest(system.database, integration.integration_id)
    assert (kept.resolved_at, kept.pushed_at) == (clock.now + BEHIND, clock.now)


def test_what_lies_further_ahead_is_refused_and_named(push: Push, clock: Clock) -> None:
    event = {"chat_id": "a", "resolved_at": (clock.now + timedelta(days=1, seconds=1)).isoformat()}
    answer = push("/events", json=event)
    assert answer.status_code == 422
    assert "more than a day ahead" in answer.text


def test_the_verdict_names_our_clock_until_it_is_set(
    told: Callable[..., None], system: System, integration: Integration, clock: Clock
) -> None:
    def verdict() -> tuple[str, str]:
        Watcher(system).tick()
        found = freshness(system, integration.integration_id).verdict
        return found.data_flow, found.cause

    told("a", timedelta(0))
    clock.advance(minutes=1)
    told("b", BEHIND)
    assert verdict()[1] != "clock_wrong", "one alone may be wrong itself"
    clock.advance(minutes=1)
    told("c", BEHIND)
    assert verdict() == ("unknown", "clock_wrong")
    shown = freshness(system, integration.integration_id)
    assert shown.path.step == "set_clock"
    assert "11:12 by its clock was received on Tue 3 Mar, 10:02 by ours" in headline(
        shown.verdict, Words("en", "Europe/Berlin")
    )
    clock.advance(minutes=70)  # the clock is set: the watcher's own clock notices
    system.awake_since = clock.now
    told("d", timedelta(0))
    assert verdict() == ("unknown", "clock_wrong")
    jumped = headline(freshness(system, integration.integration_id).verdict, Words("en", "Europe/Berlin"))
    assert "own clock jumped at Tue 3 Mar, 11:12" in jumped
    clock.advance(minutes=5)  # a heartbeat's time later
    told("e", timedelta(0))
    assert verdict()[1] == "none"
