"""What a browser loads before a page can be drawn: the interface's own HTML and its files, packed, and early.

The files' names hold a hash of what is in them, so each is packed once and stays with a browser for good. The
interface itself asks for its parts one after another, as the first messages of a page need them; ours are known
beforehand, so that its HTML asks for them at once.
"""

import gzip
import re
from collections.abc import Collection, Iterable
from functools import cache
from mimetypes import guess_type
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.brand import ICON, NAME

DRAWN_FIRST = (
    "Html",
    "BidiComponent",
    "Button",
    "ButtonGroup",
    "Selectbox",
    "Multiselect",
    "DateInput",
    "PageLink",
    "Metric",
    "DownloadButton",
    "ArrowVegaLiteChart",
    "loadVegaEmbed",
    "embed",
    "vega-interpreter",
)
"""Streamlit's names of the parts that nearly every page of ours is made of."""
FILES = "/static/"
FOR_GOOD = "public, immutable, max-age=31536000"
WORTH_PACKING = frozenset({".js", ".css"})
_IMPORTED = re.compile(r"""(?:\bfrom|\bimport)"\./([\w.-]+\.js)\"""")
_TITLE = re.compile(r"(?<=<title>)[^<]*(?=</title>)")
_ICON = re.compile(r'(?<=<link rel="shortcut icon" href=")[^"]*(?=")')
_AT_THE_ROOT = "<script>window.__streamlit = {BACKEND_BASE_URL: window.location.origin}</script>"
"""Where the server is. Without it, the interface looks for it below the page's own address first."""


def page_of(interface: Path) -> str:
    """Return the HTML in which the interface of this folder runs, with all that our pages need asked for at once.

    A tab bears our name and mark from the beginning, not the interface's until the first message of a page comes.
    """
    page = (interface / "index.html").read_text(encoding="utf-8")
    scripts = interface / "static" / "js"
    links = "".join(
        f'\n    <link rel="modulepreload" fetchpriority="low" crossorigin href=".{FILES}js/{name}">'
        for name in _with_imports(scripts, _named(scripts, DRAWN_FIRST), page)
    )
    page = _ICON.sub(ICON, _TITLE.sub(NAME, page, count=1), count=1)
    return page.replace("<head>", f"<head>\n    {_AT_THE_ROOT}", 1).replace(
        "</head>", f"{links}\n  </head>", 1
    )


def _named(scripts: Path, parts: Iterable[str]) -> list[str]:
    """Return the files of these parts. One that a newer interface no longer has is asked for when it is needed."""
    return [found.name for part in parts for found in sorted(scripts.glob(f"{part}.*.js"))]


def _with_imports(scripts: Path, names: Iterable[str], page: str) -> list[str]:
    """Return the files and all that they import, each once, the importing first; not what the page asks for itself."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in found and name not in page:
            found[name] = None
            waiting.extend(_IMPORTED.findall((scripts / name).read_text(encoding="utf-8")))
    return list(found)


class InterfaceFiles:
    """ASGI middleware around the interface: answers for its page at these addresses and for its packed files.

    ``page``: its HTML; ``interface``: the folder that its files are in. All else the interface answers itself.
    """

    def __init__(self, app: ASGIApp, page: str, interface: Path, addresses: Collection[str]) -> None:
        self._app = app
        self._page = page.encode()
        self._packed_page = gzip.compress(self._page, mtime=0)
        self._addresses = addresses
        names = (file for file in (interface / "static").rglob("*") if file.suffix in WORTH_PACKING)
        self._files = {f"/{file.relative_to(interface).as_posix()}": file for file in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = (
            await self._answer(scope)
            if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
            else None
        )
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        path, packs = scope["path"], "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if path in self._addresses:
            content = self._packed_page if packs else self._page
            return Response(content, headers=_headers("no-cache", packed=packs), media_type="text/html")
        if path not in self._files or not packs:
            return None
        content = await run_in_threadpool(_packed, self._files[path])
        return Response(content, headers=_headers(FOR_GOOD, packed=True), media_type=guess_type(path)[0])


def _headers(kept: str, *, packed: bool) -> dict[str, str]:
    encoding = {"Content-Encoding": "gzip"} if packed else {}
    return {"Cache-Control": kept, "Vary": "Accept-Encoding"} | encoding


@cache
def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)
