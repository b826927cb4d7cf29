"""An address that is none: a page in the reader's language for a browser, a problem for a program."""

import pytest
from starlette.datastructures import Headers

from services.serving.no_page import no_page

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("more", "language", "title"),
    [
        ({}, "en", "Page not found"),
        ({"accept-language": "de-AT,de;q=0.9,en;q=0.8"}, "de", "Seite nicht gefunden"),
        ({"accept-language": "fr-CA,fr;q=0.8"}, "fr", "Page introuvable"),
        ({"accept-language": "it-IT"}, "en", "Page not found"),
        ({"accept-language": "en", "cookie": "a=b; stillwatch_language=de"}, "de", "Seite nicht gefunden"),
        ({"accept-language": "de", "cookie": "stillwatch_language=xx"}, "de", "Seite nicht gefunden"),
        ({"cookie": "\x00=;;stillwatch_language"}, "en", "Page not found"),
    ],
)
def test_a_browser_gets_a_page_in_the_readers_language(
    more: dict[str, str], language: str, title: str
) -> None:
    answer = no_page(Headers({"accept": BROWSER, **more}))
    text = bytes(answer.body).decode()
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in text
    assert f"<h1>{title}</h1>" in text
    assert '<a href="/">' in text


@pytest.mark.parametrize("accept", ["", "*/*", "application/json"])
def test_a_program_gets_a_problem(accept: str) -> None:
    answer = no_page(Headers({"accept": accept}))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
