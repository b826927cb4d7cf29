"""What is visible in a form at the click is what is saved, however the reader comes from field to button."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FRESHCHAT_API_KEY, Stillwatch

FORM = "/add_integration?vendor=freshworks&model=freshchat"
Save = Callable[[Page, str], None]


def by_mouse(page: Page, name: str) -> None:
    """Press and let go as a hand does: what the press changes on the page is there before the release."""
    button = page.get_by_role("button", name=name, exact=True)
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(300)  # a hand's click; nothing is awaited
    page.mouse.up()


def by_keyboard(page: Page, name: str) -> None:
    """Walk on with Tab until the button is reached, as fast as a keyboard repeats."""
    button = page.get_by_role("button", name=name, exact=True)
    for _ in range(40):
        if button.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")


def paste(page: Page, field: str, text: str) -> None:
    """Paste as a reader does, from the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.get_by_role("textbox", name=field, exact=True).focus()
    page.keyboard.press("Control+V")


def added(stillwatch: Stillwatch, name: str, **fields: Any) -> str:
    body = {"name": name, "domain": "example.freshchat.com", **fields}
    answer = stillwatch.call("POST", "/integrations", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def stored(stillwatch: Stillwatch, name: str) -> dict[str, Any]:
    """Return the integration of this name as the API tells it."""
    found = stillwatch.call("GET", "/integrations").json()["integrations"]
    return next(entry for entry in found if entry["name"] == name)


@pytest.mark.parametrize("save", [by_mouse, by_keyboard])
def test_a_key_that_is_pasted_and_left_with_tab_is_saved(
    empty_stillwatch: Stillwatch, visit: Callable[..., Page], save: Save
) -> None:
    page = visit(f"{empty_stillwatch.url}{FORM}")
    paste(page, "Name", "Pasted")
    page.keyboard.press("Tab")
    paste(page, "Freshchat domain", "example.freshchat.com")
    page.keyboard.press("Tab")
    paste(page, "API key", FRESHCHAT_API_KEY)
    page.keyboard.press("Tab")
    save(page, "Save integration")
    expect(page.get_by_role("heading", name="Install the injixo app")).to_be_visible()
    expect(page.get_by_text("Operational")).to_be_visible()
    assert stored(empty_stillwatch, "Pasted")["configuration"] == "operational"


@pytest.mark.parametrize("save", [by_mouse, by_keyboard])
def test_new_credentials_that_are_left_with_tab_replace_the_saved_ones(
    stillwatch: Stillwatch, visit: Callable[..., Page], save: Save
) -> None:
    name = f"Replaced {save.__name__}"
    integration_id = added(stillwatch, name, freshchat_api_key="an-old-key")
    page = visit(f"{stillwatch.url}/integration?integration={integration_id}")
    page.get_by_role("tab", name="Settings").click()
    paste(page, "API key", FRESHCHAT_API_KEY)
    page.keyboard.press("Tab")
    save(page, "Save integration")
    expect(page.get_by_text("Operational")).to_be_visible()


@pytest.mark.parametrize("save", [by_mouse, by_keyboard])
def test_every_field_is_saved_as_it_is_shown(
    stillwatch: Stillwatch, visit: Callable[..., Page], save: Save
) -> None:
    integration_id = added(stillwatch, f"Before {save.__name__}", time_zone="Europe/Berlin")
    page = visit(f"{stillwatch.url}/integration?integration={integration_id}")
    page.get_by_role("tab", name="Settings").click()
    domain = f"{save.__name__.replace('_', '-')}.freshchat.com"
    for field, text in (("Name", f"After {save.__name__}"), ("Freshchat domain", domain)):
        paste(page, field, "")
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)
        page.keyboard.press("Shift+Tab")  # where the help of the field stands
    for field, text in (("Time zone", "Asia/Kathmandu"), ("Public holidays", "Austria")):
        page.get_by_role("combobox", name=field, exact=False).click()
        page.keyboard.insert_text(text)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("stSelectbox").filter(has_text=field)).to_be_visible()
    page.get_by_text("Each chat is one contact, ever").click()
    save(page, "Save integration")
    expect(page.get_by_role("heading", name=f"After {save.__name__}")).to_be_visible()
    saved = stored(stillwatch, f"After {save.__name__}")
    assert saved["domain"] == domain
    assert (saved["time_zone"], saved["holidays"]) == ("Asia/Kathmandu", "AT")
    assert saved["counting"] == "once_per_chat"


def test_what_was_typed_of_a_new_integration_is_kept_for_the_visit_until_it_is_added(
    empty_stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    page = visit(empty_stillwatch.url + FORM)
    name, domain = (
        page.get_by_role("textbox", name=field, exact=True) for field in ("Name", "Freshchat domain")
    )
    name.fill("Half filled")
    domain.fill("half.freshchat.com")
    page.get_by_role("radio", name="Each chat is one contact, ever").check(force=True)
    expect(page.get_by_text("This is a Freshchat domain.")).to_be_visible()
    page.get_by_role("link", name="Integrations").click()
    expect(page.get_by_role("heading", name="Integrations")).to_be_visible()

    def again() -> None:
        page.get_by_role("button", name="Add integration").first.click()
        page.get_by_role("button", name="Select model").first.click()
        page.get_by_role("button", name="Add integration").first.click()

    again()
    expect(name).to_have_value("Half filled")
    expect(domain).to_have_value("half.freshchat.com")
    expect(page.get_by_role("radio", name="Each chat is one contact, ever")).to_be_checked()

    by_mouse(page, "Save integration")
    expect(page.get_by_role("heading", name="Half filled")).to_be_visible()
    page.get_by_role("link", name="Integrations").first.click()
    again()
    expect(name).to_have_value("")
    expect(domain).to_have_value("")
