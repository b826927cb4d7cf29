"""Absences of the watcher: of a sleeping process, of a clock that jumped, and of a process that was not there."""

from datetime import datetime, timedelta

import pytest

from services.watch.own_clock import Absence, OwnClock
from tests.conftest import NOW

TURN = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("last_turn", "absence"),
    [
        (None, None),  # the very first start
        (NOW - timedelta(minutes=2), None),  # a restart
        (NOW - timedelta(minutes=40), Absence(NOW - timedelta(minutes=40), down=True)),
        (NOW + timedelta(days=2), None),  # a time ahead of now is no evidence
    ],
)
def test_the_first_look_tells_how_long_the_process_was_down(
    last_turn: datetime | None, absence: Absence | None
) -> None:
    assert OwnClock(TURN, lambda: 0.0).absence(NOW, last_turn) == absence


@pytest.mark.parametrize(
    ("passed", "ran", "absence"),
    [
        (TURN, TURN, None),
        (timedelta(minutes=25), timedelta(minutes=25), Absence(NOW)),  # stopped, while the machine ran
        (timedelta(hours=3), TURN, Absence(None)),  # suspended, or set forth: nobody knows
        (-timedelta(hours=1), TURN, Absence(None)),
    ],
)
def test_each_later_look_compares_both_clocks(
    passed: timedelta, ran: timedelta, absence: Absence | None
) -> None:
    monotonic = [0.0]
    own_clock = OwnClock(TURN, lambda: monotonic[0])
    assert own_clock.absence(NOW, None) is None
    monotonic[0] = ran.total_seconds()
    assert own_clock.absence(NOW + passed, NOW) == absence
