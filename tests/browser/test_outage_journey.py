"""An outage from its first second to its last contact, as people see it: with a simulated Freshchat, in a browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep, time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ADMIN_TOKEN, serving
from tests.patience import PATIENCE
from tests.process.watched import Watched, watched
from tests.simulator.support import simulated

KEY = re.compile(r"^ijx_\w{10}_\w+_\w+$")
SLOW = PATIENCE * 1000
MINUTE = 60
WHOLE_PAGE = {"viewport": {"width": 1280, "height": 3000}}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Watched]:
    """Eight weeks of a simulated account, and a Stillwatch that knows it."""
    with (
        simulated(days=56, per_day=80) as (account, freshchat_api_key),
        serving(tmp_path, account.url, STILLWATCH_PROBE_SECONDS="5") as stillwatch,
        watched(stillwatch.url, ADMIN_TOKEN, account, freshchat_api_key) as connection,
    ):
        assert connection.check() == "operational"
        yield connection


def regenerate_key(page: Page) -> str:
    """Generate a new key by hand and let the old one end now, as somebody does who knows no better."""
    page.get_by_role("button", name="Generate new injixo API key").click()
    page.get_by_role("radio", name="It ends now").click()
    expect(page.get_by_text("It would end at once.")).to_be_visible()
    page.get_by_role("button", name="Generate", exact=True).click()
    return page.get_by_text(KEY).inner_text().strip()


def test_lost_contacts_are_noticed_named_and_fetched_back_to_the_chat(
    connection: Watched, visit: Callable[..., Page], tmp_path: Path
) -> None:
    connection.paste(connection.new_key())
    connected_at = time()
    here = f"integration={connection.integration_id}"
    panel = visit(f"{connection.url}/freshness?{here}", **WHOLE_PAGE)
    connection.history_is_in()
    assert connection.contacts() == connection.resolved()
    expect(panel.get_by_text("Receiving").first).to_be_visible(timeout=SLOW)
    panel.screenshot(path=tmp_path / "1 receiving.png")
    assert connection.incidents() == []
    # Freshchat is asked about full minutes, from the first after the app was connected.
    sleep(max(0.0, (connected_at // MINUTE + 1) * MINUTE - time()))

    integration = visit(f"{connection.url}/integration?{here}&tab=keys")
    new_key = regenerate_key(integration)
    connection.account.resolve(group="Kundensupport", count=7)
    connection.account.resolve(group=None, count=5)
    expect(panel.get_by_text("Loss confirmed by Freshchat")).to_be_visible(timeout=SLOW)
    expect(panel.get_by_text(re.compile("has been refused since")).first).to_be_visible()
    expect(
        panel.get_by_text(re.compile("Freshchat resolved 12 chats since .*, 0 of them")).first
    ).to_be_visible()
    panel.screenshot(path=tmp_path / "2 loss.png")
    told = connection.says("confirmed_loss", "key_revoked")
    assert (told["expected"], told["received"]) == (12, 0)
    assert (told["probe"]["freshchat"] - told["probe"]["received"], told["configuration"]) == (
        12,
        "operational",
    )
    assert connection.incident("key_revoked")["closed_at"] is None

    connection.paste(new_key)
    connection.account.resolve(count=2)
    expect(integration.get_by_text(re.compile("Connected: the injixo app last reported"))).to_be_visible()
    expect(panel.get_by_text("Receiving").first).to_be_visible(timeout=SLOW)
    incident_card = panel.locator("[class*=st-key-incident_]")
    expect(incident_card.get_by_text(re.compile("Over|Recovered"))).to_be_visible(timeout=SLOW)
    panel.screenshot(path=tmp_path / "3 over.png")

    incident = connection.incident_is_mended()
    assert connection.contacts() == connection.resolved()
    assert (incident["missed"], incident["recovered"], incident["queues"]) == (12, 12, [])
    expect(incident_card.get_by_text("Recovered")).to_be_visible(timeout=SLOW)
    expect(incident_card.get_by_text("12", exact=True)).to_have_count(2)
    panel.screenshot(path=tmp_path / "4 recovered.png")
    chart = visit(f"{connection.url}/?{here}", **WHOLE_PAGE)
    expect(chart.get_by_test_id("stVegaLiteChart").locator("path.background").first).to_be_visible()
    expect(chart.get_by_text("Blue strip")).to_be_visible()
    chart.screenshot(path=tmp_path / "5 contacts.png")
    assert connection.freshness()["data_flow"] == "receiving"
