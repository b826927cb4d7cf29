"""What a reader sees at an address that is none: a page in the reader's language, and the way to ours."""

from html import escape
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from services.api.problems import Problem, respond
from services.translation import LANGUAGE_COOKIE, LANGUAGES, Words, language_of

PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Stillwatch</title>
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.5rem }}
</style>
<h1>{title}</h1>
<p>{told}</p>
<p><a href="/">{home}</a></p>
</html>
"""


def no_page(headers: Headers) -> Response:
    """Return 404, as a page for whoever asks for one, and as a problem for programs."""
    if "text/html" not in headers.get("accept", ""):
        return respond(
            Problem(404, "not_found", "there is nothing at this address; Stillwatch's pages begin at /")
        )
    words = Words(language_of_visitor(headers))
    texts = {
        "title": words.text("Page not found"),
        "told": words.text("There is nothing at this address. It may have been mistyped, or be out of date."),
        "home": words.text("To the overview"),
    }
    escaped = {name: escape(text) for name, text in texts.items()}
    return HTMLResponse(
        PAGE.format(language=words.language, **escaped), 404, {"Vary": "Accept, Accept-Language, Cookie"}
    )


def language_of_visitor(headers: Headers) -> str:
    """Return the language that was chosen in the interface, else the one that the browser likes best."""
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    except CookieError:
        chosen = None
    if chosen is not None and chosen.value in LANGUAGES:
        return chosen.value
    return language_of(headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip())
