"""What every call to the REST API passes first: outages, limits, the token and its scopes."""

import asyncio
import math
import uuid
from collections.abc import MutableMapping
from hmac import compare_digest
from time import monotonic, time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.account import Account
from simulator.answers import error_body

WINDOW_SECONDS = 60.0
HINT_SECONDS = 5
SCOPE_OF = (  # the first that fits
    ("/accounts/configuration", "account:read"),
    ("/roles", "role:read"),
    ("/agents", "agent:read"),
    ("/users", "user:read"),
    ("/channels", "messaging-channels:read"),
    ("/conversations", "conversation:read"),
    ("/metrics", "dashboard:read"),
    ("/reports", "reports:read"),
)
PORTAL_PAGE = (
    "<!doctype html><title>Freshworks</title><h1>Sign in to your Freshworks account (simulated)</h1>"
)
OUTAGE_PAGE = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"


class Gate:
    """Stands before the REST API; adds the headers that every answer has and notes every call."""

    def __init__(self, app: ASGIApp, account: Account) -> None:
        self.app, self.account = app, account
        self.window_ends, self.calls_in_window = 0.0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(("/v2/", "/api/v2/")):
            await self.app(scope, receive, send)
            return
        began, switches = monotonic(), self.account.switches
        if switches.slow_seconds:
            await asyncio.sleep(switches.slow_seconds)
        if switches.down == "closed":
            self.account.note_call(scope["method"], scope["path"], 0)
            await _cut(send)
            return
        self._count(monotonic())

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.account.note_call(scope["method"], scope["path"], message["status"])
                self._add_headers(message, began)
            await send(message)

        await (self._refusal(scope) or self.app)(scope, receive, send_noted)

    def _refusal(self, scope: Scope) -> Response | None:
        switches = self.account.switches
        if switches.down == "503":
            return HTMLResponse(OUTAGE_PAGE, 503)
        if switches.portal_host:
            return HTMLResponse(PORTAL_PAGE)
        if switches.rate_limited != "off":
            return _too_many(HINT_SECONDS if switches.rate_limited == "with_retry_after" else None)
        if self.calls_in_window > switches.requests_per_minute:
            return _too_many(math.ceil(self.window_ends - monotonic()))
        if not self._is_known(Headers(scope=scope)):
            return _error(401, "UNAUTHENTICATED", "Authentication token is missing, invalid or expired")
        path = scope["path"].removeprefix("/api").removeprefix("/v2")
        needed = next((needed for prefix, needed in SCOPE_OF if path.startswith(prefix)), None)
        if needed in self.account.missing_scopes():
            return _error(403, "FORBIDDEN", f"The token lacks the scope {needed}")
        return None

    def _is_known(self, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and compare_digest(
            token.strip().encode(), self.account.token.encode()
        )

    def _count(self, at: float) -> None:
        if at >= self.window_ends:
            self.window_ends, self.calls_in_window = at + WINDOW_SECONDS, 0
        self.calls_in_window += 1

    def _add_headers(self, message: MutableMapping[str, Any], began: float) -> None:
        headers, limit = MutableHeaders(scope=message), self.account.switches.requests_per_minute
        headers["X-RateLimit-Limit"] = str(limit)
        headers["X-RateLimit-Remaining"] = str(max(0, limit - self.calls_in_window))
        headers["X-RateLimit-Reset"] = str(math.ceil(time() + self.window_ends - monotonic()))
        headers["X-Trace-ID"] = f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-00"
        headers["X-Server-Processing-Time-MS"] = str(round((monotonic() - began) * 1000))


def _too_many(seconds: int | None) -> JSONResponse:
    """Refuse, with a hint when to come back or without one: clients must manage both."""
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return _error(429, "TOO_MANY_REQUESTS", "Too many requests", headers)


def _error(code: int, status: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(error_body(code, status, message), code, headers=headers)


async def _cut(send: Send) -> None:
    """Close the connection without an answer, as a broken network does.

    ASGI has no word for this, so the transport is taken from the server's own object; where there is none
    (another server, a test client) an answer that breaks off comes nearest.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0.01)  # until the server has noticed
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
