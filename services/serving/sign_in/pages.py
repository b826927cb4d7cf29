"""The pages before the door: drawn by the server, without scripts, in the visitor's language and colours."""

from jinja2 import Environment
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from services.brand import DRAWING, ICON, NAME
from services.serving.no_page import language_of_visitor
from services.translation import LANGUAGES, N_, Words

STYLE = Markup("""
:root { color-scheme: light dark; --ground: #f2f6f7; --card: #fff; --ink: #0e1a1f; --soft: #52636a; --line: #ccd7da;
        --edge: #76878e; --action: #0b6b74; --link: #0b6b74; --wrong: #a3202c }
@media (prefers-color-scheme: dark) {
  :root { --ground: #080d10; --card: #131c21; --ink: #e6eef0; --soft: #a9b8be; --line: #34464d; --edge: #667a83;
          --action: #168290; --link: #6cc7cf; --wrong: #ff9a9f }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--ground);
       color: var(--ink); font: 1rem/1.5 "Source Sans Pro", "Source Sans 3", system-ui, sans-serif }
main { width: 100%; max-width: 25rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
       padding: 2rem }
header { display: flex; align-items: center; gap: .75rem; font-size: 1.35rem; font-weight: 600 }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 1.5rem 0 .5rem }
p { margin: 0 0 1rem }
label { display: block; font-weight: 600; margin: 1rem 0 .3rem }
input { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--edge);
        border-radius: .4rem; padding: .6rem .75rem }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
button, .button { display: block; width: 100%; margin-top: 1.25rem; padding: .65rem 1rem; font: inherit;
         font-weight: 600; text-align: center; text-decoration: none; color: #fff; background: var(--action); border: 0;
         border-radius: .4rem; cursor: pointer }
.wrong { color: var(--wrong); border-inline-start: 3px solid var(--wrong); padding-inline-start: .75rem }
form .soft { margin: .5rem 0 0 }
.soft, footer { color: var(--soft); font-size: .9rem }
.or ~ .button { color: var(--link); background: none; border: 1px solid var(--link) }
.or { text-align: center; margin: 1.25rem 0 0; color: var(--soft) }
footer { margin-top: 1.75rem; display: flex; gap: 1rem }
a { color: var(--link) }
""")
PAGE = """<!doctype html>
<html lang="{{ words.language }}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{ title }} · {{ name }}</title>
<link rel="icon" href="{{ icon }}">
<style>{{ style }}</style>
<main>
<header><svg viewBox="0 0 32 32" width="40" height="40" aria-hidden="true">{{ drawing|safe }}</svg> {{ name }}</header>
<h1>{{ title }}</h1>
{% if wrong %}<p class="wrong" role="alert">{{ wrong }}</p>{% endif %}
{% if told %}<p>{{ told }}</p>{% endif %}
{% if fields %}
<form method="post" action="{{ action }}">
{% for name, value in hidden.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">{% endfor %}
{% if known_as %}<input type="text" autocomplete="username" value="{{ known_as }}" hidden>{% endif %}
{% for field in fields %}
<label for="{{ field.name }}">{{ field.label }}</label>
<input id="{{ field.name }}" name="{{ field.name }}" type="{{ field.kind }}" value="{{ field.value }}"
 autocomplete="{{ field.fills }}" required
 {% if not field.value and (loop.first or loop.previtem.value) %}autofocus{% endif %}
 {% if field.shortest %}minlength="{{ field.shortest }}"{% endif %}>
{% endfor %}
{% if hint %}<p class="soft">{{ hint }}</p>{% endif %}
<button>{{ button }}</button>
</form>
{% endif %}
{% if providers and fields %}<p class="or">{{ or_ }}</p>{% endif %}
{% for address, label in providers %}<a class="button" href="{{ address }}">{{ label }}</a>
{% endfor %}
{% if link %}<p><a href="{{ link }}">{{ link_label }}</a></p>{% endif %}
<footer>{% for code, name, address in languages %}{% if code == words.language %}<span>{{ name }}</span>
{% else %}<a href="{{ address }}" lang="{{ code }}">{{ name }}</a>{% endif %}{% endfor %}</footer>
</main>
</html>
"""
STORE_DOWN = N_("The database does not answer. Nothing is lost; try again in a moment.")
_template = Environment(autoescape=True).from_string(PAGE)
FOR_NOBODY_ELSE = {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}


def page(words: Words, title: str, status: int = 200, here: str = "/sign-in?", **parts: object) -> Response:
    """Return a page of this title. ``here``: its own address, to which the choice of a language is added."""
    usual: dict[str, object] = {"hidden": {}, "fields": [], "providers": [], "wrong": "", "told": ""}
    languages = [(code, language.name, f"{here}language={code}") for code, language in LANGUAGES.items()]
    text = _template.render(
        words=words,
        title=title,
        name=NAME,
        icon=ICON,
        drawing=DRAWING,
        style=STYLE,
        languages=languages,
        **{**usual, **parts},
    )
    return HTMLResponse(text, status, FOR_NOBODY_ELSE)


def words_of(headers: Headers, asked: str | None = None) -> Words:
    """Return how the visitor is spoken to: as they asked, as they chose before, or as their browser likes best."""
    return Words(asked if asked in LANGUAGES else language_of_visitor(headers))


def not_known(headers: Headers, name: str = "") -> Response:
    """Return that whoever was named has no role here."""
    words = words_of(headers)
    told = N_("You are signed in, but have no role in Stillwatch. Ask an admin to add you.")
    named = N_("You are signed in as {name}, but have no role in Stillwatch. Ask an admin to add you.")
    return page(
        words,
        words.text(N_("No access")),
        403,
        told=words.text(named, name=name) if name else words.text(told),
        link="/sign-in",
        link_label=words.text(N_("To the sign-in")),
    )


def store_down(headers: Headers) -> Response:
    """Return that the store does not answer."""
    return trouble(words_of(headers), STORE_DOWN, 503)


def trouble(words: Words, told: str, status: int, again: str = "/sign-in", **values: str) -> Response:
    """Return what went wrong on the way in, with the ``values`` that it names, and the way to begin again."""
    return page(
        words,
        words.text(N_("Signing in did not work")),
        status,
        wrong=words.text(told, **values),
        link=again,
        link_label=words.text(N_("Try again")),
    )
