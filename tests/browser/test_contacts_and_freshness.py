"""Contacts and the data flow in a browser: charts that draw, pages that refresh without a flicker."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from time import time
from typing import Any

import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import AT_REST, MILLISECONDS, Stillwatch
from tests.daytime import where_it_is_day

NUMBERS = count()
QUARTER_HOUR, SHOWN_BY_THEN = 900, 30  # seconds
CLICKS, STEP = 3, 50  # milliseconds
UNDEFINED_QUEUE = "Undefined_Queue"
WATCH_CHANGES = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    window.seen = {heights: new Set(), charts: 0, texts: 0};
    const isChart = node => node.querySelector && (node.matches('svg.marks') || node.querySelector('svg.marks'));
    new MutationObserver(changes => changes.forEach(change => {
        window.seen.texts += change.type === 'characterData';
        change.addedNodes.forEach(node => { window.seen.charts += Boolean(isChart(node)); });
    })).observe(main, {childList: true, subtree: true, characterData: true});
    const look = () => { window.seen.heights.add(main.scrollHeight); requestAnimationFrame(look); };
    look();
}"""


class Account:
    """An integration of this test's own, with its key."""

    def __init__(self, stillwatch: Stillwatch) -> None:
        number = next(NUMBERS)
        body = {
            "name": f"Account {number}",
            "domain": "example.freshchat.com",
            "time_zone": where_it_is_day(),
        }
        self.stillwatch = stillwatch
        self.id = stillwatch.call("POST", "/integrations", json=body).json()["id"]
        made = stillwatch.call("POST", f"/integrations/{self.id}/keys").json()
        self.key, self._key_id = made["key"], made["id"]

    def revoke(self) -> None:
        self.stillwatch.call("DELETE", f"/integrations/{self.id}/keys/{self._key_id}")

    def resolve(self, *, days_ago: int = 0, **chats: int) -> int:
        """Have so many chats of each queue resolved, all at this moment or then; returns the answer's status."""
        at = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
        events = [
            {
                "chat_id": f"c{next(NUMBERS)}",
                "resolved_at": at,
                "group": None if queue == UNDEFINED_QUEUE else {"id": f"id of {queue}", "name": queue},
            }
            for queue, number in chats.items()
            for _ in range(number)
        ]
        return self.stillwatch.call("POST", "/events", self.key, json={"events": events}).status_code

    def page(self, name: str, **query: str) -> str:
        more = "".join(f"&{field}={value}" for field, value in query.items())
        return f"{self.stillwatch.url}/{name}?integration={self.id}{more}"


@pytest.fixture
def account(stillwatch: Stillwatch) -> Account:
    return Account(stillwatch)


@pytest.fixture
def busy(account: Account) -> Account:
    """With contacts of today in two queues, and without a group."""
    account.resolve(Kundensupport=3, Technik=2, Undefined_Queue=1)
    return account


def seen_while_it_refreshes(page: Page) -> Any:
    """Watch the page at rest until it has told of the time that went by; where a quarter hour begins, more is told."""
    while True:
        page.evaluate(AT_REST)
        began = time()
        page.evaluate(WATCH_CHANGES)
        page.wait_for_function("() => window.seen.texts > 0")  # such as "8 seconds ago"
        seen = page.evaluate("() => ({heights: [...window.seen.heights], charts: window.seen.charts})")
        if (began - SHOWN_BY_THEN) // QUARTER_HOUR == time() // QUARTER_HOUR:
            return seen


