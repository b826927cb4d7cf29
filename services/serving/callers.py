"""How much one address may have under way."""

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from services.addresses import is_loopback, network_of
from services.api.problems import Problem, respond

MOST_OF_ONE_ADDRESS = 250


class SharedOut:
    """ASGI middleware: so many requests and WebSockets of one caller at a time, also of those behind our proxy."""

    def __init__(self, app: ASGIApp, most: int = MOST_OF_ONE_ADDRESS) -> None:
        self._app = app
        self._most = most
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = scope["client"][0] if scope["type"] != "lifespan" and scope["client"] else "127.0.0.1"
        if is_loopback(host):
            await self._app(scope, receive, send)
            return
        caller = network_of(host)
        if self._under_way[caller] >= self._most:
            await _refuse(scope, receive, send)
            return
        self._under_way[caller] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way[caller] -= 1
            if not self._under_way[caller]:
                del self._under_way[caller]


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1013})
        return
    problem = Problem(
        429, "too_many", "too many requests of one address at a time", headers={"Retry-After": "1"}
    )
    await respond(problem)(scope, receive, send)
