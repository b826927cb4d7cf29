"""The cast: a clock that stands still, a system on a real database, one integration and its key."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import hypothesis
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from data.chats import Event, Reporter
from data.database import Database
from data.integrations import Integration
from services import integrations
from services import system as systems
from services.ingest.deliveries import Delivery, record
from services.integrations.draft import Draft
from services.people.person import Asker, Person
from services.process.logs import set_up_logs
from services.process.running import routes
from services.settings import Settings
from services.system import System
from tests.machine import lacking
from tests.receivers import Hook, Mailbox, http_receiver, mail_server

# The same examples everywhere, and no complaint about a slow machine: what passes here passes there.
hypothesis.settings.register_profile(
    "ours", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ours")

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # a Tuesday
ADMIN_TOKEN = "an-admin-token-for-tests"
DATABASE = "stillwatch.duckdb"
NOBODY_LISTENS = "http://127.0.0.1:9"


@dataclass
class Clock:
    """A clock that moves only when it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests, and their database, out of them."""
    for name in list(os.environ):
        if name.startswith("STILLWATCH_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _logs_as_in_production() -> None:
    set_up_logs()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a database of this test's own; Freshchat is a port where nobody listens."""
    return Settings(database=str(tmp_path / DATABASE), admin_token=ADMIN_TOKEN, freshchat_url=NOBODY_LISTENS)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store as the first start leaves it: to copy it costs less than to make one for each test."""
    folder = tmp_path_factory.mktemp("empty")
    Database(folder / DATABASE).close()
    return folder


@pytest.fixture
def system(settings: Settings, clock: Clock, empty_store: Path) -> Iterator[System]:
    for file in empty_store.iterdir():
        shutil.copy(file, settings.database_path.with_name(file.name))
    system = System(settings, clock)
    systems.install(system)
    yield system
    systems.install(None)
    system.close()


@pytest.fixture
def kim(system: System) -> System:
    """The system as an admin at a known address asks it."""
    person = Person("k", "kim@example.com", "admin")
    return system.asked_by(Asker(lambda: person, "192.0.2.7"))


@pytest.fixture
def integration(system: System) -> Integration:
    return integrations.add(
        system, Draft("Kundenservice", "example.freshchat.com", "freshchat-key", time_zone="Europe/Berlin")
    )


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that keeps what it receives."""
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def hook() -> Iterator[Hook]:
    """An HTTP receiver that keeps what it receives."""
    with http_receiver() as hook:
        yield hook


@pytest.fixture
def key(system: System, integration: Integration) -> str:
    """An injixo API key of the integration."""
    text, _ = integrations.generate_key(system, integration.integration_id, overlap=timedelta(0))
    return text


@pytest.fixture
def api(system: System) -> Iterator[TestClient]:
    """The HTTP contract, in this process, without credentials."""
    with TestClient(Starlette(routes=routes(system)), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def admin(api: TestClient) -> Callable[..., Any]:
    """Call the admin API: ``admin("GET", "/integrations")``."""

    def call(method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"} | more.pop("more_headers", {})
        return api.request(method, f"/api/v1{path}", headers=headers, **more)

    return call


@pytest.fixture
def push(api: TestClient, key: str) -> Callable[..., Any]:
    """Call the app's API with the integration's key: ``push("/events", json=...)``."""

    def call(path: str, **more: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {more.pop('key', key)}"}
        if "content" in more:
            headers["Content-Type"] = "application/json"
        return api.post(f"/api/v1{path}", headers=headers, **more)

    return call


@pytest.fixture
def resolve(system: System, integration: Integration) -> Callable[..., None]:
    """Have chats resolved: ``resolve("Kundensupport", at, 3)``, told by the app a second later."""
    numbers = count()

    def call(
        queue: str | None,
        at: datetime,
        contacts: int = 1,
        *,
        reporter: Reporter = "app",
        received_at: datetime | None = None,
    ) -> None:
        received = received_at or at + timedelta(seconds=1)
        group_id = f"id of {queue}" if queue else None
        events = [
            (f"chat {next(numbers)}", Event("resolved", at, None, None, group_id, queue, reporter, received))
            for _ in range(contacts)
        ]
        delivery = Delivery(integration.integration_id, events)
        system.writer.write(lambda transaction: record(transaction, [delivery]))

    return call


collect_ignore = [need.tests for need in lacking()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for need in lacking():
        terminalreporter.write_line(need.advice(), yellow=True)
