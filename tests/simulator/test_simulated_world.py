"""The chats of the simulated account: a day's rhythm, lives of conversations, nothing in the future."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from simulator.rhythm import ZONE, plan_day, shift_into_business, weights
from simulator.world import World

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)  # a Wednesday, noon in Berlin


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=3, now=NOW)


def small_world() -> World:
    return World(seed=3, now=NOW, history=timedelta(days=2))


def test_the_same_seed_gives_the_same_chats() -> None:
    one, other = small_world(), small_world()
    assert [it.id for it in one.resolved] == [it.id for it in other.resolved]
    assert [it.id for it in World(seed=4, now=NOW, history=timedelta(days=2)).resolved] != [
        it.id for it in one.resolved
    ]


def test_eight_weeks_have_the_days_of_a_contact_centre(world: World) -> None:
    days = Counter(it.resolved_at.astimezone(ZONE).date() for it in world.resolved if it.resolved_at)
    assert (max(days) - min(days)).days == 56
    whole = {day: number for day, number in days.items() if min(days) < day < max(days)}
    working = [number for day, number in whole.items() if day.weekday() < 5]
    assert 250 < sum(working) / len(working) < 400
    assert max(number for day, number in whole.items() if day.weekday() == 6) < 40


def test_lunch_is_quieter_than_the_hours_around_it() -> None:
    hours = [sum(weights()[hour * 4 : hour * 4 + 4]) for hour in range(24)]
    assert hours[13] < hours[11]
    assert hours[13] < hours[15]
    assert sum(hours) == pytest.approx(1)


def test_counts_scatter_more_than_chance_alone() -> None:
    days = [date(2026, 1, 7) + timedelta(weeks=week) for week in range(60)]
    counts = [len(plan_day(day, seed=1, per_day=320, shares=[1, 0])) for day in days]
    ordinary = sorted(counts)[5:]  # some of the days are public holidays
    mean = sum(ordinary) / len(ordinary)
    variance = sum((count - mean) ** 2 for count in ordinary) / len(ordinary)
    assert variance > 2 * mean


def test_a_public_holiday_is_quiet() -> None:
    easter_monday, plain_monday = (
        len(plan_day(day, seed=1, per_day=320, shares=[1, 0]))
        for day in (date(2026, 4, 6), date(2026, 4, 13))
    )
    assert easter_monday < plain_monday / 3


def test_nothing_lies_in_the_future(world: World) -> None:
    for it in world.interactions():
        assert it.opened_at <= NOW
        assert it.conversation.updated_at <= NOW
        assert it.resolved_at is None or it.opened_at < it.resolved_at <= NOW


def test_a_reopened_chat_gets_a_new_interaction_and_its_interactions_follow_each_other(world: World) -> None:
    again = [talk for talk in world.conversations.values() if len(talk.interactions) > 2]
    assert again
    for talk in again:
        ids = [it.id for it in talk.interactions]
        assert len(set(ids)) == len(ids)
        assert all(it_id.startswith(f"{talk.internal_id}-") for it_id in ids)
        for before, after in zip(talk.interactions, talk.interactions[1:], strict=False):
            assert before.resolved_at is not None
            assert before.resolved_at < after.opened_at
            assert after.reopened


def test_some_chats_have_no_group_and_some_were_resolved_by_the_system(world: World) -> None:
    assert any(it.group is None for it in world.resolved)
    assert {it.resolver for it in world.resolved} == {"agent", "system", "user"}
    assert any(it.conversation.gone for it in world.resolved)
    assert not all(
        (it.conversation.user.first_name + it.conversation.user.last_name).isascii() for it in world.resolved
    )


def test_when_it_is_quiet_nothing_is_opened_or_resolved() -> None:
    world = small_world()
    world.live_share = 0
    assert world.advance(NOW + timedelta(hours=2)) == []


def test_on_a_holiday_few_chats_are_opened() -> None:
    usual, holiday = small_world(), small_world()
    holiday.live_share = 0.1
    opened = [
        sum(it.kind in ("opened", "reopened") for it in world.advance(NOW + timedelta(hours=6)))
        for world in (usual, holiday)
    ]
    assert 0 < opened[1] < opened[0] / 3


def test_the_chats_of_a_deleted_group_have_no_group_any_more() -> None:
    world = small_world()
    world.cast.groups[0].deleted = True
    resolved = [it.interaction for it in world.advance(NOW + timedelta(hours=3)) if it.kind == "resolved"]
    assert resolved
    assert world.cast.groups[0].name not in {it.group_name for it in resolved}


@pytest.mark.parametrize("hour", [2, 10, 22])
@pytest.mark.parametrize("day", [2, 4, 6, 8])
def test_the_rhythm_can_be_moved_so_that_it_is_open_now(day: int, hour: int) -> None:
    now = datetime(2026, 3, day, hour, 20, tzinfo=UTC)
    moved = now.astimezone(ZONE) + shift_into_business(now)
    assert moved.weekday() < 5
    assert 9 <= moved.hour < 16
