"""The probe on a real store: what Freshchat resolved, what we have, and what is remembered of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from data.chats import Event
from data.integrations import Integration
from data.probes import Probe, last_good_probe, latest_probe, probes
from data.watch import Incident
from services import ingest, probing
from services.system import System
from services.watch.incidents import save_incidents
from tests.conftest import NOW, Clock
from tests.store.account import FreshchatAccount, Resolution

MINUTE = timedelta(minutes=1)
Ask = Callable[..., Probe]


@pytest.fixture
def freshchat(monkeypatch: pytest.MonkeyPatch) -> FreshchatAccount:
    """An account that resolved a chat every four minutes of the last two days, and goes on."""
    resolutions = [
        Resolution(f"c{number}", NOW + timedelta(minutes=4 * number, seconds=7), f"{number}-1")
        for number in range(-720, 720)
    ]
    return FreshchatAccount(resolutions).install(monkeypatch)


@pytest.fixture
def ask(system: System, integration: Integration, clock: Clock) -> Ask:
    """The key has been in use for three days."""
    system.activity.note(integration.integration_id, "key", "events", NOW - timedelta(days=3))

    def now(**more: Any) -> Probe:
        lag = timedelta(seconds=10)
        found = probing.probe(system, integration, None, clock(), lag, **more)
        assert found is not None
        return found

    return now


def pushed(row: Resolution, *, received_at: datetime) -> Event:
    """The app's word of a resolution."""
    group_id, name = row.group or (None, None)
    return Event("resolved", row.at, None, None, group_id, name, "app", received_at)


def push(system: System, integration: Integration, resolutions: list[Resolution]) -> None:
    events = [(row.chat_id, pushed(row, received_at=row.at)) for row in resolutions]
    system.writer.submit(ingest.record, ingest.Delivery(integration.integration_id, events)).result()


def test_the_first_probe_looks_back_a_day(
    system: System, integration: Integration, freshchat: FreshchatAccount, ask: Ask
) -> None:
    push(system, integration, freshchat.between(NOW - timedelta(days=2), NOW))
    found = ask()
    assert (found.outcome, found.window_start, found.window_end) == (
        "compared",
        NOW - timedelta(days=1, minutes=15),
        NOW - MINUTE,
    )
    assert (found.total.freshchat, found.total.received, found.total.missing) == (363, 363, 0)
    assert latest_probe(system.database, integration.integration_id) == found


def test_a_history_that_the_app_brought_is_compared_too(
    system: System, integration: Integration, freshchat: FreshchatAccount, clock: Clock
) -> None:
    for row in freshchat.between(NOW - timedelta(days=2), NOW - timedelta(hours=3)):
        told = pushed(row, received_at=NOW)
        system.writer.submit(
            ingest.record, ingest.Delivery(integration.integration_id, [(row.chat_id, told)])
        ).result()
    system.activity.note(integration.integration_id, "key", "events", NOW)
    clock.advance(minutes=10)
    found = probing.probe(system, integration, None, clock(), None)
    assert found is not None
    assert (found.total.loss, found.total.missing_since) == (True, NOW - timedelta(hours=3))


def test_lost_contacts_are_counted_since_their_loss(
    system: System, integration: Integration, freshchat: FreshchatAccount, ask: Ask, clock: Clock
) -> None:
    push(system, integration, freshchat.between(NOW - timedelta(days=2), NOW))
    ask()
    clock.advance(minutes=30)
    found = ask()
    assert (found.window_start, found.window_end) == (
        NOW - timedelta(minutes=45),
        NOW + timedelta(minutes=29),
    )
    (support,) = found.queues
    assert (support.queue, support.loss, support.missing_since) == ("Support", True, NOW)
    assert (support.freshchat_since, support.received_since) == (8, 0)
    assert found.total.loss
    clock.advance(hours=2)
    assert ask().window_start == NOW - timedelta(minutes=15)  # where nothing was missing any more
    push(system, integration, freshchat.between(NOW, clock()))
    made_good = ask()
    assert (made_good.total.missing, made_good.total.loss) == (0, False)
    assert last_good_probe(system.database, integration.integration_id) == made_good


def test_a_quiet_freshchat_is_no_evidence(
    system: System, integration: Integration, freshchat: FreshchatAccount, ask: Ask
) -> None:
    freshchat.resolutions = []
    found = ask()
    assert (found.outcome, found.total.missing) == ("no_evidence", 0)
    assert last_good_probe(system.database, integration.integration_id) is None


@pytest.mark.parametrize(
    ("status", "error", "configuration"),
    [(401, "unauthorised", "invalid_credentials"), (403, "forbidden", None), (503, "retry_later", None)],
)
def test_no_answer_is_said_to_be_none(
    system: System,
    integration: Integration,
    freshchat: FreshchatAccount,
    ask: Ask,
    status: int,
    error: str,
    configuration: str | None,
) -> None:
    freshchat.status, freshchat.headers = status, {"Retry-After": "60"}
    found = ask()
    assert (found.outcome, found.error, found.total.loss) == ("unanswerable", error, False)
    assert last_good_probe(system.database, integration.integration_id) is None
    assert system.integration(integration.integration_id).configuration == configuration


