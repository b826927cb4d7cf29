"""Connections, bounded: how many there are, how much may come before a request is whole, and how long that may take.

The server itself bounds none of these: who says nothing, or half a header, would hold a descriptor for ever.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.addresses import is_loopback, network_of
from services.api.access import RateLimit
from services.serving.callers import MOST_OF_ONE_ADDRESS

FIELD_BYTES = len(": \r\n")
FRAME_BYTES = 16
"""What frames a chunk of a body: neither head nor body."""
SHARE_DROPPED = 10
log = structlog.get_logger()

_turns = count()
"""A count, not a clock: that would tell those apart that came at once only if it were fine enough."""

_log_limit = RateLimit(1)
"""One line a minute: a flood must not fill the log."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``head_seconds``: until a request's head is there; ``request_seconds``: from then until its body is."""

    connections: int = 1000
    of_one_address: int = MOST_OF_ONE_ADDRESS
    head_bytes: int = 64 * 1024
    head_seconds: float = 10
    request_seconds: float = 60


class BoundedConnection(HttpToolsProtocol):
    """One connection. Without ``limits`` of its own it keeps the usual ones."""

    limits = Limits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._turn = next(_turns)
        self._timer: asyncio.TimerHandle | None = None
        self._is_whole = True
        self._head_came = False
        self._loose_bytes = 0
        if make_room(self):
            self._start(self.limits.head_seconds)
        else:
            self._refuse(503)

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is under way: what is dropped now loses no answer."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def expendability(self) -> tuple[bool, int]:
        """What is dropped first: those that never asked anything, and of them the oldest."""
        return self.cycle is not None, self._turn

    def drop(self) -> None:
        self.connections.discard(self)  # it goes on being told as open until the loop's next turn
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._loose_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            self._stop()
        elif self._loose_bytes > self.limits.head_bytes:
            self._refuse(431)
        elif self._is_whole and not self.is_waiting:
            self._stop()
        elif self._head_came:
            self._start(self.limits.request_seconds)
        elif self._timer is None:
            self._start(self.limits.head_seconds)
        self._head_came = False

    def on_message_begin(self) -> None:
        self._is_whole = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_came = True
        self._loose_bytes = 0
        if self.transport.is_closing():
            return
        fields = sum(len(name) + len(value) + FIELD_BYTES for name, value in self.headers)
        if len(self.url) + fields > self.limits.head_bytes:
            self._refuse(431)
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._loose_bytes = max(0, self._loose_bytes - len(body) - FRAME_BYTES)
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_whole = True
        self._loose_bytes = 0
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self._turn = next(_turns)
        super().on_response_complete()

    def _start(self, seconds: float) -> None:
        self._stop()
        self._timer = self.loop.call_later(seconds, self._is_late)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self) -> None:
        self._timer = None
        if self.is_waiting:
            self._refuse(408)
        elif self.cycle.more_body:
            self.transport.close()  # whoever reads the body is told that nobody sends it any more
        else:
            self._start(self.limits.head_seconds)  # the next request is late while we are at the last one

    def _refuse(self, status: int) -> None:
        """Answer without reading on, and close."""
        if self.transport.is_closing():
            return
        self._stop()
        phrase = HTTPStatus(status).phrase
        self.transport.write(
            f"HTTP/1.1 {status} {phrase}\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(phrase)}\r\n\r\n{phrase}".encode()
        )
        self.transport.close()


def make_room(new: BoundedConnection) -> bool:
    """Drop what waits when too many are connected; tell whether there is room for the new connection."""
    crowd, most = _crowd_of(new)
    if len(crowd) <= most:
        return True
    waiting = [
        one for one in crowd if isinstance(one, BoundedConnection) and one.is_waiting and one is not new
    ]
    waiting.sort(key=lambda one: one.expendability)
    if not _log_limit.seconds_to_wait("crowd"):
        log.warning("too_many_connections", connections=len(crowd), waiting=len(waiting))
    # Several at once: to look for them takes longer than to drop one.
    for one in waiting[: 1 + len(waiting) // SHARE_DROPPED]:
        one.drop()
    return bool(waiting)


def _crowd_of(new: BoundedConnection) -> tuple[Collection[asyncio.Protocol], int]:
    """Return those among whom room is scarce for a new connection, and how many there may be."""
    everybody, limits = new.connections, new.limits
    if new.client and not is_loopback(new.client[0]) and len(everybody) > limits.of_one_address:
        caller = network_of(new.client[0])
        own = [one for one in everybody if network_of((getattr(one, "client", None) or ("",))[0]) == caller]
        if len(own) > limits.of_one_address:
            return own, limits.of_one_address
    return everybody, limits.connections
