"""What the integrations of one Freshchat account share: the number of requests at a time, and pauses."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from services.freshchat.errors import RetryLater

MOST_AT_ONCE = 4
PATIENCE_SECONDS = 20.0


class Gate:
    """Lets a few requests through at a time; waiting integrations take turns, so that none starves another."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._under_way = 0
        self._waiting: dict[str, deque[object]] = {}
        self._closed_until = 0.0

    @contextmanager
    def turn(self, integration_id: str, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
        """Wait for a turn. Raises RetryLater after ``patience`` seconds, or at once during a pause."""
        with self._changed:
            self._take_turn(integration_id, patience)
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Let nobody through for so long: Freshchat asked the account to wait."""
        with self._changed:
            self._closed_until = max(self._closed_until, self._monotonic() + seconds)

    def _take_turn(self, integration_id: str, patience: float) -> None:
        pause = self._closed_until - self._monotonic()
        if pause > 0:
            raise RetryLater("Freshchat asked this account to wait", pause)
        ticket = object()
        self._waiting.setdefault(integration_id, deque()).append(ticket)
        served = self._changed.wait_for(lambda: self._is_next(ticket), patience)
        tickets = self._waiting.pop(integration_id)
        tickets.remove(ticket)
        if tickets:
            self._waiting[integration_id] = tickets  # behind all others
        if not served:
            raise RetryLater("too many requests of this account are waiting")
        self._under_way += 1
        self._changed.notify_all()

    def _is_next(self, ticket: object) -> bool:
        return self._under_way < MOST_AT_ONCE and next(iter(self._waiting.values()))[0] is ticket


@cache
def gate_of(domain: str) -> Gate:  # noqa: ARG001 - the cache's key
    """Return the one gate of a Freshchat domain in this process."""
    return Gate()
