"""No page has a fault in its markup that axe-core calls moderate or worse, in either theme.

Streamlit's own is left out by name, for nothing of ours can mend it: its navigation puts groups (div) between list and
entries (ul, li).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stillwatch
from tests.browser.test_forms import added

STREAMLITS_OWN = "[data-testid=stSidebarNavItems]"
NEVER_PALE = "[data-stale=true] { opacity: 1 !important; transition: none !important }"
"""What refreshes is pale while it is drawn anew, which may begin in the midst of a look."""

PAGES = {
    "/": "Overview",
    "/contacts?integration={id}": "Contacts",
    "/contacts?integration={id}&view=week": "Contacts",
    "/contacts?integration={id}&as=multiples": "Contacts",
    "/freshness?integration={id}": "Data flow",
    "/integrations": "Integrations",
    "/integration?integration={id}": "Seen",
    "/integration?integration={id}&tab=keys": "Seen",
    "/integration?integration={id}&tab=settings": "Seen",
    "/integration?integration={id}&tab=history": "Seen",
    "/add_integration": "Add integration",
    "/add_integration?vendor=freshworks&model=freshchat": "Credentials",
    "/channels": "Notifications",
    "/people": "People and programs",
    "/audit": "Audit log",
}


@pytest.fixture(scope="module")
def integration_id(stillwatch: Stillwatch) -> str:
    """An integration with contacts, two keys that overlap, and one that was revoked and is still used."""
    found = added(stillwatch, "Seen")
    keys = f"/integrations/{found}/keys"
    now = datetime.now(UTC)
    old = stillwatch.call("POST", keys, json={"overlap_seconds": 0}).json()["key"]
    told = [
        {
            "chat_id": f"c{number}",
            "resolved_at": (now - timedelta(hours=number)).isoformat(),
            "group": {"id": f"g{number % 3}", "name": f"Group {number % 3}"},
        }
        for number in range(100)
    ]
    assert stillwatch.call("POST", "/events", old, json={"events": told}).status_code == 202
    stillwatch.call("POST", keys, json={"overlap_seconds": 0})
    stillwatch.call("POST", keys, json={"overlap_seconds": 3600})
    assert stillwatch.call("POST", "/events", old, json=told[0]).status_code == 401
    quiet = {"time_zone": "Europe/Berlin", "from": "22:00", "to": "06:00"}
    channel = {"name": "On call", "url": "json://127.0.0.1:9", "quiet": quiet}
    fails = stillwatch.call("POST", "/channels", json=channel).json()["id"]
    stillwatch.call("POST", f"/channels/{fails}/test")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault_that_is_more_than_minor(
    stillwatch: Stillwatch, visit: Callable[..., Page], integration_id: str, scheme: str
) -> None:
    page = visit(stillwatch.url, color_scheme=scheme)
    found = []
    for address, heading in PAGES.items():
        page.goto(stillwatch.url + address.format(id=integration_id))
        expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
        expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_have_count(1)
        page.add_style_tag(content=NEVER_PALE)
        told = Axe().run(page, {"exclude": [[STREAMLITS_OWN]]}, {"resultTypes": ["violations"]}).response
        found += [
            f"{address}: {fault['id']}: {node['html'][:200]}"
            for fault in told["violations"]
            if fault["impact"] in ("moderate", "serious", "critical")
            for node in fault["nodes"]
        ]
    assert found == []


def test_every_page_fits_at_a_zoom_of_200_percent_and_keeps_still_for_whoever_wants_no_motion(
    stillwatch: Stillwatch, visit: Callable[..., Page], integration_id: str
) -> None:
    zoomed = {
        "viewport": {"width": 640, "height": 450},
        "device_scale_factor": 2,
    }  # of a screen of 1280 by 900
    page = visit(stillwatch.url, **zoomed, reduced_motion="reduce")
    main = page.locator("[data-testid=stMain]")
    for address, heading in PAGES.items():
        page.goto(stillwatch.url + address.format(id=integration_id))
        expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
        expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_have_count(1)
        assert main.evaluate("element => element.scrollWidth <= element.clientWidth"), address
    button = main.get_by_role("button").first
    assert button.evaluate("element => parseFloat(getComputedStyle(element).transitionDuration)") < 0.001
