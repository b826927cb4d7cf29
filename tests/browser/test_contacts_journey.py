"""A supervisor's way through the contacts page: the chart in sight, one press of Back for each step, a picture."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stillwatch
from tests.browser.test_contacts_and_freshness import Account, total

NAMES = {"svg": "http://www.w3.org/2000/svg"}


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


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("view", ["week", "year"])
def test_the_figures_stand_in_one_row(
    account: Account, visit: Callable[..., Page], width: int, view: str
) -> None:
    page = visit(account.page("contacts") + f"&view={view}", viewport={"width": width, "height": 900})
    expect(page.get_by_test_id("stMetricValue")).to_have_count(2)
    tops = page.get_by_test_id("stMetricValue").evaluate_all(
        "each => each.map(e => e.getBoundingClientRect().y)"
    )
    assert len(set(tops)) == 1


def test_each_step_is_undone_by_one_press_of_back(account: Account, visit: Callable[..., Page]) -> None:
    page = visit(account.page("contacts"))
    label = page.get_by_test_id("stMetricLabel").first
    expect(total(page)).to_have_text("5")
    today = label.inner_text()
    page.get_by_role("radio", name="Week").click()
    expect(label).to_contain_text("–")
    page.get_by_role("tab", name="By source queue").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.go_back()
    expect(page.locator(".st-key-contacts_drawing svg.marks")).to_be_visible()
    expect(page.get_by_role("radio", name="Week")).to_be_checked()
    page.go_back()
    expect(label).to_have_text(today)
    expect(page.get_by_role("radio", name="Day")).to_be_checked()


def saved(page: Page, button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path().read_bytes()


def drawing(page: Page) -> ElementTree.Element:
    return ElementTree.fromstring(saved(page, "Chart as SVG"))  # noqa: S314 - drawn by our own page


def test_the_chart_is_saved_as_a_picture_with_its_title_and_legend(
    account: Account, visit: Callable[..., Page]
) -> None:
    page = visit(account.page("contacts"))
    expect(page.locator(".st-key-contacts_drawing svg.marks")).to_be_visible()
    drawn = saved(page, "Chart as SVG").decode()
    for told in ("Account", "Kundensupport", "Technik", "Seal of the day", "1 contact = 1 resolved chat"):
        assert told in drawn
    assert saved(page, "Chart as PNG").startswith(b"\x89PNG")


def test_small_charts_are_saved_as_one_picture_with_the_names_over_them(
    account: Account, visit: Callable[..., Page]
) -> None:
    page = visit(account.page("contacts", **{"as": "multiples"}))
    expect(page.locator("svg.marks")).to_have_count(2)
    drawn = drawing(page)
    assert len(drawn.findall("svg:svg", NAMES)) == 2
    written = [each.text or "" for each in drawn.iterfind(".//svg:text", NAMES)]
    for told in ("Kundensupport", "Technik", "3 contacts", "2 contacts"):
        assert told in written
    assert any(each.startswith("The first bar: ") for each in written)
    assert any("1 contact = 1 resolved chat" in each for each in written)
    assert saved(page, "Chart as PNG").startswith(b"\x89PNG")


def test_the_hours_of_the_week_are_saved_as_a_picture_with_their_scale(
    account: Account, visit: Callable[..., Page]
) -> None:
    page = visit(account.page("contacts", **{"as": "hours"}))
    expect(page.get_by_text("No contacts from")).to_be_visible()
    expect(page.get_by_role("button", name="Chats")).to_be_visible()
    expect(page.get_by_role("button", name="Chart as SVG")).to_have_count(0)
    account.resolve(days_ago=3, Kundensupport=3)
    page = visit(account.page("contacts", queues="Kundensupport", **{"as": "hours"}))
    expect(page.locator("svg.marks")).to_be_visible()
    drawn = drawing(page)
    assert drawn.find(".//svg:linearGradient", NAMES) is not None
    written = " ".join(each.text or "" for each in drawn.iterfind(".//svg:text", NAMES))
    assert "Hours of the week" in written
    assert "contacts an hour" in written
    assert "over the days that had data" in written


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_small_charts_are_printed_on_white_with_their_names_and_without_controls(
    account: Account, visit: Callable[..., Page], scheme: str
) -> None:
    page = visit(account.page("contacts", **{"as": "multiples"}), color_scheme=scheme)
    expect(page.locator("svg.marks")).to_have_count(2)
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    expect(page.locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")
    turned = "none" if scheme == "light" else re.compile("invert")
    expect(page.get_by_test_id("stApp")).to_have_css("filter", turned)
    for told in ("Kundensupport", "Technik", "The first bar: ", "1 contact = 1 resolved chat"):
        expect(page.get_by_text(told).first).to_be_visible()
    for hidden in (
        ".st-key-controls",
        ".st-key-multiples_choice",
        ".st-key-downloads",
        "[data-testid=stSidebar]",
    ):
        expect(page.locator(hidden)).to_be_hidden()
