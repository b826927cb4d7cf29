"""Freshchat at the network's edge: answers from a list or a function, and what it was asked."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx

from services.freshchat.client import FreshchatClient
from services.freshchat.gate import Gate

SAMPLES = Path(__file__).parents[2] / "fixtures" / "freshchat" / "rest"
BASE_URL = "https://example.freshchat.com"
KEY = "a-freshchat-api-key"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def answer(
    body: Any = None, status: int = 200, headers: dict[str, str] | None = None, *, raw: bytes | None = None
) -> httpx.Response:
    """Make an answer that is read from the network piece by piece, as a real one is."""
    given = {"Content-Type": "application/json"} | (headers or {})
    content = raw if raw is not None else json.dumps(body).encode()
    return httpx.Response(status, headers=given, stream=httpx.ByteStream(content))


class FakeFreshchat:
    """Gives its answers one after the other, or asks a function for them."""

    def __init__(self, answers: Iterable[Any] | Callable[[httpx.Request], httpx.Response]) -> None:
        self._answers = answers if callable(answers) else iter(answers)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def client(
        self, *, gate: Gate | None = None, attempts: int = 3, base_url: str = BASE_URL
    ) -> FreshchatClient:
        return FreshchatClient(
            base_url,
            KEY,
            http=httpx.Client(transport=httpx.MockTransport(self._answer)),
            gate=gate or Gate(),
            attempts=attempts,
            sleep=self.pauses.append,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = self._answers(request) if callable(self._answers) else next(self._answers)
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, httpx.Response) else answer(found)
