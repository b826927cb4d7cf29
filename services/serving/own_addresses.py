"""Whose address a request names and whose page sent it: what carries no key answers to its own only.

A page of another site can have its own name point at us (DNS rebinding), or talk to us from another port of this
computer; a browser then sends our visitor's requests. Host and Origin tell: the browser writes both, no script can.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from services.addresses import host_and_port
from services.api.problems import Problem, respond
from services.settings import Settings

HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\s:/@\[\]]+?)\.?(?::(?P<port>[0-9]{1,5}))?")
CARRIES_A_KEY = "/api/v1/"
"""Below it each call brings a key or a signature that no browser adds by itself: the names it is reached under may
change without an event being turned away."""


class OwnAddresses:
    """ASGI middleware: refuses requests under another name, and those that another site's page sends."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._own_url = settings.own_url
        self._origins = settings.own_origins
        self._hosts = {host_and_port(origin) for origin in settings.own_origins}
        self._hosts |= {(name, None) for name, _ in self._hosts}  # a proxy may leave the port out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = None if scope["type"] == "lifespan" else self._problem_of(scope)
        if problem is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the answer is 403
        else:
            await respond(problem)(scope, receive, send)

    def _problem_of(self, scope: Scope) -> Problem | None:
        if scope["path"].startswith(CARRIES_A_KEY):
            return None
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        if len(hosts) != 1 or _read_host(hosts[0]) not in self._hosts:
            return Problem(
                421,
                "wrong_host",
                f"Stillwatch does not answer under this address: open {self._own_url}, or set "
                "STILLWATCH_PUBLIC_URL to the address that you use",
            )
        if any(origin.decode("latin-1").lower() not in self._origins for origin in origins):
            return Problem(403, "wrong_origin", "another site's page sent this request")
        return None


def _read_host(value: bytes) -> tuple[str, int | None] | None:
    found = HOST.fullmatch(value.decode("latin-1").strip().lower())
    return (found["name"], int(found["port"]) if found["port"] else None) if found else None
