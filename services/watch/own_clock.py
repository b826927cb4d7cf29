"""Our own clock: a process that slept, a clock that jumped, and stored times that lie ahead of now."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.activity import Activity

JUMP = timedelta(seconds=30)
"""Between our clock and the monotonic one, between two looks."""

MISSED_TURNS = 3
SHORTEST_ABSENCE = timedelta(minutes=5)
"""A restart or a nap that takes less is nothing."""

USUAL_HEARTBEAT = timedelta(minutes=5)
AHEAD = timedelta(seconds=5)
"""A stored time that is further ahead of now was never."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which the process did not run, by the clock as it is now; or a jump of that clock.

    ``since``: None where nothing but the clock jumped.
    """

    since: datetime | None
    until: datetime
    jumped: bool = False


def _ran() -> float:
    """Return seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if hasattr(time, "CLOCK_MONOTONIC"):  # of a Mac, where time.monotonic() stands still in a sleep
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


class OwnClock:
    """Looks at both clocks again and again, and tells the watcher of absences that have ended.

    How long nobody looked is told by the monotonic clock alone: one that is set makes no absence and hides none.
    """

    def __init__(self, turn: timedelta, monotonic: Callable[[], float] = _ran) -> None:
        self._longest_between_turns = max(MISSED_TURNS * turn, SHORTEST_ABSENCE)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last: tuple[datetime, float] | None = None
        self._found: list[Absence] = []
        self._began: float | None = None
        self._left_at: datetime | None = None
        """The last turn before the start, where it lies ahead of a clock that may be behind."""

    @property
    def not_asked(self) -> bool:
        """Whether the watcher has not asked yet."""
        return self._began is None

    def look(self, now: datetime) -> bool:
        """Look at both clocks; return whether an absence has ended that the watcher was not told of."""
        with self._lock:
            self._look(now)
            return bool(self._found)

    def absences(self, now: datetime, last_turn: datetime | None) -> list[Absence]:
        """Look, and return the absences that ended since the last call, the oldest first.

        ``last_turn``: the last one that is stored. At the first call it tells how long the process was down.
        """
        with self._lock:
            self._look(now)
            if self._began is None:
                self._began = self._monotonic()
                if last_turn is not None and now - last_turn > self._longest_between_turns:
                    self._found.insert(0, Absence(last_turn, now))
                self._left_at = last_turn if last_turn is not None and last_turn > now + AHEAD else None
            found, self._found = self._found, []
            return found

    def _look(self, now: datetime) -> None:
        last, monotonic = self._last, self._monotonic()
        self._last = now, monotonic
        if last is None:
            return
        passed, ran = now - last[0], timedelta(seconds=monotonic - last[1])
        jumped = abs(passed - ran) > JUMP
        if jumped:
            self._found += self._down_before(now, monotonic)
        if ran > SHORTEST_ABSENCE:
            self._found.append(Absence(now - ran if jumped else last[0], now, jumped))
        elif jumped:
            self._found.append(Absence(None, now, jumped=True))

    def _down_before(self, now: datetime, monotonic: float) -> list[Absence]:
        """Return how long the process was down before a start at which the clock was still behind."""
        if self._left_at is None or self._began is None:
            return []
        started_at = now - timedelta(seconds=monotonic - self._began)
        if started_at - self._left_at <= self._longest_between_turns:
            return []
        left_at, self._left_at = self._left_at, None
        return [Absence(left_at, started_at, jumped=True)]


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
