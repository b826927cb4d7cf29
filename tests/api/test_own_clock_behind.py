"""Our own clock is behind: what comes is kept, and the verdict names the clock instead of anybody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from data.contacts import latest
from data.integrations import Integration
from services import integrations
from services.asking import configuration
from services.integrations.draft import Draft
from services.system import System
from services.translation import Words
from services.watch.data_flow import freshness
from services.watch.watcher import Watcher
from services.watch.words import headline
from tests.conftest import Clock
from tests.store.account import FreshchatAccount

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


@pytest.mark.parametrize("wrong", [BEHIND, -BEHIND])
def test_two_answers_of_freshchat_tell_that_our_clock_is_behind_or_ahead(
    system: System,
    integration: Integration,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    wrong: timedelta,
) -> None:
    def verdict() -> tuple[str, str]:
        found = freshness(system, integration.integration_id).verdict
        return found.data_flow, found.cause

    def answer_at(difference: timedelta, **more: str) -> None:
        account.dated = lambda: {"Date": format_datetime(clock.now + difference, usegmt=True), **more}
        system.freshchat(system.integration(integration.integration_id)).groups()
        clock.advance(seconds=5)

    draft = replace(integrations.draft_of(integration), freshchat_api_key="freshchat-key")
    integrations.change(system, integration.integration_id, draft)
    account = FreshchatAccount().install(monkeypatch)
    answer_at(wrong)
    assert verdict()[1] != "clock_wrong", "one alone may be wrong itself"
    answer_at(wrong, Age="4200")
    assert verdict()[1] != "clock_wrong", "it was kept somewhere on its way"
    answer_at(wrong)
    assert verdict() == ("unknown", "clock_wrong")
    told = headline(freshness(system, integration.integration_id).verdict, Words("en", "Europe/Berlin"))
    hour = "11:10" if wrong > timedelta(0) else "08:50"
    assert f"Freshchat answered on Tue 3 Mar, {hour} by its clock and on Tue 3 Mar, 10:00 by ours" in told
    answer_at(timedelta(seconds=-20))
    assert verdict()[1] != "clock_wrong"


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


def test_a_sender_that_dates_contacts_ahead_is_not_our_clock_while_freshchat_tells_the_same_time(
    told: Callable[..., None],
    system: System,
    integration: Integration,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Freshchat's answers to another integration speak about the same clock of ours."""

    def cause() -> str:
        Watcher(system).tick()
        return freshness(system, integration.integration_id).verdict.cause

    other = integrations.add(system, Draft("Other", "other.freshchat.com", "freshchat-key"))
    account = FreshchatAccount().install(monkeypatch)
    account.dated = lambda: {"Date": format_datetime(clock.now, usegmt=True)}
    configuration.check(system, other.integration_id)
    for chat_id in ("a", "b", "c"):
        clock.advance(minutes=1)
        told(chat_id, BEHIND)
    assert cause() != "clock_wrong"
    clock.advance(minutes=5)
    system.awake_since = clock.now  # our clock was set: what was told before says nothing of it any more
    for chat_id in ("d", "e"):
        told(chat_id, BEHIND)
    clock.advance(minutes=10)
    assert cause() == "clock_wrong"
