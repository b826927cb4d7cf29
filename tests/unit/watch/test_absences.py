"""Absences of the watcher: of a sleeping process, of a clock that jumped, and of a process that was not there."""

from datetime import datetime, timedelta

import pytest

from services.watch.own_clock import Absence, OwnClock
from tests.conftest import NOW

TURN = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Clocks:
    """Our clock and the monotonic one, and what the watcher is told when it asks."""

    def __init__(self, last_turn: datetime | None = None, now: datetime = NOW) -> None:
        self.now, self.ran = now, 0.0
        self.own_clock = OwnClock(TURN, lambda: self.ran)
        self.first = self.own_clock.absences(now, last_turn)

    def go(self, passed: timedelta, ran: timedelta) -> None:
        self.now += passed
        self.ran += ran.total_seconds()

    def told(self) -> list[Absence]:
        return self.own_clock.absences(self.now, None)


@pytest.mark.parametrize(
    ("last_turn", "absences"),
    [
        (None, []),  # the very first start
        (NOW - timedelta(minutes=2), []),  # a restart
        (NOW - timedelta(minutes=40), [Absence(NOW - timedelta(minutes=40), NOW)]),
        (NOW + timedelta(days=2), []),  # a time ahead of now is no evidence
    ],
)
def test_the_first_question_is_answered_with_how_long_the_process_was_down(
    last_turn: datetime | None, absences: list[Absence]
) -> None:
    assert Clocks(last_turn).first == absences


@pytest.mark.parametrize("first", [0, 1])
def test_nor_does_a_look_before_it_hide_that(first: int) -> None:
    own_clock = OwnClock(TURN, lambda: 0.0)
    for _ in range(first):
        own_clock.look(NOW)
    assert own_clock.absences(NOW, NOW - HOUR) == [Absence(NOW - HOUR, NOW)]
    assert own_clock.absences(NOW, NOW - HOUR) == []


@pytest.mark.parametrize(
    ("passed", "ran", "since"),
    [
        (TURN, TURN, "nothing"),
        (timedelta(minutes=4), timedelta(minutes=4), "nothing"),  # a nap
        (timedelta(minutes=25), timedelta(minutes=25), NOW),  # stopped, while the machine ran; or suspended
        (3 * HOUR, TURN, None),  # set forth: no time went by
        (-HOUR, TURN, None),  # and back
        # Asleep, and the clock was set beside it: only what really went by was slept, and all of it was.
        (3 * HOUR + timedelta(seconds=40), 3 * HOUR, NOW + timedelta(seconds=40)),
        (timedelta(minutes=85), timedelta(minutes=25), NOW + HOUR),
        (-timedelta(minutes=35), timedelta(minutes=25), NOW - HOUR),
    ],
)
def test_a_sleep_is_as_long_as_the_monotonic_clock_says(
    passed: timedelta, ran: timedelta, since: datetime | str | None
) -> None:
    clocks = Clocks()
    clocks.go(passed, ran)
    jumped = abs(passed - ran) > timedelta(seconds=30)
    expected = [] if since == "nothing" else [Absence(since, NOW + passed, jumped)]  # type: ignore[arg-type]
    assert clocks.own_clock.look(clocks.now) is bool(expected)
    assert clocks.told() == expected
    assert clocks.told() == []


def test_a_long_turn_is_no_sleep_as_long_as_somebody_looks() -> None:
    clocks = Clocks()
    for _ in range(120):
        clocks.go(timedelta(seconds=5), timedelta(seconds=5))
        assert not clocks.own_clock.look(clocks.now)
    assert clocks.told() == []


def test_each_of_several_sleeps_between_two_turns_is_told() -> None:
    clocks = Clocks()
    for _ in range(2):
        clocks.go(HOUR, HOUR)
        clocks.own_clock.look(clocks.now)
        clocks.go(TURN, TURN)
        clocks.own_clock.look(clocks.now)
    assert clocks.told() == [
        Absence(NOW, NOW + HOUR),
        Absence(NOW + HOUR + TURN, NOW + 2 * HOUR + TURN),
    ]


def test_a_start_with_a_clock_behind_does_not_hide_how_long_the_process_was_down() -> None:
    """A machine without a battery for its clock: it starts in the past, and is set right by a time server."""
    clocks = Clocks(last_turn=NOW, now=NOW - 2 * HOUR)
    assert clocks.first == []
    clocks.go(TURN, TURN)
    assert clocks.told() == []
    clocks.go(3 * HOUR, TURN)
    assert clocks.told() == [
        Absence(NOW, clocks.now - 2 * TURN, jumped=True),
        Absence(None, clocks.now, jumped=True),
    ]
    clocks.go(HOUR, TURN)
    assert clocks.told() == [Absence(None, clocks.now, jumped=True)]
