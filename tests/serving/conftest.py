"""A server of our own in a thread, on a real socket, with an application that a test can hold up."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from services.serving.connections import BoundedConnection, Limits
from tests.patience import PATIENCE

GOOD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class Application:
    """Answers "done" to a path; ``/body`` reads the body first, ``/held`` waits until it is let go."""

    held: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    let_go: threading.Event = field(default_factory=threading.Event)
    heard: list[str] = field(default_factory=list)
    disconnected: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            return
        if scope["path"] == "/held":
            self.held.release()
            await asyncio.to_thread(self.let_go.wait, PATIENCE)
        if scope["path"] == "/body":
            message: dict[str, Any] = {"more_body": True}
            while message.get("more_body"):
                message = dict(await receive())
                if message["type"] == "http.disconnect":
                    self.disconnected.set()
                    return
        headers = [(b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"done"})


@dataclass
class Served:
    """A running server: open connections to it, and read what comes until it closes."""

    port: int
    application: Application
    connections: list[socket.socket] = field(default_factory=list)

    def connect(self, sent: bytes = b"") -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        self.connections.append(connection)
        connection.sendall(sent)
        return connection

    def answer(self, connection: socket.socket) -> bytes:
        """Return the status and body of an answer that has a length."""
        received = b""
        while b"\r\n\r\n" not in received or not received.endswith(b"done"):
            some = connection.recv(65_536)
            assert some, received
            received += some
        return received


def until_closed(connection: socket.socket) -> bytes:
    """Return all that still comes. Waits until the server closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while some := connection.recv(65_536):
            received += some
    return received


@pytest.fixture
def served() -> Iterator[Callable[..., Served]]:
    """Start a server with limits: ``served(head_seconds=0.1)``."""
    with contextlib.ExitStack() as ends:

        def start(**limits: Any) -> Served:
            application = Application()
            http = type("Connection", (BoundedConnection,), {"limits": Limits(**limits)})
            config = uvicorn.Config(
                application,
                http=http,
                ws="websockets-sansio",
                lifespan="off",
                log_level="error",
                timeout_keep_alive=PATIENCE,
                timeout_graceful_shutdown=1,
            )
            listener = socket.create_server(("127.0.0.1", 0))
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            running = Served(listener.getsockname()[1], application)

            def end() -> None:
                application.let_go.set()
                for connection in running.connections:
                    connection.close()
                server.should_exit = True
                thread.join()

            ends.callback(end)
            return running

        yield start
