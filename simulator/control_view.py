"""The control page's HTML: forms without script, every field with its label."""

from dataclasses import fields
from html import escape
from typing import Any, Literal, get_args, get_origin

from simulator.control import Control
from simulator.control_texts import SWITCHES, TEXTS
from simulator.switches import Switches


def words(german: bool) -> Any:
    return lambda name: escape(TEXTS[name][german])


def document(german: bool, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{"de" if german else "en"}"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="/control/page.css">'
        f"<main>{body}</main></html>"
    )


class Page:
    """Writes the page as it stands now."""

    def __init__(self, control: Control, german: bool, address: str) -> None:
        self.german, self.say, self.address = german, words(german), address.rstrip("/")
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
        return document(self.german, say("title"), "".join(parts))

    def _account(self) -> str:
        say, state = self.say, self.state
        facts = {
            "domain": state["account_domain"],
            "address": f"{self.address}/v2",
            "token": state["token"],
            "last_hour": state["resolved_in_the_last_hour"],
            "broken": self._broken(),
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
            "key_now": app["key"] or TEXTS["no_key"][self.german],
            "history": f"{self._history(app['history']['state'])} ({app['history']['sent']})",
            "counts": self._counts(app["counts"]),
            "answer": answers or TEXTS["no_answer"][self.german],
        }
        form = self._form(
            "app",
            "save",
            self._input("target", "target", app["target"], size=32)
            + self._input("key", "key", "", size=48, extra="autocomplete='off' spellcheck='false'"),
        )
        return f"<section><h2>{say('app')}</h2>{self._facts(facts)}{form}</section>"

    def _history(self, state: str) -> str:
        """Say in words how far the history is; a stop names the status that caused it."""
        if state in TEXTS:
            return TEXTS[state][self.german]
        return f"{TEXTS['stopped'][self.german]} {state.rpartition(' ')[2]}"

    def _counts(self, counts: dict[str, int]) -> str:
        return ", ".join(f"{value} {TEXTS[name][self.german]}" for name, value in counts.items())

    def _broken(self) -> str:
        """Name every switch that is not as it is in an account in order."""
        moved = [it.name for it in fields(Switches) if getattr(self.switches, it.name) != it.default]
        return "; ".join(SWITCHES[name][self.german] for name in moved) or TEXTS["none"][self.german]

    def _quick(self) -> str:
        on, groups = self.switches, self._groups()
        count = self._input("how_many", "count", "10", kind="number") + groups
        ago = self._input("minutes_ago", "minutes_ago", "0", kind="number")
        pieces = [
            self._set("kill", app_installed="false")
            if on.app_installed
            else self._set("revive", app_installed="true"),
            self._set("speak", quiet="false") if on.quiet else self._set("hush", quiet="true"),
            self._set("workday", holiday="false") if on.holiday else self._set("feast", holiday="true"),
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
            "counts": self._counts(hook["counts"]),
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
