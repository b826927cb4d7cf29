"""From an empty start to a contact, and from a revoked key to the remedy, as a reader goes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AT_REST, FRESHCHAT_API_KEY, Stillwatch

KEY = re.compile(r"^ijx_\w{10}_\w+_\w+$")


def event() -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"chat_id": "chat-1", "resolved_at": now, "group": {"id": "g1", "name": "Kundensupport"}}


def add_integration(page: Page, name: str) -> None:
    page.get_by_role("button", name="Add integration").click()
    page.get_by_role("button", name="Select model").click()
    page.get_by_role("button", name="Add integration").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("textbox", name="Freshchat domain").fill("https://Example.freshchat.com/inbox")
    expect(page.get_by_text("Stillwatch will use example.freshchat.com.")).to_be_visible()
    page.get_by_role("textbox", name="API key").fill(FRESHCHAT_API_KEY)
    page.get_by_role("button", name="Save integration").click()
    expect(page.get_by_role("heading", name="Install the injixo app")).to_be_visible()
    expect(page.get_by_text("Operational")).to_be_visible()


def generate_key(page: Page) -> str:
    page.get_by_role("button", name="Generate injixo API key").click()
    key = page.get_by_text(KEY).inner_text().strip()
    expect(page.get_by_text("Waiting for the first sign of life")).to_be_visible()
    assert key not in page.url
    return key


def test_from_an_empty_start_to_a_contact_and_from_a_revoked_key_to_the_remedy(
    empty_stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    page = visit(empty_stillwatch.url)
    expect(page.get_by_role("heading", name="Connect your Freshchat account")).to_be_visible()

    add_integration(page, "Customer service")
    key = generate_key(page)
    checked = empty_stillwatch.call("GET", "/connection", key)
    assert checked.status_code == 200, checked.text
    assert checked.json()["integration"]["name"] == "Customer service"
    expect(page.get_by_text("Connected: the injixo app last reported")).to_be_visible()

    sent = empty_stillwatch.call("POST", "/events", key, json=event())
    assert (sent.status_code, sent.json()) == (202, {"accepted": 1, "duplicates": 0, "ignored": 0})
    page.get_by_role("link", name="Contacts").click()
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("1")

    page.get_by_role("link", name="Integrations").click()
    expect(page.get_by_role("heading", name="Integrations")).to_be_visible()
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text(KEY)).to_have_count(0)
    page.get_by_role("tab", name="App and keys").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("button", name="Yes, revoke").click()
    expect(page.get_by_text("Revoked").first).to_be_visible()
    refused = empty_stillwatch.call("POST", "/events", key, json=event())
    assert (refused.status_code, refused.json()["code"]) == (401, "revoked_key")

    page.get_by_role("tab", name="Status").click()
    page.get_by_role("link", name="More on the data flow").click()
    expect(page.get_by_text(re.compile("has been refused since")).first).to_be_visible()
    expect(
        page.get_by_text(re.compile("Generate a new injixo API key here and paste it")).first
    ).to_be_visible()

    page.get_by_role("link", name="Integrations").click()
    expect(page.get_by_role("heading", name="Integrations")).to_be_visible()
    expect(page.get_by_text("Operational")).to_be_visible()  # the two are never mixed
    expect(page.get_by_text("Silent")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, really delete").click()
    expect(page.get_by_text("There is no integration yet.")).to_be_visible()


def test_the_start_speaks_the_browsers_language_and_keeps_the_one_that_was_chosen(
    empty_stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    page = visit(empty_stillwatch.url, locale="de-AT")
    expect(page.get_by_role("heading", name="Verbinde deinen Freshchat-Account")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_text("English").click()
    expect(page.get_by_role("heading", name="Connect your Freshchat account")).to_be_visible()
    page.get_by_role("button", name="Add integration").click()
    expect(page.get_by_role("heading", name="Add integration")).to_be_visible()
    page.get_by_role("link", name="Data flow").click()
    expect(page.get_by_role("heading", name="Connect your Freshchat account")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Connect your Freshchat account")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_an_admin_is_wider_than_a_phone(
    stillwatch: Stillwatch, visit: Callable[..., Page], scheme: str
) -> None:
    body = {"name": f"A fairly long name for a phone, {scheme}", "domain": "example.freshchat.com"}
    added = stillwatch.call("POST", "/integrations", json=body).json()["id"]
    stillwatch.call("POST", f"/integrations/{added}/keys")
    channel = {"name": "Rufbereitschaft an Wochenenden", "url": "json://127.0.0.1:9", "integrations": [added]}
    stillwatch.call("POST", "/channels", json=channel)
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": scheme, "locale": "de-DE"}
    page = visit(f"{stillwatch.url}/integrations", **phone)
    for path, heading in (
        ("integrations", "Integrationen"),
        (f"integration?integration={added}", "Installiere injixo-App"),
        ("add_integration", "Integration hinzufügen"),
        ("add_integration?vendor=freshworks&model=freshchat", "Zugangsdaten"),
        ("channels", "Benachrichtigungen"),
        ("people", "Personen und Programme"),
        ("audit", "Protokoll"),
    ):
        page.goto(f"{stillwatch.url}/{path}")
        expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
        main = page.get_by_test_id("stMain")
        assert main.evaluate("element => element.scrollWidth <= element.clientWidth"), path


CUT_OFF = """links => links.filter(link => [link, ...link.querySelectorAll("*")].some(
    part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX != "visible"
)).map(link => link.textContent)"""


@pytest.mark.parametrize("width", [1440, 390])
def test_no_link_of_a_page_is_cut_off(stillwatch: Stillwatch, visit: Callable[..., Page], width: int) -> None:
    body = {"name": f"Shown in full at {width}", "domain": "example.freshchat.com"}
    added = stillwatch.call("POST", "/integrations", json=body).json()["id"]
    page = visit(stillwatch.url, viewport={"width": width, "height": 900})
    for path in ("", f"integration?integration={added}&tab=status"):
        page.goto(f"{stillwatch.url}/{path}")
        links = page.get_by_test_id("stMain").get_by_test_id("stPageLink-NavLink")
        expect(links.first).to_be_visible()
        page.evaluate(AT_REST)
        assert links.evaluate_all(CUT_OFF) == []


def test_the_address_of_an_integration_outlives_a_reload_and_the_back_button(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    body = {"name": "Reload", "domain": "example.freshchat.com"}
    added = stillwatch.call("POST", "/integrations", json=body).json()["id"]
    page = visit(f"{stillwatch.url}/integration?integration={added}")
    expect(page.get_by_role("heading", name="Reload")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Reload")).to_be_visible()
    page.get_by_role("link", name="Contacts").click()
    expect(page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Reload")).to_be_visible()
