"""The real server keeps its doors: no other site drives it, nobody crowds the rest out, and its end comes soon."""

import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.patience import PATIENCE
from tests.process.conftest import ADMIN_TOKEN

Start = Callable[..., Any]
IDLE = 1100
FEW_DESCRIPTORS = (
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024)); "
    "os.execv(sys.executable, [sys.executable, 'app.py'])"
)
ENDED_SECONDS = 10


# It pings nobody: the thread for that and the one that closes wait for the same third, and before Python 3.13 two that
# do may both fail.
stream = partial(connect, proxy=None, open_timeout=PATIENCE, ping_interval=None)


def session(port: int, *, host: str = "127.0.0.1", origin: str | None = None) -> int:
    """Return the status of a WebSocket to the interface that names this host and origin."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        url = f"ws://{host}:{port}/_stcore/stream"
        try:
            with stream(url, sock=connection, origin=origin):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code


@pytest.mark.parametrize("command", [("app.py",), ("-m", "streamlit", "run", "app.py")])
def test_only_our_own_origin_drives_the_interface(server: Start, command: tuple[str, ...]) -> None:
    running = server(command=command)
    running.wait_until_healthy()
    port = running.port
    assert session(port, origin=f"http://127.0.0.1:{port}") == 101
    assert session(port, host="evil.example", origin=f"http://evil.example:{port}") == 403
    assert session(port, host="evil.example") == 403
    assert session(port, origin="http://localhost:3000") == 403
    for path in ("/", "/metrics", "/api/health", "/api/openapi.json", "/_stcore/health"):
        with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
            assert client.get(path).status_code == 200
            assert client.get(path, headers={"Host": "evil.example"}).status_code == 421


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Allow this process as many as the test holds open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], min(2 * IDLE, before[1])), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("descriptors")
def test_good_requests_are_answered_while_a_thousand_connections_say_nothing(server: Start) -> None:
    running = server(command=("-c", FEW_DESCRIPTORS))
    running.wait_until_healthy()
    key = running.make_key()
    half = b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: "
    statuses = []
    with ExitStack() as held:
        for number in range(IDLE):
            idle = held.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE))
            idle.sendall(half if number % 2 else b"")
        for number in range(100):
            event = {"chat_id": f"chat-{number}", "resolved_at": "2026-03-03T08:00:00Z"}
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
                statuses.append(client.post("/api/v1/events", json=event, headers=headers).status_code)
    assert statuses == [202] * 100


@pytest.fixture
def deaf_freshchat() -> Iterator[str]:
    """A Freshchat that takes every connection and never answers."""
    with ExitStack() as ends:
        listener = ends.enter_context(socket.create_server(("127.0.0.1", 0), backlog=100))
        ends.callback(lambda: listener.shutdown(socket.SHUT_RDWR))

        def accept() -> None:
            with suppress(OSError):
                while True:
                    ends.enter_context(listener.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_the_end_comes_within_ten_seconds_whatever_hangs(server: Start, deaf_freshchat: str) -> None:
    running = server(settings={"STILLWATCH_FRESHCHAT_URL": deaf_freshchat, "STILLWATCH_PROBE_SECONDS": "1"})
    running.wait_until_healthy()
    key = running.make_key()
    with (
        httpx.Client(
            base_url=f"{running.url}/api/v1",
            headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
            timeout=PATIENCE,
        ) as admin,
        socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as half_a_body,
        socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as silent,
        stream(f"ws://127.0.0.1:{running.port}/_stcore/stream"),
    ):
        wish = {"name": "Deaf", "domain": "deaf.freshchat.com", "freshchat_api_key": "k"}
        (known, *_) = admin.get("/integrations").json()["integrations"]
        admin.patch(f"/integrations/{known['id']}", json={"freshchat_api_key": "k"}).raise_for_status()
        checks = []
        for _ in range(3):
            check = threading.Thread(
                target=lambda: suppress_all(lambda: admin.post(f"/integrations/{known['id']}/check"))
            )
            check.start()
            checks.append(check)
        half_a_body.sendall(
            b"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 900\r\nAuthorization: Bearer " + key.encode() + b'\r\n\r\n{"chat_id"'
        )
        suppress_all(lambda: admin.post("/integrations", json=wish, timeout=1))
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        running.end()
        took = time.monotonic() - began
        assert silent.recv(1) == b""
    for check in checks:
        check.join()
    assert took < ENDED_SECONDS


def suppress_all(call: Callable[[], object]) -> None:
    """Have a call that the server's end may cut off."""
    with suppress(httpx.HTTPError):
        call()
