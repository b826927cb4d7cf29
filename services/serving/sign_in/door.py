"""The door before everything that needs a sign-in: pages, files, uploads and the WebSocket alike.

Open without one: the sign-in's own pages, what carries a key of its own (``/api/v1``, and the links of notifications,
which work once), and ``/api/health``, up or down.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.addresses import network_of
from services.alerting.links import ANSWER_PATH
from services.api.access import bearer_token, holder
from services.api.guesses import Guesses
from services.api.operator_routes import UNSIGNED
from services.api.problems import Problem, respond
from services.serving.own_addresses import CARRIES_A_KEY
from services.serving.sign_in.pages import not_known, store_down
from services.serving.sign_in.visitors import recognised, still
from services.signing_in.arrivals import NotKnown
from services.signing_in.tokens import holder_of
from services.system import StoreUnavailable, System

SIGN_IN = "/sign-in"
BEFORE_THE_DOOR = (SIGN_IN, "/sign-out", "/invitation")
FOR_PROGRAMS = ("/api", "/metrics")
HEALTH = "/api/health"
VISITOR = b"x-stillwatch-visitor"
ADDRESS = b"x-stillwatch-address"
"""What the pages are told of the visitor: they see no cookie of ours, and what a client sends under these names is
thrown away."""
LOOKS_EVERY = 5.0
GONE = 1008


class Door:
    """ASGI middleware. ``before``: the sign-in's own pages."""

    def __init__(self, app: ASGIApp, before: ASGIApp, system: System) -> None:
        self._app = app
        self._before = before
        self._system = system
        self._guesses = Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "lifespan" or (scope["type"] == "http" and _carries_a_key(path)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http" and _is_below(path, BEFORE_THE_DOOR):
            await self._before(scope, receive, send)
        else:
            await self._guarded(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        for_programs = scope["type"] == "http" and _is_below(path, FOR_PROGRAMS)
        named = None
        try:
            named = await run_in_threadpool(recognised, self._system, scope)
        except NotKnown:
            if scope["type"] == "http" and path != HEALTH and not for_programs:
                await not_known(Headers(scope=scope))(scope, receive, send)
                return
        except StoreUnavailable:
            if scope["type"] == "http" and path != HEALTH:
                await store_down(Headers(scope=scope))(scope, receive, send)
                return
        if named is not None:
            inside = _told_to_pages(scope, named)
            if scope["type"] == "websocket":
                await self._open_page(named, inside, receive, send)
            else:
                await self._app(inside, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": GONE})
        elif for_programs and await self._has_a_token(scope):
            await self._app(scope, receive, send)
        elif path == HEALTH:
            await self._app({**scope, UNSIGNED: True}, receive, send)
        else:
            await _refusal(scope)(scope, receive, send)

    async def _has_a_token(self, scope: Scope) -> bool:
        given = bearer_token(Headers(scope=scope))
        caller = network_of(scope["client"][0] if scope["client"] else "")
        if given is None:
            return False
        wait = self._guesses.seconds_to_wait(caller)
        found = await run_in_threadpool(holder_of if wait else holder, self._system, given) is not None
        if not found and not wait:
            self._guesses.note(caller)
        return found

    async def _open_page(self, named: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a page for as long as its visitor is signed in, and close it then."""
        accepted = closed = False

        async def watched(message: Message) -> None:
            nonlocal accepted, closed
            accepted = accepted or message["type"] == "websocket.accept"
            closed = closed or message["type"] == "websocket.close"
            await send(message)

        await self._app(scope, self._while_signed_in(named, receive), watched)
        if accepted and not closed and still(self._system, named) is None:
            with suppress(RuntimeError, OSError):  # the browser has left, too
                await send({"type": "websocket.close", "code": GONE, "reason": "signed out"})

    def _while_signed_in(self, named: str, receive: Receive) -> Callable[[], Awaitable[Message]]:
        """Return ``receive`` for as long as the visitor is signed in; then the page is told that it was left."""
        coming: asyncio.Task[Any] | None = None

        async def next_message() -> Message:
            nonlocal coming
            while still(self._system, named) is not None:
                coming = coming or asyncio.ensure_future(receive())
                done, _ = await asyncio.wait({coming}, timeout=LOOKS_EVERY)
                if done:
                    message: Message = coming.result()
                    coming = None
                    if message["type"] == "websocket.disconnect" or still(self._system, named) is not None:
                        return message
            if coming is not None:
                coming.cancel()
            return {"type": "websocket.disconnect", "code": GONE, "reason": "signed out"}

        return next_message


def _told_to_pages(scope: Scope, named: str) -> Scope:
    kept = [header for header in scope["headers"] if header[0].lower() not in (VISITOR, ADDRESS)]
    address = scope["client"][0] if scope["client"] else ""
    told = [(VISITOR, named.encode()), (ADDRESS, address.encode("latin-1", "replace"))]
    return {**scope, "headers": [*kept, *told]}


def _refusal(scope: Scope) -> Response:
    headers = Headers(scope=scope)
    if scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", ""):
        query = scope.get("query_string", b"").decode("latin-1")
        way_on = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(
            f"{SIGN_IN}?next={quote(way_on, safe='')}", 303, {"Cache-Control": "no-store"}
        )
    return respond(Problem(401, "not_signed_in", "sign in first: open Stillwatch in a browser"))


def _carries_a_key(path: str) -> bool:
    """Tell whether it is an address of the API's, or of a link: the page of none of them is the interface's."""
    return path.startswith(CARRIES_A_KEY) or (path.startswith(ANSWER_PATH) and path.count("/") == 2)


def _is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
