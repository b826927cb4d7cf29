"""What is read from the log of signs of life."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.activity import Activity
from services.watch.heartbeats import heartbeat_interval, heartbeats_to_miss

NOW = datetime(2026, 3, 3, 9, 5, tzinfo=UTC)


def beats(every: timedelta, hours: int = 12) -> list[Activity]:
    """Return the log of an app that beats regularly up to now."""
    counted: dict[datetime, list[datetime]] = {}
    at = NOW - timedelta(hours=hours)
    while at <= NOW:
        quarter = at.replace(minute=at.minute - at.minute % 15, second=0)
        counted.setdefault(quarter, []).append(at)
        at += every
    return [
        Activity("i", "k", "heartbeat", quarter, len(times), min(times), max(times))
        for quarter, times in sorted(counted.items())
    ]


@pytest.mark.parametrize("minutes", [1, 3, 5, 10, 15, 30, 60])
def test_the_usual_interval_between_heartbeats_is_learned(minutes: int) -> None:
    every = timedelta(minutes=minutes)
    assert heartbeat_interval(beats(every)) == pytest.approx(every, rel=0.1)


def test_too_few_heartbeats_tell_nothing() -> None:
    assert heartbeat_interval([]) is None
    assert heartbeat_interval(beats(timedelta(minutes=15), hours=0)) is None


def test_a_few_minutes_are_enough_to_learn_from_an_app_that_beats_every_minute() -> None:
    times = [NOW + timedelta(minutes=minute) for minute in range(4)]
    row = Activity("i", "k", "heartbeat", NOW.replace(minute=0), 4, times[0], times[-1])
    assert heartbeat_interval([row]) == timedelta(minutes=1)


def test_the_time_in_which_we_were_not_there_is_no_interval_of_the_app() -> None:
    every = timedelta(minutes=15)
    known = beats(every, hours=1)
    later = [
        replace(beat, first_at=beat.first_at + every * 40, last_at=beat.last_at + every * 40)
        for beat in known
    ]
    woke_at = NOW + timedelta(hours=5)
    assert heartbeat_interval([*known[-2:], *later[:1]], woke_at) is None
    assert heartbeat_interval([*known[-2:], *later[:2]], woke_at) == every
    assert heartbeat_interval(known, woke_at) == every


def test_a_burst_is_not_taken_for_a_rhythm() -> None:
    row = Activity("i", "k", "heartbeat", NOW.replace(minute=0), 50, NOW, NOW + timedelta(seconds=5))
    assert heartbeat_interval([row]) is None


def test_two_missed_quarter_hourly_beats_are_enough_to_keep_the_promise() -> None:
    assert heartbeats_to_miss(timedelta(minutes=15)) == 2
    assert heartbeats_to_miss(timedelta(minutes=1)) == 3
