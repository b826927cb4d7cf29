"""Wrong passwords are slowed down, and nobody can lock out somebody else.

Who tries waits, by where they try from: after some wrong ones for one person, or for anybody, the next try of that
network has to wait. A person whom many networks try is answered later, and is never refused for it.
"""

import time
from collections.abc import Callable
from math import ceil

FREE_TRIES = 5
MOST_OF_A_NETWORK = 20
LONGEST_WAIT = 900.0
FORGOTTEN_SECONDS = 3600.0
MOST_REMEMBERED = 10_000
LONGEST_DELAY = 3.0


class Tries:
    """The wrong tries of the last hour, in memory."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._wrong: dict[tuple[str, str], tuple[int, float]] = {}

    def seconds_to_wait(self, network: str, name: str) -> int:
        """Return 0 when the network may try for this name now, else the seconds until then."""
        waits = (self._wait((network, name), FREE_TRIES), self._wait((network, ""), MOST_OF_A_NETWORK))
        return max(waits)

    def delay(self, name: str) -> float:
        """Return how many seconds later a person is answered whom many try."""
        return min(LONGEST_DELAY, self._count(("", name)) / 20)

    def wrong(self, network: str, name: str) -> None:
        for key in ((network, name), (network, ""), ("", name)):
            if key not in self._wrong and len(self._wrong) >= MOST_REMEMBERED:
                self._forget()
            self._wrong[key] = (self._count(key) + 1, self._monotonic())

    def right(self, network: str, name: str) -> None:
        self._wrong.pop((network, name), None)

    def _wait(self, key: tuple[str, str], free: int) -> int:
        count = self._count(key)
        if count < free:
            return 0
        _, last = self._wrong[key]
        wait = min(LONGEST_WAIT, 2.0 ** min(count - free + 1, 10))
        return max(0, ceil(last + wait - self._monotonic()))

    def _count(self, key: tuple[str, str]) -> int:
        count, last = self._wrong.get(key, (0, 0.0))
        return count if self._monotonic() - last < FORGOTTEN_SECONDS else 0

    def _forget(self) -> None:
        """Drop the older half."""
        newest = sorted(self._wrong.items(), key=lambda entry: entry[1][1])[len(self._wrong) // 2 :]
        self._wrong = dict(newest)
