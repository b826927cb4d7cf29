"""What every page costs at one year of 50 source queues: the server's time, bytes, and when a reader sees something.

Cold is a browser that was never here; warm is its next visit. Content is the moment at which the page's own first
content stands, which is later than the first paint: that is the frame around it.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.dashboard import PATIENCE, Reloads
from bench.filling import filled
from bench.servers import RunningServer, running_server
from bench.whole_pages import processor_time
from services.settings import Settings
from services.system import System

QUEUES, DAYS = 50, 365
FIRST_LOADS = 3
HEADING = "[data-testid=stMain] :is(h1, h2, h3)"
CHART = "[data-testid=stMain] svg.marks"

WATCH = """selector => {
    const found = () => { if (document.querySelector(selector)) window.contentAt ??= performance.now() }
    new MutationObserver(found).observe(document, {childList: true, subtree: true})
}"""


@dataclass(frozen=True, slots=True)
class Place:
    """A page by its path; ``content``: what a reader came for."""

    name: str
    path: str
    content: str
    query: tuple[tuple[str, str], ...] = ()


PLACES = (
    Place("overview", "", "[data-testid=stMain] [class*=st-key-card_]"),
    *(
        Place(f"contacts, {view}", "contacts", CHART, (("view", view),))
        for view in ("day", "week", "month", "year")
    ),
    Place("contacts, side by side", "contacts", CHART, (("as", "multiples"),)),
    Place("contacts, side by side, all 50", "contacts", CHART, (("as", "multiples"), ("top", "all"))),
    Place("contacts, hours of the week", "contacts", CHART, (("as", "hours"),)),
    Place("contacts, by source queue", "contacts", "[data-testid=stDataFrame] canvas", (("as", "queues"),)),
    Place("contacts, table", "contacts", "[data-testid=stDataFrame] canvas", (("as", "table"),)),
    Place("data flow", "freshness", HEADING),
    Place("integrations", "integrations", HEADING),
    Place("integration", "integration", HEADING),
    Place("add an integration", "add_integration", HEADING),
    Place("notifications", "channels", HEADING),
    Place("people and programs", "people", HEADING),
    Place("audit log", "audit", HEADING),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit: milliseconds until the first paint and the content, bytes of files as they travelled."""

    paint: float
    content: float
    bytes: int


def main(quick: bool = False) -> None:
    """Print a row for each page."""
    contacts, loads = (100_000, 3) if quick else (1_000_000, 10)
    print(
        f"1 year x {QUEUES} source queues, {contacts:,} contacts; load at the start {os.getloadavg()[0]:.1f}"
    )
    print("| page | server, ms | messages, KB | files, KB (warm) | paint, ms (warm) | content, ms (warm) |")
    print("|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        integration_id = _fill(Path(folder), contacts)
        with running_server(Path(folder), ["app.py"]) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
            for place in PLACES:
                print(_row(place, server, browser, integration_id, loads), flush=True)
            browser.close()
    print(f"load at the end {os.getloadavg()[0]:.1f}")


def _fill(folder: Path, contacts: int) -> str:
    system = System(Settings(database=str(folder / "bench.duckdb")))
    try:
        now = datetime.now(UTC)
        return filled(system, "Looked at", contacts=contacts, queues=QUEUES, days=DAYS, now=now)
    finally:
        system.close()


def _row(place: Place, server: RunningServer, browser: Browser, integration_id: str, loads: int) -> str:
    # With an integration, the overview's address is an old one of the contacts page.
    query = {**({"integration": integration_id} if place.path else {}), **dict(place.query)}
    page = Reloads(server.port, page=place.path, **query)
    for _ in range(FIRST_LOADS):
        messages = page.load()
    busy = processor_time(server, page, loads)
    url = f"http://127.0.0.1:{server.port}/{place.path}?{urlencode(query)}"
    visits = [_visits(browser, url, place.content) for _ in range(3)]
    cold, warm = ([pair[which] for pair in visits] for which in (0, 1))
    files = f"{cold[0].bytes / 1000:,.0f} ({warm[0].bytes / 1000:,.0f})"
    paint, content = (
        f"{_middle(cold, what):,.0f} ({_middle(warm, what):,.0f})" for what in ("paint", "content")
    )
    return f"| {place.name} | {busy:.0f} | {messages / 1000:,.0f} | {files} | {paint} | {content} |"


def _middle(visits: Sequence[Seen], what: str) -> float:
    return median(float(getattr(visit, what)) for visit in visits)


def _visits(browser: Browser, url: str, content: str) -> tuple[Seen, Seen]:
    """Return a cold visit and a warm one."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(1000 * PATIENCE)
    try:
        return _visit(context, url, content), _visit(context, url, content)
    finally:
        context.close()


def _visit(context: BrowserContext, url: str, content: str) -> Seen:
    page = context.new_page()
    page.add_init_script(f"({WATCH})({content!r})")
    received: list[int] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    page.goto(url)
    page.locator(content).first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    seen = Seen(paint, page.evaluate("window.contentAt"), sum(received))
    page.close()
    return seen
