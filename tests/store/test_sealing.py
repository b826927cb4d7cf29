"""Sealing on a real store: every day that is over is compared with Freshchat, and what differs is fetched."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.backfill import Job, Part, Reason, save_job, save_parts
from data.chats import Event
from data.integrations import Integration
from data.seals import save_seals
from services import backfill, ingest, integrations
from services.asking import configuration
from services.intervals import midnight
from services.sealing.days import (
    CALENDAR_WEEKS,
    Seal,
    calendar,
    complete_until,
    counted,
    days,
    lately,
    sealed_share,
)
from services.sealing.seals import keep_sealed
from services.system import System
from services.trust import trust_in
from services.watch.data_flow import freshness
from tests.conftest import NOW, Clock
from tests.store.account import FreshchatAccount, Resolution

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
GROUPS = [("g1", "Support"), ("g2", "Vertrieb")]
Pass = Callable[..., None]


@pytest.fixture
def connected(system: System, integration: Integration) -> Integration:
    """An integration with a Freshchat API key, in Berlin."""
    draft = integrations.draft_of(integration)
    return integrations.change(
        system,
        integration.integration_id,
        replace(draft, freshchat_api_key="freshchat-key", time_zone="Europe/Berlin"),
    )


@pytest.fixture
def freshchat(connected: Integration, system: System, monkeypatch: pytest.MonkeyPatch) -> FreshchatAccount:
    """An account that resolved two chats every hour of the last six days."""
    resolutions = [
        Resolution(
            f"c{hours}-{group}", NOW - hours * HOUR - (group + 1) * MINUTE, f"{hours}-{group}", GROUPS[group]
        )
        for hours in range(6 * 24)
        for group in (0, 1)
    ]
    account = FreshchatAccount(resolutions, groups=dict(GROUPS)).install(monkeypatch)
    configuration.check(system, connected.integration_id)
    return account


@pytest.fixture
def pass_time(system: System, connected: Integration, clock: Clock) -> Pass:
    """Let time pass: sealing and backfill have their turns."""

    def go_on(hours: float, step: timedelta = MINUTE) -> None:
        until = clock() + hours * HOUR
        while clock() < until:
            clock.now += step
            keep_sealed(system, system.integration(connected.integration_id), clock())
            while backfill.run_due(system, clock()):
                pass

    return go_on


def push(system: System, integration: Integration, told: list[Resolution]) -> None:
    events = []
    for chat in told:
        group_id, name = chat.group or (None, None)
        event = Event("resolved", chat.at, chat.interaction_id, None, group_id, name, "app", chat.at)
        events.append((chat.chat_id, event))
    system.writer.submit(ingest.record, ingest.Delivery(integration.integration_id, events)).result()


def seals(system: System, integration: Integration, clock: Clock) -> dict[date, Seal]:
    found = lately(system, system.integration(integration.integration_id), clock())
    return {seal.day: seal for seal in found}


def yesterday(clock: Clock, back: int = 1) -> date:
    return (clock().astimezone(ZoneInfo("Europe/Berlin")) - back * DAY).date()


def test_days_that_equal_freshchat_are_sealed_with_both_figures(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    push(system, connected, freshchat.resolutions)
    pass_time(0.5)
    seal = seals(system, connected, clock)[yesterday(clock)]
    assert (seal.state, seal.reason, seal.contacts, seal.freshchat, seal.fetched) == (
        "equal",
        None,
        48,
        48,
        0,
    )
    assert [(line.queue, line.contacts, line.freshchat) for line in seal.queues] == [
        ("Support", 24, 24),
        ("Vertrieb", 24, 24),
    ]
    assert seal.compared_until == midnight(yesterday(clock, 0), ZoneInfo("Europe/Berlin"))
    assert freshchat.ordered() == 0
    found = list(seals(system, connected, clock).values())
    assert sealed_share(found) == 1
    assert complete_until(found, ZoneInfo("Europe/Berlin")) == found[-1].compared_until


def test_a_single_lost_chat_is_fetched_back(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    lost = freshchat.resolutions[60]
    push(system, connected, [chat for chat in freshchat.resolutions if chat != lost])
    pass_time(2 / 60)
    before = seals(system, connected, clock)[lost.at.astimezone(ZoneInfo("Europe/Berlin")).date()]
    assert (before.state, before.reason, before.contacts, before.freshchat) == ("differs", "fetching", 47, 48)
    pass_time(1)
    after = seals(system, connected, clock)[before.day]
    assert (after.state, after.reason, after.contacts, after.fetched) == ("fetched", None, 48, 1)
    assert freshchat.ordered() == 1


def test_twenty_small_losses_leave_no_day_unsealed(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    lost = set(freshchat.resolutions[7::14])
    assert len(lost) >= 20
    push(system, connected, [chat for chat in freshchat.resolutions if chat not in lost])
    pass_time(30, step=timedelta(minutes=5))
    over = [seal for seal in seals(system, connected, clock).values() if seal.state != "open"]
    assert {seal.state for seal in over} <= {"equal", "fetched"}
    assert sum(seal.fetched for seal in over) == len(lost)
    assert all(seal.proven for seal in over)
    assert freshchat.ordered() <= len(over) + 1


def test_a_month_in_which_twenty_chats_are_lost_one_by_one_ends_sealed_to_the_chat(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    """Day by day, as it goes: each day's chats are told but for one, on two days in three; two reports come late."""
    freshchat.resolutions = []
    clock.now, dice, lost = midnight(date(2026, 2, 1), ZoneInfo("Europe/Berlin")), random.Random(5), []
    for number in range(30):
        chats = [
            Resolution(
                f"d{number}-{hour}", clock.now + (hour + 0.5) * HOUR, f"{number}-{hour}", dice.choice(GROUPS)
            )
            for hour in range(24)
        ]
        freshchat.resolutions += chats
        if number % 3:
            lost.append(dice.choice(chats))
        for first in (0, 12):
            pass_time(12 - 0.1, step=12 * HOUR - 6 * MINUTE)
            pass_time(0.1, step=3 * MINUTE)
            push(system, connected, [chat for chat in chats[first : first + 12] if chat not in lost])
            # Reports of a day still grow: what was lost on two of the days is in none for more than a day.
            freshchat.late = {gone for gone in lost[4:6] if clock.now - gone.at < 33 * HOUR}
    pass_time(18, step=6 * HOUR)
    pass_time(3, step=2 * MINUTE)
    assert len(lost) == 20
    over = [seal for seal in seals(system, connected, clock).values() if seal.state != "open"][-30:]
    assert [seal.state for seal in over] == ["fetched" if day % 3 else "equal" for day in range(30)]
    assert all(seal.proven for seal in over)
    assert sum(seal.fetched for seal in over) == len(lost)
    assert sum(seal.contacts or 0 for seal in over) == len(freshchat.resolutions) == 720
    assert freshchat.ordered() <= 20 + 2 * 3, (
        "one report for each loss, and a few more where reports came late"
    )


