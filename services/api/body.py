"""Request bodies, bounded in size and time whoever reads them."""

import asyncio
from typing import Any

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.problems import Problem
from services.ingest import json_text

MOST_BYTES = 1024 * 1024
MOST_BYTES_DISCARDED = 16 * MOST_BYTES
MOST_SECONDS = 30


class BoundedBodies:
    """ASGI middleware: reading a body raises Problem 413 when it is too large, 408 when it comes too slowly."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, bounded(receive) if scope["type"] == "http" else receive, send)


def bounded(receive: Receive) -> Receive:
    size = 0
    is_complete = False
    deadline: float | None = None

    async def next_message() -> Message:
        nonlocal size, is_complete
        message = await receive()
        size += len(message.get("body", b""))
        is_complete = not message.get("more_body", False)
        return message

    async def bounded_receive() -> Message:
        nonlocal deadline
        if is_complete:
            return await receive()  # waits for the end of the connection, however long the answer takes
        deadline = deadline or asyncio.get_running_loop().time() + MOST_SECONDS
        try:
            async with asyncio.timeout_at(deadline):
                message = await next_message()
                if size > MOST_BYTES:
                    # A client that is still sending would not see the answer.
                    while not is_complete and size <= MOST_BYTES_DISCARDED:
                        await next_message()
        except TimeoutError:
            raise _closing(408, "too_slow", f"the body did not arrive within {MOST_SECONDS} s") from None
        if size > MOST_BYTES:
            raise _closing(413, "too_large", "at most 1 MiB and 500 events in one request")
        return message

    return bounded_receive


async def read_body(request: Request) -> bytes:
    """Return the body. Raises Problem 413, 408 or 400."""
    try:
        return await request.body()
    except ClientDisconnect:
        raise Problem(400, "cut_off", "the connection ended before the body did") from None


def has_body(request: Request) -> bool:
    return request.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in request.headers


def require_json(request: Request) -> None:
    """Refuse a body that does not say that it is JSON. Raises Problem 415."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, "not_json", "send JSON: Content-Type: application/json")
    require_uncompressed(request)


def require_uncompressed(request: Request) -> None:
    """Refuse a body that is compressed. Raises Problem 415."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Problem(415, "not_json", "send the JSON as it is, not compressed")


async def read_json(request: Request) -> Any:
    """Return the decoded JSON body. Raises Problem 413, 408, 415 or 400."""
    require_json(request)
    body = await read_body(request)
    try:
        return json_text.loads(body)
    except json_text.JSONDecodeError as error:
        raise Problem(
            400, "bad_json", f"the body is no JSON (line {error.lineno}, column {error.colno})"
        ) from None


def _closing(status: int, code: str, detail: str) -> Problem:
    return Problem(status, code, detail, headers={"Connection": "close"})
