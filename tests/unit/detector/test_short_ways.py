"""What the fit takes a short way to is to the bit what the long way gives: over the history of all kinds of streams."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from services.detector.grid import SLOTS, Axis, axis, quarter
from services.detector.learning import Days, Learned, along, by_day, by_slot, learn, learn_again, unusual_days
from services.detector.rate import DAY_TYPE, HELD_BACK_DAYS, DailyCounts, predicted_rates
from services.detector.spread import Spread
from services.detector.statistics import (
    LAST,
    State,
    Steps,
    evidence,
    hush,
    levels,
    loss_path,
    peaks,
    prior_of,
    run,
)
from services.detector.thresholds import _tops

STREAMS = 5
BEGINNINGS = {  # each with a change of the clocks inside, but the first
    "Europe/Berlin, winter": ("Europe/Berlin", datetime(2025, 1, 6, 3, 30, tzinfo=UTC)),
    "Europe/Berlin, spring": ("Europe/Berlin", datetime(2025, 3, 20, tzinfo=UTC)),
    "America/New_York, autumn": ("America/New_York", datetime(2025, 10, 10, 17, tzinfo=UTC)),
    "Australia/Lord_Howe, spring": ("Australia/Lord_Howe", datetime(2025, 9, 20, tzinfo=UTC)),
}


@pytest.fixture(params=BEGINNINGS, scope="module")
def time(request: pytest.FixtureRequest) -> Axis:
    zone, first = BEGINNINGS[request.param]
    return axis(ZoneInfo(zone), quarter(first), 40 * SLOTS + 7)


@pytest.fixture(scope="module")
def contacts(time: Axis) -> np.ndarray:
    """Busy and thin streams with nights, an outage, a burst, and one that begins late."""
    rng = np.random.default_rng(len(time) + time.first)
    mean = np.array([[9.0], [4.0], [1.0], [0.1], [0.02]])
    is_open = (time.cell % SLOTS >= 30) & (time.cell // SLOTS < 6)
    made = rng.poisson(mean * is_open).astype(float)
    made[:, 1500:1512] = 0
    made[1, 800] = 500
    made[2, : 20 * SLOTS] = 0
    return made


@pytest.fixture(scope="module")
def judged(contacts: np.ndarray) -> np.ndarray:
    """All but a day, some hours of one stream, and what lies before the first contact."""
    result = np.maximum.accumulate(contacts, axis=1) > 0
    result[:, 1000:1096] = False
    result[3, 2000:2050] = False
    return result


def test_counts_are_laid_out_by_local_day_and_back_across_a_change_of_the_clocks(
    time: Axis, contacts: np.ndarray
) -> None:
    days, slots = time.day - time.day[0], time.cell % SLOTS
    summed = np.zeros((STREAMS, time.days, SLOTS))
    for place in range(len(time)):
        summed[:, days[place], slots[place]] += contacts[:, place]
    np.testing.assert_array_equal(by_slot(time, contacts), summed)
    np.testing.assert_array_equal(along(time, summed), summed[:, days, slots])


def test_the_usual_of_the_days_around_is_their_median() -> None:
    rng = np.random.default_rng(3)
    total = rng.poisson(100, 50).astype(float)
    total[[7, 30, 49]] = [20, 300, 10]
    visits = np.full(50, 96.0)
    visits[[3, 20, 21]] = [10, 0, 48]
    weekday = np.arange(50) % 7
    full = visits > SLOTS / 2
    found = []
    for day in range(50):
        medians = [np.median(total[full & (weekday == weekday[d])]) for d in range(50)]
        around = [total[d] / medians[d] for d in range(max(0, day - 10), min(50, day + 11)) if full[d]]
        usual = medians[day] * np.clip(np.median(around), 0.1, 10)
        sigma = 2 * (np.sqrt(total[day] + 3 / 8) - np.sqrt(usual + 3 / 8))
        found.append(full[day] and abs(sigma) > 4 and not usual / 2 <= total[day] <= usual * 2)
    np.testing.assert_array_equal(unusual_days(total, visits, weekday), found)
    assert np.flatnonzero(found).tolist() == [7, 30, 49]


def test_each_day_is_predicted_from_what_was_learned_before_it(
    time: Axis, contacts: np.ndarray, judged: np.ndarray
) -> None:
    days = by_day(time, contacts, judged)
    predicted = predicted_rates(DailyCounts(days.contacts, days.visits, days.weekday))
    for day in range(34, 41):  # the last of these begin two weeks after the latest stream
        known = DailyCounts(days.contacts.copy(), days.visits.copy(), days.weekday)
        known.contacts[:, day - HELD_BACK_DAYS + 1 :] = 0
        known.visits[:, day - HELD_BACK_DAYS + 1 :] = 0
        same_kind = np.flatnonzero(DAY_TYPE[days.weekday] == DAY_TYPE[days.weekday[day]])
        assert same_kind[0] < day
        later = predicted_rates(known)
        np.testing.assert_array_equal(predicted[:, day], later[:, day])


def test_learning_again_without_the_hours_of_an_outage_is_learning_without_them(
    time: Axis, contacts: np.ndarray, judged: np.ndarray
) -> None:
    days = by_day(time, contacts, judged)
    learned = learn(days)
    for concerned in ([2], [1, 3], [0, 4]):
        fewer = np.zeros(STREAMS, dtype=bool)
        fewer[concerned] = True
        rest = judged.copy()
        rest[fewer, 1490:1520] = False
        again = learn_again(time, contacts, rest, fewer, days, learned)
        whole = by_day(time, contacts, rest)
        pairs: list[tuple[Days | Learned, Days | Learned]] = [(again[0], whole), (again[1], learn(whole))]
        for short, long in pairs:
            for part in fields(short):
                np.testing.assert_array_equal(getattr(short, part.name), getattr(long, part.name))


@pytest.fixture(scope="module")
def steps(time: Axis, contacts: np.ndarray, judged: np.ndarray) -> Steps:
    expected = np.maximum(contacts.mean(axis=1, keepdims=True), 0.01) * np.ones(len(time))
    strays = Spread(np.array([20.0, 1e6, 8.0, 1e6, 40.0]), np.full(STREAMS, 0.1))
    added = hush(expected, strays, _by_level())
    speaking = evidence(contacts, expected, strays.shape[:, None] / 4, 0.4)
    return Steps(contacts, expected, added, speaking, ~judged)


def _by_level() -> np.ndarray:
    return np.array([True, False, True, False, False])


def _states() -> Iterator[State]:
    yield State.fresh(STREAMS, 7.0)
    parts = np.random.default_rng(1).uniform(0.1, 5, (len(State.__slots__), STREAMS))
    yield State(*parts)


def test_where_the_statistics_stand_is_the_end_of_the_way_there(time: Axis, steps: Steps) -> None:
    for state in _states():
        for end in (1, 2, 900, 1040, len(time)):  # 1040: in the day that nobody judges
            part = steps.between(0, end)
            way = run(part, prior_of(_by_level()), state, time.starts[:end])
            short = run(part, prior_of(_by_level()), state, time.starts[:end], LAST)
            for name in State.__slots__:
                np.testing.assert_array_equal(getattr(short.at(-1), name), getattr(way.at(end - 1), name))


def test_a_silence_reached_what_it_had_at_the_start_of_the_interval_and_until_its_first_contact(
    time: Axis, steps: Steps
) -> None:
    prior = prior_of(_by_level())
    for state in _states():
        way = run(steps, prior, state, time.starts)
        found = peaks(steps, prior, state, *levels(steps, state.seen, state.due))
        ended = (steps.contacts > 0) & ~steps.reset
        np.testing.assert_array_equal(np.stack([found.row, found.place]), np.nonzero(ended))
        for row, place, reached in zip(found.row, found.place, found.surprise, strict=True):
            before = [
                getattr(way, name)[row, place - 1] if place else getattr(state, name)[row]
                for name in ("hush", "frozen_seen", "frozen_due")
            ]
            share = 1 / (steps.contacts[row, place] + 1)
            hushed = before[0] + share * steps.hush[row, place]
            a, b = prior[row] + before[1], prior[row] + before[2]
            assert reached == pytest.approx(a * np.log1p(hushed / b), rel=1e-12)
        for row in range(STREAMS):
            np.testing.assert_array_equal(found.of(row), found.surprise[found.row == row])


def test_the_tops_of_all_streams_are_those_of_each(steps: Steps) -> None:
    paths = loss_path(steps.evidence, steps.reset, np.zeros(STREAMS))
    paths[4] = 1.0  # one that is never calm
    for path, tops in zip(paths, _tops(paths), strict=True):
        expected, highest, been_calm = [], 0.0, False
        for value in path:
            if value <= 0:
                expected += [highest] if been_calm and highest > 0 else []
                highest, been_calm = 0.0, True
            else:
                highest = max(highest, value)
        np.testing.assert_array_equal(tops, expected)


def test_the_days_of_the_axis_are_those_it_touches(time: Axis) -> None:
    assert time.days == len(set(time.day.tolist()))
    assert timedelta(days=time.days) > timedelta(minutes=15 * len(time)) - timedelta(hours=1)
