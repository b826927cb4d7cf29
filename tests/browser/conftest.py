"""Stillwatch as a process, a small Freshchat, and a browser that notices what a reader would not."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.daytime import where_it_is_day
from tests.patience import PATIENCE
from tests.ports import reserved_port

ROOT = Path(__file__).resolve().parents[2]
ADMIN_TOKEN = "an-admin-token-for-tests"
FRESHCHAT_API_KEY = "a-freshchat-api-key"
MILLISECONDS = PATIENCE * 500  # of waiting for something on a page
FAILED = pytest.StashKey[bool]()
HARMLESS = ("/_stcore/health", "/_stcore/host-config")  # Streamlit asks for both beside each deep link: 404

expect.set_options(timeout=MILLISECONDS)


class FreshchatHandler(BaseHTTPRequestHandler):
    """A Freshchat account without groups, in which no chat was ever resolved."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {FRESHCHAT_API_KEY}":
            self._answer(401, {"code": 401, "status": "UNAUTHENTICATED", "message": "unauthenticated"})
        elif self.path.startswith("/v2/accounts/configuration"):
            self._answer(200, {"account_id": 1, "account_domain": "example", "organisation_id": 2})
        elif self.path.startswith("/v2/groups"):
            self._answer(200, {"groups": [], "pagination": {"total_items": 0, "total_pages": 0}, "links": {}})
        elif self.path.startswith("/v2/metrics/historical"):
            self._answer(200, {"metrics": ["conversation_metrics.resolved_interactions"], "data": []})
        else:
            self._answer(404, {"code": 404, "status": "NOT_FOUND", "message": "not found"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(404, {"code": 404, "status": "NOT_FOUND", "message": "not found"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the tests' output quiet."""


AT_REST = """() => new Promise(resolve => {
    const [main, app] = ["stMain", "stApp"].map(id => document.querySelector(`[data-testid=${id}]`));
    const wait = () => { clearTimeout(still); still = setTimeout(stand, 1500); };
    const stand = () => {
        if (app.dataset.testScriptState !== 'notRunning') return wait();
        observer.disconnect();
        resolve();
    };
    let still = setTimeout(stand, 1500);
    const observer = new MutationObserver(wait);
    observer.observe(main, {childList: true, subtree: true});
})"""
"""Wait until nothing of the page is drawn anew: a change comes part by part, and closes what was opened meanwhile.

On a slow machine the next part may be long in coming: as long as the page's script runs, it is awaited.
"""


@pytest.fixture(scope="session")
def freshchat() -> Iterator[str]:
    """The address of a Freshchat that knows FRESHCHAT_API_KEY."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FreshchatHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Stillwatch:
    """A running Stillwatch."""

    url: str
    process: "subprocess.Popen[bytes] | None" = None

    def call(self, method: str, path: str, key: str = ADMIN_TOKEN, **more: Any) -> httpx.Response:
        """Call ``/api/v1<path>`` with the admin token, or with an injixo API key."""
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=PATIENCE, **more)


@contextmanager
def serving(folder: Path, freshchat: str, **settings: str) -> Iterator[Stillwatch]:
    """Run ``python app.py`` on a free port with an empty database, and with more settings."""
    log = folder / "log.txt"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STILLWATCH_")}
    environment |= {
        "STILLWATCH_DATABASE": str(folder / "stillwatch.duckdb"),
        "STILLWATCH_FRESHCHAT_URL": freshchat,
        "STILLWATCH_WATCH_SECONDS": "1",
        "STILLWATCH_ADMIN_TOKEN": ADMIN_TOKEN,
        **settings,
    }
    with reserved_port() as port, log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=environment | {"STILLWATCH_PORT": str(port)},
            stdout=output,
            stderr=output,
        )
        try:
            stillwatch = Stillwatch(f"http://127.0.0.1:{port}", process)
            wait_until_it_answers(stillwatch, process, log)
            yield stillwatch
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_until_it_answers(stillwatch: Stillwatch, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            # A door answers 401 for those behind it.
            if httpx.get(f"{stillwatch.url}/_stcore/health").status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"Stillwatch did not start within {PATIENCE} s:\n{log.read_text()}")


@pytest.fixture(scope="module")
def stillwatch(tmp_path_factory: pytest.TempPathFactory, freshchat: str) -> Iterator[Stillwatch]:
    """A Stillwatch that the journeys of a module share: each adds an integration of its own."""
    with serving(tmp_path_factory.mktemp("shared"), freshchat) as running:
        yield running


@pytest.fixture
def empty_stillwatch(tmp_path: Path, freshchat: str) -> Iterator[Stillwatch]:
    """A Stillwatch of one's own, as it is after its first start."""
    with serving(tmp_path, freshchat) as running:
        yield running


FEATURES_OFF = (
    # A page of Chromium's own behind its address bar, which nobody sees here: a fifth of all that a new window costs.
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    # Chromium obeys the last such list alone: what Playwright leaves out itself.
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        f"--disable-features={FEATURES_OFF}",
        "--disable-sync",
        "--no-first-run",
    ]
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": quiet}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, for what it leaves to be looked at."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open an address as a reader: ``visit(url, locale="de-DE", ...)``.

    When the test ends, the console must have stayed clean, and nothing been asked of another host. When it fails, what
    its pages showed is printed.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.location["url"].endswith(HARMLESS):
            complaints.append(f"{message.type}: {message.text}")

    def open_it(url: str, **options: Any) -> Page:
        context = browser.new_context(**{"locale": "en-GB", "timezone_id": where_it_is_day(), **options})
        context.set_default_timeout(MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", console)
        page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
        page.on("request", lambda request: complaints.extend(elsewhere(request.url)))
        page.goto(url)
        return page

    yield open_it
    for context in contexts:
        if request.node.stash.get(FAILED, False):
            for page in context.pages:
                print(f"{page.url} showed:", page.locator("body").aria_snapshot(timeout=10_000), sep="\n")
        context.close()
    assert complaints == []


def elsewhere(url: str) -> list[str]:
    """Return the address when it is another host's."""
    return [] if url.startswith(("http://127.0.0.1:", "data:", "blob:")) else [f"asked another host: {url}"]
