"""The app's installation page in a real browser, with a stand-in for Freshworks' client script."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from services.integrations.injixo_key import generate

CONFIG = Path(__file__).resolve().parents[2] / "injixo_app/config"
SITE = "https://freshworks.invalid"
CLIENT = """
window.app = { initialized: async () => ({ request: { invokeTemplate: async (name, { context }) => {
  const answer = await window.stillwatch(name, context);
  if (answer.status >= 400) throw answer;
  return answer;
} } }) };
"""
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
CONNECTED = {"status": 200, "response": json.dumps({"integration": {"id": "i", "name": "Shop Berlin"}})}
REVOKED = {"status": 401, "response": json.dumps({"code": "revoked_key"})}


def serve(route: Route) -> None:
    """Answer from the app's folder, and nothing from anywhere else."""
    url = route.request.url
    if url == f"{SITE}/appclient.js":
        route.fulfill(body=CLIENT, content_type="text/javascript")
        return
    file = CONFIG / url.removeprefix(f"{SITE}/")
    if not url.startswith(f"{SITE}/") or not file.is_file():
        route.abort()
        return
    text = file.read_text(encoding="utf-8").replace("{{{appclient}}}", "/appclient.js")
    route.fulfill(body=text, content_type=f"{KINDS[file.suffix]}; charset=utf-8")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open the page: ``open_page(answer, locale=..., color_scheme=...)``."""
    contexts = []

    def open_it(answer: dict[str, Any], **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", serve)
        page.expose_function("stillwatch", lambda *_: answer)
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.on("requestfailed", lambda request: pytest.fail(f"the page asks for {request.url}"))
        page.goto(f"{SITE}/iparams.html")
        return page

    yield open_it
    for context in contexts:
        context.close()


def test_the_page_is_used_with_the_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page(CONNECTED, locale="en-GB")
    key, _ = generate()
    page.keyboard.press("Tab")
    page.keyboard.type("https://Stillwatch.example.com/")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Stillwatch address")).to_have_value("stillwatch.example.com")
    page.keyboard.type(key)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Check connection")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Connected to Shop Berlin")
    assert page.evaluate("validate()") is True
    assert page.evaluate("postConfigs()") == {
        "__meta": {"secure": ["injixo_api_key"]},
        "stillwatch_host": "stillwatch.example.com",
        "injixo_api_key": key,
    }


def test_a_refused_key_is_explained_in_german(open_page: Callable[..., Page]) -> None:
    page = open_page(REVOKED, locale="de-DE")
    page.get_by_label("Stillwatch-Adresse").fill("stillwatch.example.com")
    page.get_by_label("injixo API-Key").fill(generate()[0])
    page.get_by_role("button", name="Verbindung prüfen").click()
    expect(page.get_by_role("status")).to_contain_text("Dieser Key wurde widerrufen")
    assert page.evaluate("validate()") is False


def luminance(colour: str) -> float:
    """Return the relative luminance of a CSS colour (WCAG 2.2)."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_every_text_can_be_read_in_light_and_dark(open_page: Callable[..., Page], color_scheme: str) -> None:
    page = open_page(REVOKED, locale="en-GB", color_scheme=color_scheme)
    page.get_by_label("Stillwatch address").fill("stillwatch.example.com")
    page.get_by_label("injixo API key").fill(generate()[0])
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("revoked")
    colours = page.evaluate(
        """() => [...document.querySelectorAll('p, label, input, button')].map((element) => {
            const painted = (node) => getComputedStyle(node).backgroundColor;
            let behind = element;
            while (painted(behind) === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
            return [element.id || element.className, getComputedStyle(element).color, painted(behind)];
        })"""
    )
    assert len(colours) > 8
    for name, text, behind in colours:
        lighter, darker = sorted((luminance(text), luminance(behind)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, name
