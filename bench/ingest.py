"""Events per second over HTTP, each answered only when it is on disk.

The server is a real ``python app.py`` on a new database. The load comes from this process over keep-alive
connections; it shares the machine's cores with the server, so a server alone would do better. Two yardsticks
run in the same process model (Streamlit's server, uvloop, one process): a bare Starlette handler that stores
nothing, and one that commits every event by itself instead of gathering what is in flight.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

import httpx
import uvloop

from bench.servers import ADMIN_TOKEN, RunningServer, running_server

SECONDS = 5.0
WARM_UP_SECONDS = 0.5
SENDERS = (1, 64)
CHATS = 1_000_000
Payload = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Measured:
    """Answered requests per second, and how long they took (milliseconds)."""

    per_second: float
    p50: float
    p99: float
    worst: float


class _Sender(asyncio.Protocol):
    """One keep-alive connection that sends the next request as soon as the last one is answered."""

    def __init__(self, next_request: Callable[[], bytes | None], done: asyncio.Future[None]) -> None:
        self._next_request = next_request
        self._done = done
        self._received = b""
        self.latencies: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        if not head.startswith(b"HTTP/1.1 202"):
            self._done.set_exception(RuntimeError(f"refused: {self._received.decode()}"))
            return
        self.latencies.append(time.perf_counter() - self._sent_at)
        self._received = b""
        self._send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(RuntimeError("the server closed the connection"))

    def _send(self) -> None:
        request = self._next_request()
        if request is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def measure(port: int, path: str, key: str, senders: int, payload: Payload, seconds: float) -> Measured:
    """Return what ``senders`` concurrent connections reached within ``seconds``."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    latencies, took = uvloop.run(_load(port, senders, seconds, _requests(head, payload)))
    latencies.sort()
    return Measured(
        len(latencies) / took,
        *(1000 * latencies[int(share * (len(latencies) - 1))] for share in (0.5, 0.99, 1)),
    )


def compact_event(number: int) -> bytes:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return (
        f'{{"chat_id":"chat-{number}","resolved_at":"{at}","interaction_id":"{number}-1",'
        '"group":{"id":"40753ac3-1f66-40d9-b903-23db0a9a70b0","name":"Kundensupport"}}'
    ).encode()


def main() -> None:
    """Print the table."""
    print(__doc__)
    load, *_ = os.getloadavg()
    print(f"{os.cpu_count()} cores, load {load:.1f} before the start, {SECONDS:g} s each\n")
    head = f"{'server':<42}{'senders':>8}{'events/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'worst':>9}{'CPU µs/event':>14}"
    print(head)
    with tempfile.TemporaryDirectory() as folder:
        with running_server(Path(folder) / "app", ["app.py"]) as server:
            key = injixo_key(server.port)
            _print_rows("Stillwatch, POST /api/v1/events", server, "/api/v1/events", key)
            megabytes = server.resident_megabytes()
        with running_server(Path(folder) / "rivals", ["-m", "bench.rivals"]) as server:
            _print_rows("bare Starlette handler, nothing stored", server, "/bare", "none")
            _print_rows("Starlette, one durable commit an event", server, "/single", "none")
    print(f"\nStillwatch took {megabytes:.0f} MB of memory after its rows.")


def _print_rows(name: str, server: RunningServer, path: str, key: str) -> None:
    measure(server.port, path, key, max(SENDERS), compact_event, WARM_UP_SECONDS)
    for senders in SENDERS:
        before = server.cpu_seconds()
        measured = measure(server.port, path, key, senders, compact_event, SECONDS)
        cpu = (server.cpu_seconds() - before) / (measured.per_second * SECONDS)
        print(
            f"{name:<42}{senders:>8}{measured.per_second:>10,.0f}{measured.p50:>9.2f}"
            f"{measured.p99:>9.2f}{measured.worst:>9.1f}{cpu * 1e6:>14,.0f}",
            flush=True,
        )


def injixo_key(port: int) -> str:
    """Add an integration and return a key of it."""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}
    ) as client:
        wish = {"name": "Benchmark", "domain": "example.freshchat.com", "time_zone": "Europe/Berlin"}
        integration = client.post("/integrations", json=wish).raise_for_status().json()
        answer = client.post(f"/integrations/{integration['id']}/keys").raise_for_status().json()
        return str(answer["key"])


def _requests(head: bytes, payload: Payload) -> Iterator[bytes]:
    start = time.time_ns() // 1_000_000 % CHATS * CHATS  # other chats than in the run before
    number = start
    while True:
        body = payload(number)
        yield b"%b%d\r\n\r\n%b" % (head, len(body), body)
        number += 1


async def _load(
    port: int, senders: int, seconds: float, requests: Iterator[bytes]
) -> tuple[list[float], float]:
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()

    def next_request() -> bytes | None:
        return next(requests) if time.perf_counter() - begin < seconds else None

    endings = [loop.create_future() for _ in range(senders)]
    protocols = []
    for done in endings:
        _, protocol = await loop.create_connection(partial(_Sender, next_request, done), "127.0.0.1", port)
        protocols.append(protocol)
    await asyncio.gather(*endings)
    took = time.perf_counter() - begin
    return [latency for protocol in protocols for latency in protocol.latencies], took


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


if __name__ == "__main__":
    main()
