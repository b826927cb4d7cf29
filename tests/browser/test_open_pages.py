"""A page that was left open goes on being true, and takes nothing out of the reader's hands."""

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.browser.conftest import Stillwatch
from tests.browser.test_forms import added


def test_list_and_header_of_integrations_follow_what_happens(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    integration_id = added(stillwatch, "Left open")
    key = stillwatch.call("POST", f"/integrations/{integration_id}/keys").json()["key"]
    page = visit(f"{stillwatch.url}/integration?integration={integration_id}&tab=settings")
    listed = page.context.new_page()
    listed.goto(f"{stillwatch.url}/integrations")
    card = listed.locator(f".st-key-listed_{integration_id}")
    expect(card.get_by_text("No event yet")).to_be_visible()
    expect(page.get_by_text("Waiting for the first event").first).to_be_visible()
    field = page.get_by_role("textbox", name="Name", exact=True)
    field.press("End")
    field.press_sequentially(" half typed")

    event = {"chat_id": "c", "resolved_at": datetime.now(UTC).isoformat(), "group": {"id": "1", "name": "A"}}
    assert stillwatch.call("POST", "/events", key, json=event).status_code == 202
    expect(page.get_by_text("The last contact arrived on")).to_be_visible()
    expect(card.get_by_text("Last event:")).to_be_visible()
    expect(field).to_have_value("Left open half typed")

    added(stillwatch, "Came later")
    expect(listed.get_by_text("Came later")).to_be_visible()


def test_a_key_ends_before_the_readers_eyes_and_leaves_a_dialog_alone(
    stillwatch: Stillwatch, visit: Callable[..., Page]
) -> None:
    integration_id = added(stillwatch, "Keys left open")
    keys = f"/integrations/{integration_id}/keys"
    first = stillwatch.call("POST", keys).json()["key"]
    page = visit(f"{stillwatch.url}/integration?integration={integration_id}&tab=keys")
    expect(page.get_by_text("Valid, never used")).to_be_visible()
    assert stillwatch.call("POST", "/heartbeat", first).status_code == 204
    expect(page.get_by_text("Valid, never used")).to_have_count(0)

    page.get_by_role("button", name="Revoke").click()
    dialog = page.get_by_role("dialog")
    assert stillwatch.call("POST", "/heartbeat", first).status_code == 204
    expect(dialog.get_by_text("is refused from now on")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)

    assert stillwatch.call("POST", keys, json={"overlap_seconds": 1}).status_code == 201
    expect(page.get_by_text("Valid, never used")).to_be_visible()
    expect(page.get_by_text("Ended keys")).to_be_visible()  # the first one has ended in the meantime
