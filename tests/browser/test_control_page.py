"""The simulator's control page in a real browser, which sends more headers with a form than a test client does."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.simulator.support import make_simulator, served


def test_a_pressed_button_breaks_something_and_the_next_mends_it(visit: Callable[..., Page]) -> None:
    with served(make_simulator()) as account:
        page = visit(account.url)
        page.get_by_role("button", name="Uninstall the app").click()
        expect(page.get_by_text("uninstalled", exact=True)).to_be_visible()
        assert account.control.get("/control").json()["switches"]["app_installed"] is False
        page.get_by_role("button", name="Put everything back in order").click()
        expect(page.get_by_text("installed", exact=True)).to_be_visible()
        before = account.control.get("/control").json()["token"]
        page.get_by_role("button", name="Revoke the token").click()
        expect(page.get_by_text(before)).to_have_count(0)
