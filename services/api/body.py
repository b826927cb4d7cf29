"""Request bodies, bounded in size and time before anything of them is read."""

import asyncio
from typing import Any

import orjson
from fastapi import Request
from starlette.requests import ClientDisconnect

from services.api.problems import Problem

MOST_BYTES = 1024 * 1024
MOST_SECONDS = 30


async def read_body(request: Request) -> bytes:
    """Return the body. Raises Problem 413 when it is too large, 408 when it comes too slowly."""
    announced = request.headers.get("Content-Length")
    if announced is not None and announced.isdigit() and int(announced) > MOST_BYTES:
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_BYTES:
                    raise _too_large()
                chunks.append(chunk)
    except TimeoutError:
        raise Problem(
            408,
            "too_slow",
            f"the body did not arrive within {MOST_SECONDS} s",
            headers={"Connection": "close"},
        ) from None
    except ClientDisconnect:
        raise Problem(400, "cut_off", "the connection ended before the body did") from None
    return b"".join(chunks)


async def read_json(request: Request) -> Any:
    """Return the decoded JSON body. Raises Problem 413, 408, 415 or 400."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Problem(415, "not_json", "send JSON: Content-Type: application/json")
    body = await read_body(request)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(
            400, "bad_json", f"the body is no JSON (line {error.lineno}, column {error.colno})"
        ) from None


def _too_large() -> Problem:
    return Problem(
        413, "too_large", "at most 1 MiB and 500 events in one request", headers={"Connection": "close"}
    )
