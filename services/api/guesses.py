"""Wrong admin tokens: counted, told in the log, and slowed down before a guess could come true."""

import time
from collections.abc import Callable
from math import ceil

import structlog

MOST_A_MINUTE = 30
MOST_CALLERS = 10_000
log = structlog.get_logger()


class Guesses:
    """The wrong tokens of each caller in fixed minutes. Who had too many waits for the next, unheard.

    Unheard also with the right one, if it may be short enough to be guessed: an answer that only the right one gets at
    once would slow nobody down.
    """

    def __init__(
        self, most_a_minute: int = MOST_A_MINUTE, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most_a_minute
        self._monotonic = monotonic
        self._minute = 0
        self._wrong: dict[str, int] = {}

    def seconds_to_wait(self, caller: str) -> int:
        """Return 0 when the caller may try a token, else the seconds until then."""
        now = self._begin_minute()
        return ceil((self._minute + 1) * 60 - now) if self._wrong.get(caller, 0) >= self._most else 0

    def note(self, caller: str) -> None:
        """Count a wrong token. The first of a caller and minute is logged, and that the caller has to wait."""
        self._begin_minute()
        if caller not in self._wrong and len(self._wrong) >= MOST_CALLERS:
            return
        count = self._wrong[caller] = self._wrong.get(caller, 0) + 1
        if count in (1, self._most):
            log.warning("wrong_admin_token", caller=caller, count=count, has_to_wait=count >= self._most)

    def _begin_minute(self) -> float:
        now = self._monotonic()
        if int(now // 60) != self._minute:
            self._minute = int(now // 60)
            self._wrong = {}
        return now