def test_what_is_older_than_freshchats_reports_is_said_to_be_too_old(system: System) -> None:
    integration = integrations.add(system, integrations.Draft("Alt", "other.freshchat.com", "freshchat-key"))
    old = NOW - 500 * DAY
    push(system, integration, [Resolution("c1", old, "c1-1"), Resolution("c2", NOW - 26 * HOUR, "c2-1")])
    found = days(system, integration, old.date() - DAY, NOW.date() - DAY, NOW)
    reasons = {seal.day: seal.reason for seal in found}
    assert reasons[old.date() - DAY] == "before_connection"
    assert reasons[old.date()] == reasons[NOW.date() - 457 * DAY] == "too_old"
    assert reasons[NOW.date() - 453 * DAY] == "not_yet"
    (counted_day,) = counted(system, integration, found[1:2], NOW)
    assert counted_day.contacts == 1

    shown = freshness(system, integration.integration_id)
    trust = trust_in(system, shown, midnight(old.date(), integration.zone), old + DAY)
    assert (trust.kind, trust.day and trust.day.reason) == ("not_compared", "too_old")

    never = Seal(integration.integration_id, old.date() + DAY, "not_compared", "unreachable")
    system.writer.write(lambda transaction: save_seals(transaction, [never]))
    (seal,) = days(system, integration, never.day, never.day, NOW)
    assert seal.reason == "too_old", "nobody will compare it any more"


