"""The one route that a busy account's events take, without the layers that all others pass through."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from starlette.types import Receive, Scope, Send

from services.api.body import bounded

Handler = Callable[[Request], Awaitable[Response]]


class Direct:
    """ASGI application: an endpoint of ``api``, its errors answered as ``api`` answers them.

    FastAPI's routing, dependencies and middleware take twice the time of such an endpoint, commit included.
    The same endpoint stays in ``api`` for the OpenAPI document and for every method but its own.
    """

    def __init__(self, api: FastAPI, endpoint: Handler) -> None:
        self._api = api
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self._api
        request = Request(scope, bounded(receive))
        try:
            response = await self._endpoint(request)
        except Exception as error:
            handlers = self._api.exception_handlers
            handle = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
            response = await handle(request, error)  # type: ignore[misc]  # ours are all coroutines
        await response(scope, receive, send)