def test_a_missing_key_is_no_answer_either(system: System, integration: Integration, clock: Clock) -> None:
    bare = replace(integration, freshchat_api_key=None)
    found = probing.probe(system, bare, None, clock.advance(hours=1), None)
    assert found is not None
    assert (found.outcome, found.error) == ("unanswerable", "no_key")


def test_nothing_is_missed_from_before_the_connection_was_used(
    system: System, integration: Integration, freshchat: FreshchatAccount, clock: Clock
) -> None:
    clock.advance(minutes=10)
    system.activity.note(integration.integration_id, "key", "heartbeat", clock())
    clock.advance(minutes=20)
    push(system, integration, freshchat.between(NOW + timedelta(minutes=10), clock()))
    found = probing.probe(system, integration, None, clock(), None)
    assert found is not None
    assert (found.window_start, found.window_end) == (
        NOW + timedelta(minutes=10),
        NOW + timedelta(minutes=28),
    )
    assert (found.total.freshchat, found.total.missing) == (4, 0)


def test_what_is_known_to_be_missing_is_not_missed_again(
    system: System, integration: Integration, freshchat: FreshchatAccount, ask: Ask, clock: Clock
) -> None:
    mended_at = NOW - timedelta(minutes=20, seconds=30)
    push(system, integration, freshchat.between(mended_at, NOW))
    assert ask().total.missing
    clock.advance(minutes=1)
    found = ask(since=mended_at)
    assert (found.window_start, found.total.missing) == (NOW - timedelta(minutes=20), 0)


def test_behind_a_shut_door_every_chat_is_missed_at_once(
    system: System, integration: Integration, freshchat: FreshchatAccount, ask: Ask, clock: Clock
) -> None:
    push(system, integration, freshchat.between(NOW - timedelta(days=2), NOW))
    ask()
    clock.advance(seconds=20)
    found = ask(door_shut=True)
    assert (found.window_end, found.total.missing, found.total.missing_since) == (clock(), 1, NOW)


def test_a_window_without_a_full_minute_is_not_asked_for(
    system: System, integration: Integration, freshchat: FreshchatAccount, clock: Clock
) -> None:
    assert probing.is_time(system, integration, clock(), "calm")
    assert probing.probe(system, integration, None, clock(), None) is None
    clock.advance(minutes=2, seconds=59)
    assert probing.is_time(system, integration, clock(), "calm")
    assert probing.probe(system, integration, None, clock(), None) is None
    assert freshchat.requests == []
    clock.advance(seconds=1)
    assert probing.is_time(system, integration, clock(), "calm")
    assert probing.probe(system, integration, None, clock(), None) is not None


def test_probing_keeps_its_pace(
    system: System, integration: Integration, freshchat: FreshchatAccount, clock: Clock
) -> None:
    def due(suspicion: probing.Suspicion) -> bool:
        if not probing.is_time(system, integration, clock(), suspicion):
            return False
        assert probing.probe(system, integration, None, clock(), None) is not None
        return True

    clock.advance(minutes=15)
    assert due("calm")
    clock.advance(minutes=15)
    assert not due("calm")
    assert due("suspicious")
    assert not due("at_once")
    clock.advance(seconds=30)
    assert due("at_once")
    assert len(probes(system.database, integration.integration_id, NOW)) == 3


@pytest.mark.parametrize(("queues", "made_good"), [(("Support",), True), ((), True), (("Vertrieb",), False)])
def test_a_backfill_makes_a_loss_good_once_the_outage_is_over(
    system: System,
    integration: Integration,
    freshchat: FreshchatAccount,
    ask: Ask,
    clock: Clock,
    queues: tuple[str, ...],
    made_good: bool,
) -> None:
    lost = freshchat.between(NOW - timedelta(hours=2), NOW)
    push(system, integration, freshchat.between(NOW - timedelta(days=2), NOW - timedelta(hours=2)))
    assert ask().total.missing == len(lost) > 0
    backfilled = [
        (row.chat_id, Event("resolved", row.at, row.interaction_id, None, "g1", "Support", "backfill", NOW))
        for row in lost
    ]
    system.writer.submit(ingest.record, ingest.Delivery(integration.integration_id, backfilled)).result()
    clock.advance(minutes=1)
    assert ask().total.missing == len(lost)  # it brought the contacts, and no connection
    over = Incident(
        integration.integration_id, "one", NOW - timedelta(hours=2), NOW, NOW,
        "confirmed_loss", "key_valid_contact_support", queues,
    )  # fmt: skip
    save_incidents(system, [over])
    assert ask().total.missing == (0 if made_good else len(lost))
