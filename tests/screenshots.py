"""Pictures of every page from the demo's account: German and English, wide and narrow, light and dark.

``make screenshots`` writes them to dist/screenshots, and the README's three to docs/screenshots. They are made to be
looked at: nothing compares them.
"""

import argparse
import io
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from services.translation import LANGUAGES
from tests.many_integrations import add_many
from tests.patience import PATIENCE
from tests.ports import reserved_port
from tests.sign_in_pages import PAGES as SIGN_IN_PAGES
from tests.sign_in_pages import sign_in_pages

ROOT = Path(__file__).resolve().parents[1]
PICTURES, README = ROOT / "dist" / "screenshots", ROOT / "docs" / "screenshots"
WIDTHS, SCHEMES = (1440, 390), ("light", "dark")
TALLEST, FEWEST, LOOKS = 6000, 900, 12
SETTLED_SECONDS = 0.5
README_COLOURS = 128
README_BYTES = 150_000

PAGES = {
    "overview": "/",
    "contacts": "/contacts?integration={demo}",
    "contacts-week": "/contacts?integration={demo}&view=week",
    "contacts-side-by-side": "/contacts?integration={demo}&view=week&as=multiples",
    "contacts-hours": "/contacts?integration={demo}&as=hours",
    "contacts-by-queue": "/contacts?integration={demo}&as=queues",
    "data-flow": "/freshness?integration={demo}",
    "integrations": "/integrations",
    "integration": "/integration?integration={demo}",
    "set-up": "/integration?integration={new}",
    "add-vendor": "/add_integration",
    "add-integration": "/add_integration?vendor=freshworks&model=freshchat",
    "channels": "/channels",
    "people": "/people",
    "audit": "/audit",
}
OUTAGE = {"outage-overview": "/", "outage-data-flow": "/freshness?integration={demo}"}
"""What shows an outage: taken last, for it does not go away."""
MANY = {
    "many-overview": "/",
    "many-side-by-side": "/contacts?integration={many}&view=week&as=multiples",
    "many-incident": "/contacts?integration={silent}",
}
"""What takes more than the demo has: ten integrations, fourteen source queues, hours without data."""
OF_THE_README = {"overview": "outage-overview", "contacts": "contacts", "data-flow": "outage-data-flow"}


@dataclass(frozen=True)
class Demo:
    """The demo with a second integration, which nobody has set up yet."""

    url: str
    token: str

    def call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        answer = httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=PATIENCE, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def ids(self) -> dict[str, str]:
        """Return the integrations' ids by the names that the addresses here have for them."""
        demo, new = self.call("GET", "/integrations")["integrations"]
        return {"demo": demo["id"], "new": new["id"]}

    def add_channels(self) -> None:
        """Add a channel that has its quiet hours, and one that fails."""
        quiet = {"time_zone": "Europe/Berlin", "from": "22:00", "to": "06:00"}
        for more in ({"name": "Team Service", "quiet": quiet, "weekly": True}, {"name": "Rufbereitschaft"}):
            made = self.call("POST", "/channels", json={"url": "json://127.0.0.1:9", **more})
        self.call("POST", f"/channels/{made['id']}/test")

    def break_it(self) -> None:
        """Generate a new key that nobody gives to the app, and wait until that is noticed."""
        here = f"/integrations/{self.ids()['demo']}"
        self.call("POST", f"{here}/keys", json={"overlap_seconds": 0})
        self.wait_for_outage(here)

    def wait_for_outage(self, integration: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.call("GET", f"{integration}/freshness")["data_flow"] not in ("silent", "confirmed_loss"):
            if time.monotonic() > deadline:
                raise SystemExit("The outage was not noticed.")
            time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.screenshots", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument(
        "--only", nargs="*", default=[*PAGES, *OUTAGE, *MANY, *SIGN_IN_PAGES], help="these pages"
    )
    parser.add_argument("--languages", nargs="*", default=list(LANGUAGES))
    parser.add_argument("--widths", nargs="*", type=int, default=WIDTHS)
    parser.add_argument("--schemes", nargs="*", default=SCHEMES)
    options = parser.parse_args()
    PICTURES.mkdir(parents=True, exist_ok=True)
    variants = list(product(options.languages, options.widths, options.schemes))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        take_sign_in(browser, [name for name in SIGN_IN_PAGES if name in options.only], variants)
        if not set(options.only) <= set(SIGN_IN_PAGES):
            take_of_demo(browser, options.only, variants)
        browser.close()
    for name, picture in OF_THE_README.items():
        taken = PICTURES / f"{picture}-en-1440-light.png"
        if picture in options.only and taken.exists():
            keep_small(taken, README / f"{name}.png")
    print(f"The pictures are in {PICTURES}")