def test_a_report_that_lacks_what_freshchat_counts_leaves_the_day_unsealed_and_is_ordered_again(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    lost = freshchat.resolutions[60]
    freshchat.late = {lost}
    push(system, connected, [chat for chat in freshchat.resolutions if chat != lost])
    pass_time(2)
    day = lost.at.astimezone(ZoneInfo("Europe/Berlin")).date()
    seal = seals(system, connected, clock)[day]
    assert (seal.state, seal.reason, seal.contacts, seal.freshchat) == ("differs", "report_lacks", 47, 48)
    assert freshchat.ordered() == 3
    freshchat.late = set()
    pass_time(8, step=timedelta(minutes=5))
    assert seals(system, connected, clock)[day].state == "fetched"


def test_more_here_than_at_freshchat_is_said_and_fetches_nothing(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    push(system, connected, freshchat.resolutions)
    freshchat.resolutions.remove(freshchat.resolutions[60])
    pass_time(0.5)
    found = [seal for seal in seals(system, connected, clock).values() if seal.state == "differs"]
    assert [(seal.reason, seal.contacts, seal.freshchat) for seal in found] == [("more_here", 48, 47)]
    assert freshchat.ordered() == 0


def test_a_contact_that_freshchat_tells_to_another_group_is_said_to_be_that(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    moved = freshchat.resolutions[60]
    push(system, connected, freshchat.resolutions)
    freshchat.resolutions[60] = replace(moved, group=GROUPS[1] if moved.group == GROUPS[0] else GROUPS[0])
    pass_time(1)
    found = [seal for seal in seals(system, connected, clock).values() if seal.state == "differs"]
    assert [(seal.reason, seal.contacts, seal.freshchat) for seal in found] == [("other_group", 48, 48)]
    assert freshchat.ordered() == 1


@pytest.mark.parametrize(
    ("status", "reason"), [(401, "invalid_credentials"), (403, "missing_scope"), (503, "unreachable")]
)
def test_what_cannot_be_compared_names_the_reason_and_is_compared_later(
    system: System,
    connected: Integration,
    freshchat: FreshchatAccount,
    clock: Clock,
    pass_time: Pass,
    status: int,
    reason: str,
) -> None:
    push(system, connected, freshchat.resolutions)
    freshchat.status = status
    pass_time(0.1)
    asked = len(freshchat.requests)
    pass_time(0.05)
    assert len(freshchat.requests) == asked, "a refusal is not asked about again and again"
    over = [seal for seal in seals(system, connected, clock).values() if seal.state != "open"]
    assert {(seal.state, seal.reason) for seal in over} == {("not_compared", reason)}
    assert sealed_share(over) == 0
    freshchat.status = 200
    pass_time(0.5)
    assert sealed_share(list(seals(system, connected, clock).values())) == 1


def test_what_was_proven_stays_proven_while_freshchat_is_away(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    push(system, connected, freshchat.resolutions)
    pass_time(0.5)
    freshchat.status = 503
    pass_time(3)
    assert seals(system, connected, clock)[yesterday(clock)].state == "equal"


def test_without_a_key_or_before_the_connection_days_say_so(
    system: System,
) -> None:
    integration = integrations.add(system, integrations.Draft("Ohne Schlüssel", "other.freshchat.com"))
    push(system, integration, [Resolution("c1", NOW - 26 * HOUR, "c1-1")])
    found = days(system, integration, NOW.date() - 3 * DAY, NOW.date() + DAY, NOW)
    assert [(seal.state, seal.reason) for seal in found] == [
        ("not_compared", "before_connection"),
        ("not_compared", "before_connection"),
        ("not_compared", "no_api_key"),
        ("open", None),
        ("open", None),
    ]
    assert complete_until(found[2:], ZoneInfo("UTC")) is None


def test_a_day_with_an_hour_more_or_less_is_compared_whole(
    system: System, connected: Integration, freshchat: FreshchatAccount, clock: Clock, pass_time: Pass
) -> None:
    clock.now = datetime(2026, 3, 30, 2, 0, tzinfo=NOW.tzinfo)
    freshchat.resolutions = [
        Resolution(f"c{number}", clock.now - number * HOUR - MINUTE, f"{number}-1") for number in range(72)
    ]
    push(system, connected, freshchat.resolutions)
    pass_time(0.5)
    seal = seals(system, connected, clock)[date(2026, 3, 29)]
    assert (seal.state, seal.contacts) == ("equal", 23)


def test_the_calendar_goes_from_a_monday_to_today(
    system: System, integration: Integration, clock: Clock
) -> None:
    found = calendar(system, integration, clock())
    assert (found[0].day, found[-1].day) == (date(2025, 12, 15), date(2026, 3, 3))
    assert len(found) == (CALENDAR_WEEKS - 1) * 7 + 2


@pytest.mark.parametrize(
    ("own", "reason", "state"),
    [(True, "requested", "not_compared"), (True, "same_day", "equal"), (False, "requested", "equal")],
)
def test_a_day_waits_for_reports_of_its_own_that_bring_it_whole(
    system: System,
    connected: Integration,
    freshchat: FreshchatAccount,
    clock: Clock,
    pass_time: Pass,
    own: bool,
    reason: Reason,
    state: str,
) -> None:
    push(system, connected, freshchat.resolutions)
    other = integrations.add(system, integrations.Draft("Andere", "other.freshchat.com"))
    ident = (connected if own else other).integration_id
    job = Job(ident, "job", reason, NOW - 8 * DAY, NOW, NOW)
    part = Part(ident, "job", 0, job.span_start, job.span_end, "pending", due_at=NOW + DAY)
    system.writer.write(lambda transaction: save_job(transaction, job))
    system.writer.write(lambda transaction: save_parts(transaction, [part]))
    pass_time(0.25)
    assert seals(system, connected, clock)[yesterday(clock)].state == state
