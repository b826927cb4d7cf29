"""Which addresses there are: Streamlit answers each that it does not know with its page, and we with 404.

The answer tells them apart: beside our pages nothing is HTML but what a reader downloads.
"""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.serving.no_page import no_page

DOWNLOADS = "/media/"
ROOTS = frozenset({"/", "/index.html"})


def with_roots(pages: Collection[str]) -> frozenset[str]:
    """Return the addresses of the pages with these names, and of the page that stands at the root."""
    return ROOTS | {f"/{name}" for name in pages}


class KnownPaths:
    """ASGI middleware around the interface: where there is no page, its HTML is withheld.

    ``pages``: the names of the pages, as they stand in their addresses.
    """

    def __init__(self, interface: ASGIApp, pages: Collection[str]) -> None:
        self._interface = interface
        self._pages = with_roots(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._may_be_html(scope["path"]):
            await self._interface(scope, receive, send)
            return
        withheld = False

        async def send_unless_page(message: Message) -> None:
            nonlocal withheld
            if message["type"] == "http.response.start":
                withheld = _is_page(message)
                if withheld:
                    await no_page(Headers(scope=scope))(scope, receive, send)
            if not withheld:
                await send(message)

        await self._interface(scope, receive, send_unless_page)

    def _may_be_html(self, path: str) -> bool:
        return path in self._pages or path.startswith(DOWNLOADS)


def _is_page(start: Message) -> bool:
    return start["status"] < 300 and Headers(raw=start["headers"]).get("content-type", "").startswith(
        "text/html"
    )
