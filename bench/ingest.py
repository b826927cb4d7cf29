"""Events per second over HTTP, each answered only when it is on disk.

The server is a real ``python app.py`` on a new database. The load comes from this process over keep-alive
connections; it shares the machine's cores with the server, so a server alone would do better. Two yardsticks
run in the same process model (Streamlit's server, uvloop, one process): a bare Starlette handler that reads the
same bodies and stores nothing, and one that commits every event by itself instead of gathering what is in flight.
"of bare" is the share of what the bare handler answered in the same run: trust that, not the figures themselves.
Last, a dashboard's page is reloaded beside the load, in a session of its own each time.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import cast

import httpx
import uvloop

from bench.dashboard import reloading
from bench.servers import ADMIN_TOKEN, RunningServer, running_server

SECONDS = 4.0
WARM_UP_SECONDS = 0.3
LOADED_SECONDS = 5.0
"""What is loaded after the start is no part of an event."""
MOST_REQUESTS = 50_000
"""In one row, however fast a machine is."""
SENDERS = (1, 16, 64, 256)
EVENTS_A_BATCH = 100
BESIDE_A_DASHBOARD = tuple((senders, amount) for amount in (1, EVENTS_A_BATCH) for senders in SENDERS)
"""Senders, and the events of each request."""
CHATS = 1_000_000
EVENTS = "/api/v1/events"
Payload = Callable[[int], bytes]
Rates = Mapping[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Measured:
    """How many requests were answered, how many per second, and how long they took (milliseconds)."""

    answered: int
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
        len(latencies),
        len(latencies) / took,
        *(1000 * latencies[int(share * (len(latencies) - 1))] for share in (0.5, 0.99, 1)),
    )


def compact_event(number: int) -> bytes:
    return _event(f"chat-{number}", f"{number}-1").encode()


def batch(number: int) -> bytes:
    events = (_event(f"chat-{number}-{place}", f"{number}-{place}") for place in range(EVENTS_A_BATCH))
    return f'{{"events":[{",".join(events)}]}}'.encode()


def _event(chat_id: str, interaction_id: str) -> str:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return (
        f'{{"chat_id":"{chat_id}","resolved_at":"{at}","interaction_id":"{interaction_id}",'
        '"group":{"id":"40753ac3-1f66-40d9-b903-23db0a9a70b0","name":"Kundensupport"}}'
    )


PAYLOADS: dict[int, Payload] = {1: compact_event, EVENTS_A_BATCH: batch}
"""By the events of each request."""


def main() -> None:
    """Print the table."""
    print(__doc__)
    load, *_ = os.getloadavg()
    print(f"{os.cpu_count()} cores, load {load:.1f} before the start, {SECONDS:g} s each\n")
    print(
        f"{'server':<38}{'events':>8}{'senders':>8}{'events/s':>10}{'of bare':>9}{'p50 ms':>9}{'p99 ms':>9}"
        f"{'worst':>9}{'CPU µs/event':>14}"
    )
    with tempfile.TemporaryDirectory() as folder:
        with running_server(Path(folder) / "rivals", ["-m", "bench.rivals"]) as server:
            bare = _rows("bare handler, nothing stored", server, "/bare", "none")
            _row("one durable commit an event", server, "/single", "none", 64, 1, bare)
        with running_server(Path(folder) / "app", ["app.py"]) as server:
            integration_id, key = integration_with_key(server.port)
            time.sleep(LOADED_SECONDS)
            _rows("Stillwatch", server, EVENTS, key, bare)
            for senders, amount in BESIDE_A_DASHBOARD:
                with reloading(server.port, integration_id) as reloads:
                    _row("Stillwatch, a dashboard beside it", server, EVENTS, key, senders, amount, bare)
                print(f"{_told(reloads.milliseconds):>84}", flush=True)
            megabytes = server.resident_megabytes()
    print(f"\nStillwatch took {megabytes:.0f} MB of memory after its rows.")


def _rows(
    name: str, server: RunningServer, path: str, key: str, bare: Rates | None = None
) -> dict[tuple[int, int], float]:
    """Measure and print every load, and return the events a second by (senders, events a request)."""
    loads = [(senders, amount) for amount in PAYLOADS for senders in SENDERS]
    return {
        (senders, amount): _row(name, server, path, key, senders, amount, bare) for senders, amount in loads
    }


def _row(
    name: str, server: RunningServer, path: str, key: str, senders: int, amount: int, bare: Rates | None
) -> float:
    payload = PAYLOADS[amount]
    measure(server.port, path, key, senders, payload, WARM_UP_SECONDS)
    before = server.cpu_seconds()
    measured = measure(server.port, path, key, senders, payload, SECONDS)
    rate = measured.per_second * amount
    cpu = (server.cpu_seconds() - before) / (measured.answered * amount)
    share = f"{rate / bare[senders, amount]:.0%}" if bare else "–"
    print(
        f"{name:<38}{amount:>8}{senders:>8}{rate:>10,.0f}{share:>9}{measured.p50:>9.2f}{measured.p99:>9.2f}"
        f"{measured.worst:>9.1f}{cpu * 1e6:>14,.0f}",
        flush=True,
    )
    return rate


def _told(milliseconds: list[float]) -> str:
    if not milliseconds:
        return "the page was not drawn once meanwhile"
    return f"the page was drawn {len(milliseconds)} times, in {median(milliseconds):,.0f} ms (median)"


def injixo_key(port: int) -> str:
    """Add an integration and return a key of it."""
    _, key = integration_with_key(port)
    return key


def integration_with_key(port: int) -> tuple[str, str]:
    """Add an integration and return its id and a key of it."""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}
    ) as client:
        wish = {"name": "Benchmark", "domain": "example.freshchat.com", "time_zone": "Europe/Berlin"}
        integration_id = str(client.post("/integrations", json=wish).raise_for_status().json()["id"])
        answer = client.post(f"/integrations/{integration_id}/keys").raise_for_status().json()
        return integration_id, str(answer["key"])


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

    bounded = islice(requests, MOST_REQUESTS)

    def next_request() -> bytes | None:
        return next(bounded, None) if time.perf_counter() - begin < seconds else None

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
