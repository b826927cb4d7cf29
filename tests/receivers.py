"""Those who receive messages: a real mail server and a real HTTP receiver, on ports of this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

import uvicorn
from aiosmtpd.controller import Controller
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tests.patience import PATIENCE
from tests.ports import reserved_port


@dataclass
class Mailbox:
    """What a mail server received, and whether it takes mail now."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    takes_mail: bool = True

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=stillwatch@example.com&to=team@example.com"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if not self.takes_mail:
            return "451 try again later"
        message: Message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 OK"

    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.received]


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    with reserved_port() as port:
        mailbox = Mailbox(port)
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE)
        controller.start()
        yield mailbox
        controller.stop()


@dataclass
class Hook:
    """What an HTTP receiver received: the bodies, as JSON. ``status``: what it answers."""

    port: int
    received: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and body of every request."""

    status: int = 200
    leads_to: str | None = None
    """Where it sends on whoever asks."""

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/hook?cto={PATIENCE}&rto={PATIENCE}"

    async def handle(self, request: Request) -> Response:
        body = await request.body()
        self.asked.append((request.method, request.url.path, body.decode()))
        if self.leads_to is not None:
            return RedirectResponse(self.leads_to, 302)
        if self.status == 200 and request.headers.get("content-type") == "application/json":
            self.received.append(await request.json())
        return Response(status_code=self.status)

    def titles(self) -> list[str]:
        return [message["title"] for message in self.received]


@contextmanager
def http_receiver() -> Iterator[Hook]:
    with reserved_port() as port:
        hook = Hook(port)
        routes = [Route("/{path:path}", hook.handle, methods=["GET", "POST"])]
        config = uvicorn.Config(Starlette(routes=routes), port=port, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        ends = time.monotonic() + PATIENCE
        while not server.started:
            assert time.monotonic() < ends, "the receiver does not start"
            thread.join(0.01)
        yield hook
        server.should_exit = True
        thread.join()
