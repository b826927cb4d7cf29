"""Contacts come at other hours than before: one alarm at the most, and within a week that is what is expected."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from bench.walk import walk
from services.detector import Model, evaluate, expected, fit

ZONE = ZoneInfo("Europe/Berlin")
CHANGE = pd.Timestamp("2025-03-03", tz=ZONE)  # a Monday
TEN_WEEKS = timedelta(weeks=10)


def shifted(hours: Sequence[int], days: int = 22, seed: int = 3, queues: int = 1) -> pd.DataFrame:
    """Return ten weeks of 9 to 18 h, then days with other hours at 60 % of the volume."""
    rng = np.random.default_rng(seed)
    end = CHANGE + timedelta(days=days)
    starts = pd.date_range(CHANGE - TEN_WEEKS, end, freq="15min", inclusive="left")
    old = (starts < CHANGE) & (starts.hour >= 9) & (starts.hour < 18)
    new = (starts >= CHANGE) & starts.hour.isin(hours)
    rate = (40.0 * old + 40.0 * 0.6 * 9 / len(hours) * new) * (starts.day_of_week < 5)
    parts = []
    for number in range(queues):
        contacts = rng.poisson(np.asarray(rate) / 4 / queues)
        parts.append(
            pd.DataFrame(
                {"queue": f"queue {number}", "interval_start": starts.tz_convert("UTC"), "contacts": contacts}
            )
        )
    frame = pd.concat(parts)
    return frame[frame["contacts"] > 0].reset_index(drop=True)


@pytest.mark.parametrize(
    "hours", [range(13, 22), range(11, 20), range(5, 13), range(10, 19), [20, 21, 22, 23, 0, 1]]
)
@pytest.mark.parametrize("queues", [1, 4])
def test_other_hours_are_one_alarm_at_the_most(hours: Sequence[int], queues: int) -> None:
    models: list[tuple[int, Model]] = []
    seen = walk(shifted(hours, queues=queues), zone=ZONE, visit=lambda *night: models.append(night))
    alarms = [alarm for alarm in seen.alarms if alarm.at >= CHANGE]
    assert [alarm.kind for alarm in alarms].count("silence") <= 1
    assert len(alarms) <= 1 or min(hours) == 10  # an hour's shift is seen less soon than 40 % fewer contacts
    assert seen.rhythms == {None: CHANGE}


def test_the_model_follows_within_a_week_and_asks_from_the_next_day_on() -> None:
    counts = shifted(range(13, 22))
    asked = fit(counts, zone=ZONE, now=CHANGE + timedelta(days=1))
    assert asked is not None
    assert asked.moved_since == CHANGE
    after = fit(counts, zone=ZONE, now=CHANGE + timedelta(days=7))
    assert after is not None
    monday = CHANGE + timedelta(days=7)
    band = expected(after, None, [monday + timedelta(hours=10), monday + timedelta(hours=20)])["mean"]
    assert band.iloc[0] < 1
    assert band.iloc[1] == pytest.approx(40 * 0.6 / 4, rel=0.25)


def test_a_silence_in_the_new_hours_is_told() -> None:
    counts = shifted(range(13, 22))
    stop = CHANGE + timedelta(days=8, hours=17)
    model = fit(counts, zone=ZONE, now=CHANGE + timedelta(days=8))
    assert model is not None
    seen = counts[counts["interval_start"] < stop]
    assert evaluate(model, seen, now=stop + timedelta(hours=3), lag=timedelta(0)).total.silence.alarm


def test_one_late_evening_is_no_new_rhythm() -> None:
    counts = shifted(range(9, 18))
    day = CHANGE + timedelta(days=2)
    starts = counts["interval_start"]
    morning = (starts >= day + timedelta(hours=9)) & (starts < day + timedelta(hours=13))
    evening = counts[morning].assign(interval_start=starts[morning] + timedelta(hours=9))
    moved = pd.concat([counts[~morning], evening])
    asked = [fit(moved, zone=ZONE, now=CHANGE + timedelta(days=days)) for days in (2, 3, 4)]
    assert [model.moved_since if model else None for model in asked] == [None, day, None]


def test_a_daily_outage_without_contacts_elsewhere_is_no_new_rhythm() -> None:
    counts = shifted(range(9, 14), days=8)
    model = fit(counts, zone=ZONE, now=CHANGE + timedelta(days=4))
    assert model is not None
    assert model.moved_since is None


@pytest.mark.parametrize("per_hour", [2, 8, 30])
def test_lumpy_days_with_contacts_at_night_are_no_new_rhythm(per_hour: float) -> None:
    """An afternoon may stay empty and a night bring a few: without other hours there is nothing to follow."""
    rng = np.random.default_rng(9)
    starts = pd.date_range(CHANGE - TEN_WEEKS, CHANGE, freq="15min", inclusive="left")
    is_open = np.asarray((starts.hour >= 8) & (starts.hour < 18) & (starts.day_of_week < 5))
    mean = per_hour / 4 * np.where(is_open, 1.0, 0.05)
    early_ends = np.asarray(starts.hour >= 14) & np.isin(np.asarray(starts.day), [7, 21])
    contacts = rng.poisson(np.where(early_ends & is_open, 0.0, mean * rng.gamma(0.75, 1 / 0.75, len(starts))))
    frame = pd.DataFrame({"queue": "all", "interval_start": starts.tz_convert("UTC"), "contacts": contacts})
    frame = frame[frame["contacts"] > 0]
    for night in range(30):
        now = CHANGE - timedelta(days=night)
        model = fit(frame[frame["interval_start"] < now], zone=ZONE, now=now)
        assert model is not None
        assert model.moved_since is None


RATES = {"Calls": 30.0, "Claims": 12.0, "Sales": 5.0, "Returns": 1.5}  # contacts an hour


def of_queues(
    moved: Mapping[str, int], *, silent: Mapping[str, Sequence[pd.Timestamp]] | None = None
) -> pd.DataFrame:
    """Return six weeks of 8 to 18 h, then 22 days in which some queues come so many hours later.

    ``silent``: from when to when a queue brings nothing.
    """
    rng = np.random.default_rng(3)
    starts = pd.date_range(
        CHANGE - timedelta(weeks=6), CHANGE + timedelta(days=22), freq="15min", inclusive="left"
    )
    parts = []
    for queue, rate in RATES.items():
        opens = np.where(starts < CHANGE, 8, 8 + moved.get(queue, 0))
        due = (starts.hour >= opens) & (starts.hour < opens + 10) & (starts.day_of_week < 5)
        contacts = rng.poisson(np.where(due, rate / 4, 0.0))
        if silent and queue in silent:
            contacts[(starts >= silent[queue][0]) & (starts < silent[queue][1])] = 0
        utc = starts.tz_convert("UTC")
        parts.append(pd.DataFrame({"queue": queue, "interval_start": utc, "contacts": contacts}))
    frame = pd.concat(parts)
    return frame[frame["contacts"] > 0].reset_index(drop=True)


@pytest.mark.parametrize(
    "moved",
    [{"Calls": 4}, {"Claims": 2}, {"Claims": -4}, {"Sales": 3}, {"Returns": 3}, {"Claims": 4, "Sales": -3}],
    ids=str,
)
def test_a_queue_that_moves_is_one_alarm_of_its_own_at_the_most(moved: dict[str, int]) -> None:
    """Sixteen working days without a probe; the total, most of whose contacts may move, says nothing of it."""
    seen = walk(of_queues(moved), zone=ZONE)
    alarms = [alarm.queue for alarm in seen.alarms if alarm.at >= CHANGE]
    assert len(alarms) == len(set(alarms))
    assert moved.keys() >= set(alarms)
    noticed = {queue for queue in moved if RATES[queue] >= 5}  # 1.5 an hour: too few to notice at all
    assert seen.rhythms == dict.fromkeys(noticed, CHANGE)


@pytest.mark.parametrize(
    ("stop", "hours"),
    [
        (timedelta(days=16, hours=13), 1.5),  # hours in which it should have brought something
        (timedelta(days=8, hours=13), 5),
        (timedelta(days=2, hours=13), 9),
        (timedelta(days=1, hours=13), 18),
    ],
    ids=str,
)
def test_a_queue_that_moved_and_then_dies_is_told(stop: timedelta, hours: float) -> None:
    """12 contacts an hour: 1.2 hours when it has not moved. The newer the rhythm, the later: two days at worst."""
    dies = CHANGE + stop
    seen = walk(of_queues({"Claims": 3}, silent={"Claims": (dies, CHANGE + timedelta(days=30))}), zone=ZONE)
    told = [alarm for alarm in seen.alarms if alarm.at >= dies]
    assert [(alarm.queue, alarm.kind) for alarm in told] == [("Claims", "silence")]
    times = pd.date_range(dies, pd.Timestamp(told[0].at).tz_convert(ZONE), freq="1min")
    due = (times.hour >= 11) & (times.hour < 21) & (times.day_of_week < 5)
    assert due.sum() / 60 <= hours


def test_a_queue_that_was_lost_and_comes_back_has_not_moved() -> None:
    """A day and a half of nothing, then the old hours; and the total, which lacked a fifth, says nothing of it."""
    lost = (CHANGE + timedelta(days=1, hours=9), CHANGE + timedelta(days=2, hours=12))
    moves: list[Mapping[str | None, object]] = []
    seen = walk(
        of_queues({}, silent={"Claims": lost}), zone=ZONE, visit=lambda _, model: moves.append(model.moves)
    )
    assert not any(moves)
    told = [(alarm.queue, alarm.kind) for alarm in seen.alarms if alarm.at >= CHANGE]
    assert told == [("Claims", "silence")]


def test_a_queue_that_carries_most_is_lost_in_one_alarm() -> None:
    """Calls are 62 % of all: without them the total lacks more than a slow day does, and it is the same outage."""
    lost = (CHANGE + timedelta(days=1, hours=9), CHANGE + timedelta(days=4, hours=12))
    seen = walk(of_queues({}, silent={"Calls": lost}), zone=ZONE)
    told = [(alarm.queue, alarm.kind) for alarm in seen.alarms if alarm.at >= CHANGE]
    assert told == [("Calls", "silence")]
