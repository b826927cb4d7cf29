"""Wrong passwords are slowed down, and nobody can lock out somebody else.

Who tries waits, by where they try from: for one person after some wrong tries, and for anybody, for a moment, once a
network has had many. A browser in which that person has signed in before has a count of its own, which nobody else can
raise: colleagues behind one address do not stand in each other's way. A person whom many networks try is answered
later, and is never refused for it.
"""

import time
from collections.abc import Callable
from math import ceil

FREE_TRIES = 5
MOST_OF_A_NETWORK = 20
LONGEST_WAIT = 60.0
"""Sixty tries an hour find no password of twelve characters, and a minute is what a colleague may be made to wait."""
WAIT_OF_A_NETWORK = 3.0
FORGOTTEN_SECONDS = 3600.0
MOST_REMEMBERED = 10_000
LONGEST_DELAY = 3.0


class Tries:
    """The wrong tries of the last hour, in memory. ``place``: a network, or a browser that is known."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._wrong: dict[tuple[str, str], tuple[int, float]] = {}

    def seconds_to_wait(self, place: str, name: str, *, is_known: bool = False) -> int:
        """Return 0 when this name may be tried from there now, else the seconds until then."""
        count, last = self._counted((place, name))
        own = 0.0 if count < FREE_TRIES else min(LONGEST_WAIT, 2.0 ** min(count - FREE_TRIES + 1, 10))
        wait = last + own - self._monotonic()
        all_of_it, last_of_all = self._counted((place, ""))
        if not is_known and all_of_it >= MOST_OF_A_NETWORK:
            wait = max(wait, last_of_all + WAIT_OF_A_NETWORK - self._monotonic())
        return max(0, ceil(wait))

    def delay(self, name: str) -> float:
        """Return how many seconds later a person is answered whom many try."""
        return min(LONGEST_DELAY, self._counted(("", name))[0] / 20)

    def wrong(self, place: str, name: str) -> None:
        """Count a try as wrong. Called before it is looked at: many at once must not all be heard."""
        for key in ((place, name), (place, ""), ("", name)):
            if key not in self._wrong and len(self._wrong) >= MOST_REMEMBERED:
                self._forget()
            self._wrong[key] = (self._counted(key)[0] + 1, self._monotonic())

    def right(self, place: str, name: str) -> None:
        """Take back what ``wrong`` counted, and what was wrong of this name before."""
        self._wrong.pop((place, name), None)
        for key in ((place, ""), ("", name)):
            count, last = self._counted(key)
            self._wrong[key] = (max(0, count - 1), last)

    def _counted(self, key: tuple[str, str]) -> tuple[int, float]:
        count, last = self._wrong.get(key, (0, 0.0))
        return (count, last) if self._monotonic() - last < FORGOTTEN_SECONDS else (0, 0.0)

    def _forget(self) -> None:
        """Drop the older half."""
        newest = sorted(self._wrong.items(), key=lambda entry: entry[1][1])[len(self._wrong) // 2 :]
        self._wrong = dict(newest)
