"""The control page: plain HTML with forms, no script, nothing loaded from elsewhere, in German or English."""

from dataclasses import fields
from html import escape
from typing import Any, Literal, get_args, get_origin
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.answers import Refused
from simulator.control import Control
from simulator.control_texts import SWITCHES, TEXTS, in_german
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
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
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
        return HTMLResponse(_Page(control, german, str(request.base_url)).html(), headers=SECURITY)

    async def style(_: Request) -> Response:
        return Response(STYLE, media_type="text/css")

    async def form(request: Request) -> Response:
        values = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
        german = in_german(request.headers.get("accept-language", ""))
        try:
            await _act(control, values)
        except Refused as refused:
            say = _words(german)
            text = (
                f"<h1>{say('wrong')}</h1><p>{escape(refused.message)}</p><p><a href='/'>{say('back')}</a></p>"
            )
            return HTMLResponse(_document(german, say("wrong"), text), 400, headers=SECURITY)
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


def _words(german: bool) -> Any:
    return lambda name: escape(TEXTS[name][german])


def _document(german: bool, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{"de" if german else "en"}"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/control/page.css">'
        f"<main>{body}</main></html>"
    )


class _Page:
    """Writes the page as it stands now."""

    def __init__(self, control: Control, german: bool, address: str) -> None:
        self.german, self.say, self.address = german, _words(german), address.rstrip("/")
        self.state, self.switches = control.state(), control.account.switches

    def html(self) -> str:
        say = self.say
        parts = [
            f"<h1>{say('title')}</h1><p class='warning' role='note'>{say('warning')}</p>",
            f"<p><a href='/'>{say('refresh')}</a></p>",
            self._account(),
            self._app(),
            self._quick(),
            self._webhook(),
            f"<section><h2>{say('switches')}</h2>{self._every_switch()}</section>",
        ]
        return _document(self.german, say("title"), "".join(parts))

    def _account(self) -> str:
        say, state = self.say, self.state
        facts = {
            "domain": state["account_domain"],
            "address": f"{self.address}/v2",
            "token": state["token"],
            "last_hour": state["resolved_in_the_last_hour"],
        }
        total = f"<dt>{say('all')} {state['history_from'][:10]}</dt><dd>{state['resolved']}</dd>"
        buttons = self._button("regenerate", "regenerate") + self._button("revoke", "revoke")
        note = f"<p>{say('token_note')}</p>"
        return f"<section><h2>{say('account')}</h2>{self._facts(facts, total)}{buttons}{note}</section>"

    def _app(self) -> str:
        say, app = self.say, self.state["app"]
        answers = "; ".join(
            f"{name}: {it['status']} {it['body'] or ''}" for name, it in app["answers"].items()
        )
        facts = {
            "state": TEXTS["installed" if app["installed"] else "uninstalled"][self.german],
            "key_now": app["key"] or TEXTS["none"][self.german],
            "history": f"{app['history']['state']} ({app['history']['sent']})",
            "counts": ", ".join(f"{name} {value}" for name, value in app["counts"].items()),
            "answer": answers or TEXTS["none"][self.german],
        }
        form = self._form(
            "app",
            "save",
            self._input("target", "target", app["target"], size=32)
            + self._input("key", "key", "", size=48, extra="autocomplete='off' spellcheck='false'"),
        )
        return f"<section><h2>{say('app')}</h2>{self._facts(facts)}{form}</section>"

    def _quick(self) -> str:
        on, groups = self.switches, self._groups()
        count = self._input("how_many", "count", "10", kind="number") + groups
        ago = self._input("minutes_ago", "minutes_ago", "0", kind="number")
        pieces = [
            self._set("kill", app_installed="false")
            if on.app_installed
            else self._set("revive", app_installed="true"),
            self._set("speak", quiet="false") if on.quiet else self._set("hush", quiet="true"),
            self._set("lose_none", lose_share="0")
            if on.lose_share
            else self._set("lose_most", lose_share="0.6"),
            self._set("find_queue", lose_group="")
            if on.lose_group
            else self._form("set", "lose_queue", self._groups("lose_group")),
            self._form("resolve", "resolve", count + ago),
            self._form("rename", "rename", groups + self._input("new_name", "name", "")),
            self._form("delete", "delete", groups),
            self._button("reset", "reset"),
        ]
        return f"<section><h2>{self.say('quick')}</h2>{''.join(pieces)}</section>"

    def _webhook(self) -> str:
        hook = self.state["webhook"]
        facts = {
            "public_key": hook["public_key"],
            "counts": ", ".join(f"{k} {v}" for k, v in hook["counts"].items()),
        }
        form = self._form(
            "webhook", "apply", self._input("webhook_target", "target", hook["target"], size=60)
        )
        return f"<section><h2>{self.say('webhook')}</h2>{self._facts(facts)}{form}</section>"

    def _every_switch(self) -> str:
        rows = []
        for it in fields(Switches):
            label, value = escape(SWITCHES[it.name][self.german]), getattr(self.switches, it.name)
            if it.type is bool:
                checked = " checked" if value else ""
                box = f"<input type='checkbox' name='{it.name}' value='true'{checked}>"
                rows.append(f"<label class='check'>{box}{label}</label>")
            elif get_origin(it.type) is Literal:
                options = "".join(_option(choice, choice == value) for choice in get_args(it.type))
                rows.append(f"<label>{label}<select name='{it.name}'>{options}</select></label>")
            else:
                rows.append(
                    f"<label>{label}<input name='{it.name}' value='{escape(str(value), quote=True)}'></label>"
                )
        return self._form("switches", "apply", "".join(rows), css=" class='all'")

    def _groups(self, name: str = "group") -> str:
        names = [it["name"] for it in self.state["groups"] if not it["deleted"]]
        options = "".join(_option(it, False) for it in names)
        return f"<label>{self.say('group')}<select name='{name}'>{options}</select></label>"

    def _facts(self, facts: dict[str, Any], more: str = "") -> str:
        shown = "".join(self._fact(name, it) for name, it in facts.items())
        return f"<dl>{shown}{more}</dl>"

    def _fact(self, name: str, value: Any) -> str:
        return f"<dt>{self.say(name)}</dt><dd><code>{escape(str(value))}</code></dd>"

    def _input(
        self, label: str, name: str, value: str, *, kind: str = "text", size: int = 12, extra: str = ""
    ) -> str:
        given = escape(value, quote=True)
        box = f"<input type='{kind}' name='{name}' value='{given}' size='{size}' {extra}>"
        return f"<label>{self.say(label)}{box}</label>"

    def _form(self, action: str, label: str, inside: str, css: str = "") -> str:
        button = f"<button name='action' value='{action}'>{self.say(label)}</button>"
        return f"<form method='post' action='/control/form'{css}>{inside}{button}</form>"

    def _button(self, action: str, label: str) -> str:
        return self._form(action, label, "")

    def _set(self, label: str, **values: str) -> str:
        hidden = "".join(
            f"<input type='hidden' name='{name}' value='{value}'>" for name, value in values.items()
        )
        return self._form("set", label, hidden)


def _option(value: str, chosen: bool) -> str:
    return (
        f"<option value='{escape(value, quote=True)}'{' selected' if chosen else ''}>{escape(value)}</option>"
    )
