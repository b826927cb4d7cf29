"""Where a page went whose address is out in the world: a browser is led on before the interface starts."""

from urllib.parse import parse_qsl

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OF_THE_CONTACTS = frozenset({"integration", "view", "day", "interval", "queues"})
"""What an address of the contacts page asked for while that page stood at the root."""


class Moved:
    """ASGI middleware: leads from the contacts' former address to their own, and from the overview's name to the root.

    A redirect and no switch of pages, which would leave the old address in the history: Back would lead nowhere.
    """

    def __init__(self, interface: ASGIApp) -> None:
        self._interface = interface

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        moved_to = new_address(scope["path"], scope["query_string"]) if scope["type"] == "http" else None
        answer = self._interface if moved_to is None else RedirectResponse(moved_to)
        await answer(scope, receive, send)


def new_address(path: str, query: bytes) -> str | None:
    """Return where the page at this address is now, None where it did not move."""
    asked = {name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
    if path == "/" and asked & OF_THE_CONTACTS:
        return f"/contacts?{query.decode('latin-1')}"
    if path == "/overview":
        return f"/?{query.decode('latin-1')}".rstrip("?")
    return None
