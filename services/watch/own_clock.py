"""Our own clock: a process that slept, a clock that jumped, and stored times that lie ahead of now."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Absence:
    """``since``: None where the clock jumped and nobody knows. ``down``: the process was not there at all."""

    since: datetime | None
    down: bool = False


def _ran() -> float:
    """Return seconds of a clock that nobody sets; on Linux it goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class OwnClock:
    """Looks at both clocks once a turn and remembers when the watcher last woke from an absence."""

    def __init__(self, turn: timedelta, monotonic: Callable[[], float] = _ran) -> None:
        self._longest = max(MISSED_TURNS * turn, LONGEST_TURN)
        self._monotonic = monotonic
        self._last: tuple[datetime, float] | None = None

    @property
    def not_looked(self) -> bool:
        """Whether the process has not looked yet."""
        return self._last is None

    def absence(self, now: datetime, last_turn: datetime | None) -> Absence | None:
        """Return the absence that this look ends, None where there was none.

        ``last_turn``: the last one that is stored. At the first look it tells how long the process was down.
        """
        last, monotonic = self._last, self._monotonic()
        self._last = now, monotonic
        if last is None:
            down = last_turn is not None and now - last_turn > self._longest
            return Absence(last_turn, down=True) if down else None
        passed, ran = now - last[0], timedelta(seconds=monotonic - last[1])
        if abs(passed - ran) > JUMP:
            return Absence(None)
        return Absence(last[0]) if ran > self._longest else None


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
