"""Our own clock: a process that slept, a clock that jumped, and stored times that lie ahead of now."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.activity import Activity

JUMP = timedelta(seconds=30)
"""Between our clock and the monotonic one, within one turn."""

MISSED_TURNS = 3
LONGEST_TURN = timedelta(minutes=5)
"""At the shortest: with many integrations a turn takes its time."""

USUAL_HEARTBEAT = timedelta(minutes=5)
AHEAD = timedelta(seconds=5)
"""A stored time that is further ahead of now was never."""


class OwnClock:
    """Looks at both clocks once a turn and remembers when the watcher last woke from an absence."""

    def __init__(self, turn: timedelta, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._longest = max(MISSED_TURNS * turn, LONGEST_TURN)
        self._monotonic = monotonic
        self._last: tuple[datetime, float] | None = None

    def was_away(self, now: datetime) -> bool:
        """Tell whether since the last look the process slept, or the clock jumped."""
        last, monotonic = self._last, self._monotonic()
        self._last = now, monotonic
        if last is None:
            return False
        passed, ran = now - last[0], timedelta(seconds=monotonic - last[1])
        return abs(passed - ran) > JUMP or max(passed, ran) > self._longest


def not_ahead(at: datetime | None, now: datetime) -> datetime | None:
    """Return a stored time, None when it lies ahead of now."""
    return None if at is None or at > now + AHEAD else at


def as_known(entries: Sequence[Activity], now: datetime) -> list[Activity]:
    """Return what was noted up to now; of an entry that reaches ahead of it only its beginning is believed."""
    return [
        entry if entry.last_at <= now + AHEAD else replace(entry, last_at=entry.first_at)
        for entry in entries
        if entry.first_at <= now + AHEAD
    ]
