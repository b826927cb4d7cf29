"""A new injixo API key is copied, or asked about before it is lost, and one click too many makes no second one."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Stillwatch
from tests.browser.test_forms import added

KEY = re.compile(r"^ijx_\w{10}_\w+_\w+$")
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {get: () => undefined})"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def keys_of(stillwatch: Stillwatch, integration_id: str) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = stillwatch.call("GET", f"/integrations/{integration_id}/keys").json()["keys"]
    return keys


def with_new_key(stillwatch: Stillwatch, visit: Callable[..., Page], name: str, **options: Any) -> Page:
    integration_id = added(stillwatch, name)
    page = visit(f"{stillwatch.url}/integration?integration={integration_id}", **options)
    page.get_by_role("button", name="Generate injixo API key").click()
    expect(page.get_by_text(KEY)).to_be_visible()
    return page


@pytest.mark.parametrize("clipboard", ["allowed", "missing"])
@pytest.mark.parametrize("reader", ["mouse", "touch"])
def test_the_key_is_copied_with_a_button_that_is_seen(
    stillwatch: Stillwatch, visit: Callable[..., Page], clipboard: str, reader: str
) -> None:
    options = PHONE if reader == "touch" else {}
    page = visit(stillwatch.url, **options)
    if clipboard == "missing":  # as on a page without HTTPS
        page.add_init_script(NO_CLIPBOARD)
    integration_id = added(stillwatch, f"Copy {clipboard} {reader}")
    page.goto(f"{stillwatch.url}/integration?integration={integration_id}")
    page.get_by_role("button", name="Generate injixo API key").click()
    key = page.get_by_text(KEY).inner_text().strip()
    button = page.get_by_role("button", name="Copy", exact=True)
    expect(button).to_be_visible()
    (button.tap if reader == "touch" else button.click)()
    expect(page.get_by_text("Copied.")).to_be_visible()
    expect(page.get_by_text("Copy it now: it is shown only this once.")).to_have_count(0)
    page.get_by_role("tab", name="Settings").click()
    field = page.get_by_role("textbox", name="Name", exact=True)
    field.fill("")
    field.press("Control+V")
    expect(field).to_have_value(key)


def test_leaving_without_the_key_is_asked_about_until_it_is_copied(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    page = with_new_key(stillwatch, visit, "Asked")
    key = page.get_by_text(KEY).inner_text().strip()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Contacts").click()
    expect(page.get_by_text("it cannot be shown again once you leave")).to_be_visible()
    page.get_by_role("button", name="Back to the key").click()
    expect(page.get_by_text(key)).to_be_visible()
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()

    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.evaluate("location.href = '/integrations'")  # as does a closed or a reloaded tab
    expect(page.get_by_text(key)).to_be_visible()
    assert asked == ["beforeunload"]

    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    expect(page.get_by_text("Copy it now")).to_have_count(0)
    page.evaluate("location.href = '/integrations'")
    expect(page.get_by_role("heading", name="Integrations")).to_be_visible()
    assert asked == ["beforeunload"]


def test_a_double_click_makes_one_key(stillwatch: Stillwatch, visit: Callable[..., Page]) -> None:
    integration_id = added(stillwatch, "Twice")
    page = visit(f"{stillwatch.url}/integration?integration={integration_id}")
    page.get_by_role("button", name="Generate injixo API key").dblclick()
    key = page.get_by_text(KEY).inner_text().strip()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    (made,) = keys_of(stillwatch, integration_id)
    assert key.startswith(made["prefix"])

    page.get_by_role("button", name="Generate new injixo API key").click()
    page.get_by_role("button", name="Generate", exact=True).dblclick()
    expect(page.get_by_text(key)).to_have_count(0)
    assert len(keys_of(stillwatch, integration_id)) == 2


def test_a_double_click_adds_one_integration(stillwatch: Stillwatch, visit: Callable[..., Page]) -> None:
    page = visit(f"{stillwatch.url}/add_integration?vendor=freshworks&model=freshchat")
    page.get_by_role("textbox", name="Name", exact=True).fill("Added twice")
    page.get_by_role("textbox", name="Freshchat domain").fill("added-twice.freshchat.com")
    page.get_by_role("button", name="Save integration").dblclick()
    expect(page.get_by_role("heading", name="Install the injixo app")).to_be_visible()
    listed = stillwatch.call("GET", "/integrations").json()["integrations"]
    assert [entry["name"] for entry in listed].count("Added twice") == 1
