"""The control page: plain HTML with forms, no script, nothing loaded from elsewhere, in German or English."""

from dataclasses import fields
from html import escape
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.answers import Refused
from simulator.control import Control
from simulator.control_texts import in_german
from simulator.control_view import Page, document, words
from simulator.switches import Switches

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
.warning { border: 3px solid #b45309; padding: .5rem 1rem; font-weight: 600; }
section { border-top: 1px solid #8886; margin-top: 1.5rem; }
form { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .25rem .5rem .25rem 0; }
form.all { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); }
label { display: flex; flex-direction: column; } label.check { flex-direction: row; gap: .5rem; }
input, select, button { font: inherit; padding: .3rem .6rem; } dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
code { overflow-wrap: anywhere; } :focus-visible { outline: 3px solid #2563eb; outline-offset: 2px; }
"""
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # without a referrer, browsers send forms with the origin "null"
    "Cache-Control": "no-store",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class OwnerOnly:
    """Lets only this computer's own pages and programs use the control: no other site may press a button."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(("/v2/", "/api/v2/")):
            headers = Headers(scope=scope)
            host, origin = headers.get("host", ""), headers.get("origin")
            foreign = origin is not None and urlsplit(origin).netloc != host
            if urlsplit(f"//{host}").hostname not in LOOPBACK or foreign:
                await PlainTextResponse("Only for pages of this address", 403)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def routes(control: Control) -> list[Route]:
    """Return the page's routes."""

    async def page(request: Request) -> Response:
        german = in_german(request.headers.get("accept-language", ""))
        return HTMLResponse(Page(control, german, str(request.base_url)).html(), headers=SECURITY)

    async def style(_: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    async def form(request: Request) -> Response:
        values = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        german = in_german(request.headers.get("accept-language", ""))
        try:
            await _act(control, values)
        except Refused as refused:
            say = words(german)
            text = (
                f"<h1>{say('wrong')}</h1><p>{escape(refused.message)}</p><p><a href='/'>{say('back')}</a></p>"
            )
            return HTMLResponse(document(german, say("wrong"), text), 400, headers=SECURITY)
        return RedirectResponse("/", 303)

    return [
        Route("/", page),
        Route("/control/page.css", style),
        Route("/control/form", form, methods=["POST"]),
    ]


async def _act(control: Control, values: dict[str, str]) -> None:
    """Do what a form asks for. Raises Refused."""
    action = values.pop("action", "")
    if action == "switches":
        control.change(
            {
                it.name: values.get(it.name, "false" if it.type is bool else it.default)
                for it in fields(Switches)
            }
        )
    elif action == "set":
        control.change(values)
    elif action == "app":
        await control.install_key(values.get("key", ""), values.get("target"))
    elif action in ("regenerate", "revoke"):
        control.renew_token(action)
    elif action == "webhook":
        control.webhook.target = values.get("target", "").strip()
    elif action == "resolve":
        count, ago = values.get("count", "1"), values.get("minutes_ago", "0")
        numbers = {
            "count": int(count) if count.isdecimal() else 0,
            "minutes_ago": int(ago) if ago.isdecimal() else 0,
        }
        control.resolve(numbers | {"group": values.get("group") or None})
    elif action in ("rename", "delete"):
        control.change_group(values.get("group", ""), values.get("name") if action == "rename" else None)
    elif action == "reset":
        control.reset()