def take_of_demo(browser: Browser, only: Sequence[str], variants: list[tuple[str, int, str]]) -> None:
    """Take pictures of the demo's pages, then of the outage, then of what is added to it."""
    with running_demo() as demo:
        ids = demo.ids()
        take(
            browser,
            demo,
            {name: PAGES[name].format(**ids) for name in PAGES if name in only},
            variants,
        )
        broken = {name: OUTAGE[name].format(**ids) for name in OUTAGE if name in only}
        if broken:
            demo.break_it()
            take(browser, demo, broken, variants)
        many = [name for name in MANY if name in only]
        if many:
            ids = add_many(demo.call)
            demo.wait_for_outage(f"/integrations/{ids['silent']}")
            take(browser, demo, {name: MANY[name].format(**ids) for name in many}, variants)


def take_sign_in(browser: Browser, names: Sequence[str], variants: list[tuple[str, int, str]]) -> None:
    """Take a picture of each page before the door. They need no script, so what the server answers is all of it."""
    if not names:
        return
    with sign_in_pages() as doors:
        languages = {language for language, _, _ in variants}
        texts = {(name, language): doors.html(name, language) for name in names for language in languages}
    for language, width, scheme in variants:
        context = browser.new_context(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": FEWEST},
        )
        page = context.new_page()
        for name in names:
            page.set_content(texts[name, language])
            file = PICTURES / f"{name}-{language}-{width}-{scheme}.png"
            file.write_bytes(page.screenshot(full_page=True))
            print(file.name, flush=True)
        context.close()


@contextmanager
def running_demo() -> Iterator[Demo]:
    """Run the demo on a free port until its history is in, with a second integration that is new."""
    token = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory() as folder, reserved_port() as port:
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator.demo", "--directory", folder],
            cwd=ROOT,
            env=os.environ | {"STILLWATCH_PORT": str(port), "STILLWATCH_ADMIN_TOKEN": token},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            if not any("Ctrl-C stops both" in line for line in process.stdout):
                raise SystemExit("The demo did not start.")
            demo = Demo(f"http://127.0.0.1:{port}", token)
            demo.call("POST", "/integrations", json={"name": "Vertrieb", "domain": "example.freshchat.com"})
            demo.add_channels()
            yield demo
        finally:
            process.terminate()
            process.wait(PATIENCE)


def take(
    browser: Browser, demo: Demo, addresses: dict[str, str], variants: list[tuple[str, int, str]]
) -> None:
    """Take a picture of each address in each variant."""
    for language, width, scheme in variants:
        context = browser.new_context(
            locale=str(LANGUAGES[language].locale).replace("_", "-"),
            timezone_id="Europe/Berlin",
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": FEWEST},
        )
        context.set_default_timeout(timedelta(seconds=PATIENCE) / timedelta(milliseconds=1))
        page = context.new_page()
        for name, address in addresses.items():
            page.set_viewport_size({"width": width, "height": FEWEST})
            page.goto(f"{demo.url}{address}")
            file = PICTURES / f"{name}-{language}-{width}-{scheme}.png"
            file.write_bytes(settled(page, width))
            print(file.name, flush=True)
        context.close()


def settled(page: Page, width: int) -> bytes:
    """Return a picture of the whole page once it is drawn and stays as it is."""
    drawn = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    page.locator("[data-testid=stMain] h1, [data-testid=stMain] h2, [data-testid=stMain] h3").first.wait_for()
    picture, before = b"", b"-"
    for _ in range(LOOKS):
        drawn.wait_for()
        height = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').offsetHeight")
        page.set_viewport_size({"width": width, "height": max(FEWEST, min(int(height), TALLEST))})
        picture, before = page.screenshot(), picture
        if picture == before:
            break
        time.sleep(SETTLED_SECONDS)
    return picture


def keep_small(picture: Path, copy: Path) -> None:
    """Keep a copy in few colours, cut to the height of a screen."""
    with Image.open(picture) as image:
        part = image.convert("RGB").crop((0, 0, image.width, min(image.height, FEWEST)))
        content = io.BytesIO()
        part.quantize(README_COLOURS).save(content, "PNG", optimize=True)
    assert len(content.getvalue()) < README_BYTES, f"{copy.name} has {len(content.getvalue())} bytes"
    copy.write_bytes(content.getvalue())


if __name__ == "__main__":
    main()
