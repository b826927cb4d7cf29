"""A supervisor's way through the contacts page: the chart in sight, one press of Back for each step, a picture."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stillwatch
from tests.browser.test_contacts_and_freshness import Account, total


@pytest.fixture
def account(stillwatch: Stillwatch) -> Account:
    account = Account(stillwatch)
    account.resolve(Kundensupport=3, Technik=2, Undefined_Queue=1)
    return account


@pytest.mark.parametrize(("width", "height", "begins"), [(1440, 900, 300), (390, 844, 844)])
def test_the_chart_is_in_sight_without_scrolling(
    account: Account, visit: Callable[..., Page], width: int, height: int, begins: int
) -> None:
    page = visit(account.page("contacts"), viewport={"width": width, "height": height})
    drawing = page.locator(".st-key-contacts_drawing svg.marks")
    expect(drawing).to_be_visible()
    box = drawing.bounding_box()
    assert box is not None
    assert box["y"] < begins


def test_each_step_is_undone_by_one_press_of_back(account: Account, visit: Callable[..., Page]) -> None:
    page = visit(account.page("contacts"))
    label = page.get_by_test_id("stMetricLabel").first
    expect(total(page)).to_have_text("5")
    today = label.inner_text()
    page.get_by_role("radio", name="Week").click()
    expect(label).to_contain_text(" – ")
    page.get_by_role("tab", name="By source queue").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.go_back()
    expect(page.locator(".st-key-contacts_drawing svg.marks")).to_be_visible()
    expect(page.get_by_role("radio", name="Week")).to_be_checked()
    page.go_back()
    expect(label).to_have_text(today)
    expect(page.get_by_role("radio", name="Day")).to_be_checked()


def test_the_chart_is_saved_as_a_picture_with_its_title_and_legend(
    account: Account, visit: Callable[..., Page]
) -> None:
    page = visit(account.page("contacts"))
    expect(page.locator(".st-key-contacts_drawing svg.marks")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Chart as SVG").click()
    drawn = download.value.path().read_text(encoding="utf-8")
    for told in ("Account", "Kundensupport", "Technik", "1 contact = 1 resolved chat"):
        assert told in drawn
    with page.expect_download() as download:
        page.get_by_role("button", name="Chart as PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
