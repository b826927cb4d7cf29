"""A page that was left open while the server is gone says so within half a minute, and recovers by itself."""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import MILLISECONDS, Stillwatch, serving
from tests.browser.test_forms import added
from tests.daytime import where_it_is_day

WITHIN = 30  # seconds
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def own_stillwatch(tmp_path: Path, freshchat: str) -> Iterator[Stillwatch]:
    with serving(tmp_path, freshchat) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A German phone in the dark. Its console tells of requests that fail, which are what is tried here."""
    context = browser.new_context(
        locale="de-DE",
        timezone_id=where_it_is_day(),
        color_scheme="dark",
        **PHONE,  # type: ignore[arg-type]
    )
    context.set_default_timeout(MILLISECONDS)
    yield context.new_page()
    context.close()


def test_an_open_page_is_greyed_while_the_server_stands_still_and_goes_on_by_itself(
    own_stillwatch: Stillwatch, page: Page
) -> None:
    integration_id = added(own_stillwatch, "Stands still")
    page.goto(f"{own_stillwatch.url}/freshness?integration={integration_id}")
    main, banner = page.get_by_test_id("stMain"), page.locator("#server-gone")
    checked = page.get_by_text(re.compile(r"^vor \d+ Sekunden?$|^gerade eben$")).first
    expect(checked).to_be_visible()
    expect(main).to_have_css("filter", "none")

    assert own_stillwatch.process is not None
    os.kill(own_stillwatch.process.pid, signal.SIGSTOP)
    stopped = time.monotonic()
    try:
        expect(banner).to_be_visible(timeout=2 * WITHIN * 1000)
        assert time.monotonic() - stopped < WITHIN
        expect(banner).to_have_text(re.compile(r"^Seit \d\d:\d\d:\d\d keine Verbindung zu Stillwatch\."))
        expect(main).to_have_css("filter", "grayscale(1)")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        box = banner.bounding_box()
        assert box is not None
        header = page.get_by_test_id("stHeader").bounding_box()
        assert header is not None
        assert header["y"] >= box["y"] + box["height"] - 1  # the drawer's button is not covered
    finally:
        os.kill(own_stillwatch.process.pid, signal.SIGCONT)
    expect(banner).to_have_count(0)
    expect(main).to_have_css("filter", "none")
    expect(checked).to_be_visible()
