"""What a reader sees at an address that is none: a page in the reader's language, and the way to ours."""

from html import escape
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from services.api.problems import Problem, respond
from services.serving.plain_page import plain_page
from services.translation import LANGUAGE_COOKIE, LANGUAGES, Words, language_of

BODY = """<p>{told}</p>
<p><a href="/">{home}</a></p>"""


def no_page(headers: Headers) -> Response:
    """Return 404, as a page for whoever asks for one, and as a problem for programs."""
    if "text/html" not in headers.get("accept", ""):
        return respond(
            Problem(404, "not_found", "there is nothing at this address; Stillwatch's pages begin at /")
        )
    words = Words(language_of_visitor(headers))
    texts = {
        "told": words.text("There is nothing at this address. It may have been mistyped, or be out of date."),
        "home": words.text("To the overview"),
    }
    escaped = {name: escape(text) for name, text in texts.items()}
    page = plain_page(words.language, words.text("Page not found"), BODY.format(**escaped), above="15vh")
    return HTMLResponse(page, 404, {"Vary": "Accept, Accept-Language, Cookie"})


def language_of_visitor(headers: Headers) -> str:
    """Return the language that was chosen in the interface, else the one that the browser likes best."""
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    except CookieError:
        chosen = None
    if chosen is not None and chosen.value in LANGUAGES:
        return chosen.value
    return language_of(headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip())
