"""Pages run as Streamlit runs them, on the test's own system."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from altair.utils import schemapi
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from data.watch import Incident, save_incident
from pages.parts.charts import drawing as drawing  # which ends the checks, when it is imported
from services import integrations
from services.system import System
from services.watch.watcher import Watcher
from tests.patience import PATIENCE

MAIN = Path(__file__).resolve().parents[2] / "pages" / "main.py"

Open = Callable[..., AppTest]
Request = Literal["refresh", "click"]


class Disturb(Protocol):
    def __call__(self, name: str, by: Request = "refresh") -> None: ...


@pytest.fixture(autouse=True)
def _charts_are_checked() -> Iterator[None]:
    """The charts of all pages are held against their schema here, and nowhere else."""
    with schemapi.debug_mode(True):
        yield


@pytest.fixture(autouse=True, scope="session")
def _components_are_looked_up_once() -> Iterator[None]:
    """Streamlit's test reads about every installed package, each time that a page is opened."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        yield


@pytest.fixture
def open_page(system: System) -> Open:
    """Open a page as a reader does: ``open_page("integration.py", integration="...")``."""

    def open_page(page: str | None = None, **query: str) -> AppTest:
        app = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
        if "language" in query:
            app.query_params["language"] = query.pop("language")
        app.run()
        app.query_params |= query
        if page is not None:
            app.switch_page(page).run()
        assert not app.exception
        return app

    return open_page


@pytest.fixture
def told_by_a_proxy() -> Iterator[None]:
    """A reverse proxy tells who is there, as AppTest does."""
    before = config.get_option("server.trustedUserHeaders")
    config.set_option("server.trustedUserHeaders", {"X-User": "email"})
    yield
    config.set_option("server.trustedUserHeaders", before)


@pytest.fixture
def public_key() -> str:
    """The public key as Freshchat shows it."""
    folder = Path(__file__).resolve().parents[1] / "fixtures" / "freshchat" / "signature-vector"
    return (folder / "public_key_as_shown_by_freshchat.pem").read_text(encoding="ascii")


@pytest.fixture
def outage(system: System, integration: Integration) -> Callable[[timedelta, timedelta], None]:
    """Keep an incident that began and ended so long ago: ``outage(timedelta(hours=2), timedelta(hours=1))``."""

    def keep(began: timedelta, ended: timedelta) -> None:
        now = system.clock()
        incident = Incident(
            integration.integration_id, "i", now - began, now - began, now - ended, "silent", "key_revoked"
        )
        system.writer.write(lambda transaction: save_incident(transaction, incident))

    return keep


@pytest.fixture
def refused(system: System, integration: Integration, key: str, push: Callable[..., object]) -> None:
    """The app has used a key that somebody then revoked, and goes on using it."""
    event = {
        "chat_id": "c",
        "resolved_at": system.clock().isoformat(),
        "group": {"id": "1", "name": "Support"},
    }
    push("/events", json=event)
    system.activity.flush()
    (revoked,) = system.directory.keys_of(integration.integration_id)
    integrations.revoke_key(system, integration.integration_id, revoked.key_id)
    push("/events", json=event)
    push("/events", json=event)
    Watcher(system).tick()


@pytest.fixture
def disturb(monkeypatch: pytest.MonkeyPatch) -> Disturb:
    """Have another request of the window come once, while the named function runs; or ``by`` a second click."""

    def disturb(name: str, by: Request = "refresh") -> None:
        module, _, function = name.rpartition(".")
        called = getattr(import_module(module), function)
        requests = [_another_request_comes]

        def disturbed(*arguments: Any, **named: Any) -> Any:
            result = called(*arguments, **named)
            if requests:
                requests.pop()(by)
            return result

        monkeypatch.setattr(name, disturbed)

    return disturb


def _another_request_comes(by: Request) -> None:
    context = get_script_run_ctx()
    assert context is not None
    assert context.script_requests is not None
    if by == "click":  # it runs in a thread of its own
        context.script_requests.request_stop()
        return
    same = RerunData(query_string=context.query_string, page_script_hash=context.page_script_hash)
    context.script_requests.request_rerun(same)