def downloaded(page: Page, name: str) -> Download:
    """Click until the file comes. Streamlit says that it failed when a click meets the moment of a refresh."""
    button = page.get_by_role("button", name=name)
    failed = page.get_by_test_id("stDownloadButtonError")
    files: list[Download] = []
    page.on("download", lambda file: files.append(file))
    for _ in range(CLICKS):
        expect(failed).to_have_count(0)
        button.click()
        for _ in range(MILLISECONDS // STEP):
            if files:
                return files[0]
            if failed.count():
                break
            page.wait_for_timeout(STEP)
    raise AssertionError(f"no file came of {CLICKS} clicks")


def total(page: Page) -> Any:
    return page.get_by_test_id("stMetricValue").first


def test_contacts_are_drawn_and_told_in_figures_on_hover(busy: Account, visit: Callable[..., Page]) -> None:
    page = visit(busy.page("contacts"))
    expect(total(page)).to_have_text("5")
    page.get_by_test_id("stVegaLiteChart").locator("path[aria-label*='Total: 5']").hover(force=True)
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_contain_text("Total5")
    expect(tooltip).to_contain_text("Kundensupport3")
    expect(tooltip).to_contain_text("Technik2")


def test_the_tab_of_the_browser_carries_the_pages_title_and_our_mark(
    busy: Account, visit: Callable[..., Page]
) -> None:
    page = visit(busy.page("freshness"), locale="de-DE")
    expect(page).to_have_title("Datenfluss · Stillwatch")
    expect(page.locator("link[rel*=icon]").first).to_have_attribute("href", re.compile("^data:image/svg"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboards_focus_is_seen_on_every_link(
    busy: Account, visit: Callable[..., Page], scheme: str
) -> None:
    page = visit(busy.page("freshness"), color_scheme=scheme)
    link = page.get_by_role("link", name="Integrations")
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    link.focus()
    expect(link).to_have_css("outline-style", "solid")


def test_what_was_not_counted_is_said_to_be_without_data(busy: Account, visit: Callable[..., Page]) -> None:
    last_week = datetime.now(UTC).date() - timedelta(days=8)
    page = visit(busy.page("contacts", view="week", day=last_week.isoformat()))
    expect(page.get_by_test_id("stVegaLiteChart").get_by_text("no data").first).to_be_visible()
    expect(page.get_by_text("Grey area: no data, which is not zero")).to_be_visible()


def test_contacts_appear_by_themselves(account: Account, visit: Callable[..., Page]) -> None:
    page = visit(account.page("contacts"))
    expect(page.get_by_text("No contacts yet")).to_be_visible()
    account.resolve(Kundensupport=1)
    expect(total(page)).to_have_text("1")
    account.resolve(Kundensupport=2)
    expect(total(page)).to_have_text("3")


def test_a_german_reader_downloads_a_german_spreadsheet(busy: Account, visit: Callable[..., Page]) -> None:
    page = visit(busy.page("contacts"), locale="de-DE")
    file = downloaded(page, "CSV für Excel")
    raw = file.path().read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    header = raw.decode("utf-8-sig").splitlines()[0]
    assert header == "Datum;Uhrzeit;Abstand zu UTC;Kundensupport;Technik;Summe"
    assert re.fullmatch(r"contacts_Account-\d+_\d{4}-\d\d-\d\d_15m_excel\.csv", file.suggested_filename)


def test_a_table_offers_no_csv_of_its_own(busy: Account, visit: Callable[..., Page]) -> None:
    page = visit(busy.page("contacts"))
    page.get_by_role("tab", name="By source queue").click()
    panel = page.get_by_role("tabpanel", name="By source queue")
    panel.get_by_test_id("stDataFrame").hover()
    # Our style hides the tool bar, which must not be all that keeps its CSV away.
    expect(panel.get_by_role("button", name="Fullscreen", include_hidden=True)).to_be_attached()
    expect(panel.get_by_role("button", name=re.compile("CSV|Download"), include_hidden=True)).to_have_count(0)


def test_the_address_keeps_what_was_chosen(busy: Account, visit: Callable[..., Page]) -> None:
    page = visit(busy.page("contacts"))
    page.get_by_role("radio", name="Week").click()
    expect(page.get_by_test_id("stMetricLabel").first).to_contain_text("–")  # from Monday to Sunday
    page.get_by_role("button", name="Earlier").click()
    expect(total(page)).to_have_text("–")
    page.reload()
    expect(page.get_by_role("radio", name="Week")).to_be_checked()
    expect(total(page)).to_have_text("–")


def test_a_refused_key_is_named_and_the_page_refreshes_without_a_flicker(
    busy: Account, visit: Callable[..., Page]
) -> None:
    page = visit(busy.page("freshness"))
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg.marks").first).to_be_visible()
    expect(page.get_by_text("Learning").first).to_be_visible()
    busy.revoke()
    assert busy.resolve(Kundensupport=1) == 401
    expect(page.get_by_text("has been refused since").first).to_be_visible()
    expect(page.get_by_role("button", name="Generate a new key").first).to_be_visible()
    expect(page.get_by_text("Still open")).to_be_visible()
    seen = seen_while_it_refreshes(page)
    assert len(seen["heights"]) == 1
    assert seen["charts"] == 0


def test_the_support_bundle_is_downloaded_in_both_forms(busy: Account, visit: Callable[..., Page]) -> None:
    page = visit(busy.page("freshness"))
    bundle = json.load(io.BytesIO(downloaded(page, "As JSON").path().read_bytes()))
    assert bundle["integration"]["id"] == busy.id
    assert b"<h1>Data flow of" in downloaded(page, "Support bundle").path().read_bytes()


def test_the_next_step_leads_to_the_keys(account: Account, visit: Callable[..., Page]) -> None:
    page = visit(account.page("freshness"))
    page.get_by_role("button", name="Install the injixo app").first.click()
    expect(page.get_by_role("heading", name="Install the injixo app")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_neither_page_is_wider_than_a_phone(busy: Account, visit: Callable[..., Page], scheme: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": scheme, "locale": "de-DE"}
    page = visit(busy.page("contacts"), **phone)
    for name in ("contacts", "freshness"):
        page.goto(busy.page(name))
        expect(page.get_by_test_id("stVegaLiteChart").locator("svg.marks").first).to_be_visible()
        main = page.get_by_test_id("stMain")
        assert main.evaluate("element => element.scrollWidth <= element.clientWidth"), name
