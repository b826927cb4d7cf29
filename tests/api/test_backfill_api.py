"""The admin API of the backfill: ask for a span, see how far it is."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.integrations import Integration
from services import backfill
from services.system import System
from tests.conftest import Clock
from tests.store.account import FreshchatAccount, Resolution

Admin = Callable[..., Any]


@pytest.fixture
def path(integration: Integration) -> str:
    return f"/integrations/{integration.integration_id}/backfill"


def test_a_span_is_asked_for_and_watched(
    admin: Admin, path: str, system: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = FreshchatAccount().install(monkeypatch)
    asked = admin("POST", path, json={"from": "2026-03-01", "to": "2026-03-02T12:00:00+01:00"})
    assert asked.status_code == 202
    job = asked.json()
    assert job == {
        "id": job["id"],
        "reason": "requested",
        "state": "running",
        "progress": 0.0,
        "from": "2026-02-28T23:00:00Z",
        "to": "2026-03-02T11:00:00Z",
        "requested_at": "2026-03-03T09:00:00Z",
        "finished_at": None,
        "next_step_at": "2026-03-03T09:00:00Z",
        "fetched": 0,
        "new": 0,
        "unreadable": 0,
        "error": None,
    }
    account.resolutions = [Resolution("c1", clock().replace(day=1), "1-1")]
    while backfill.run_due(system, clock()):
        clock.advance(minutes=1)
    done = admin("GET", path).json()["jobs"][-1]
    assert (done["id"], done["state"], done["progress"], done["new"]) == (job["id"], "done", 1.0, 1)


def test_jobs_are_listed_newest_first(admin: Admin, path: str, clock: Clock) -> None:
    for day in (1, 2):
        clock.advance(seconds=1)
        admin("POST", path, json={"from": f"2026-02-0{day}", "to": "2026-02-20"})
    assert [job["from"][:10] for job in admin("GET", path).json()["jobs"]] == ["2026-02-01", "2026-01-31"]


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "bad_span"),
        ({"from": "2026-04-01", "to": "2026-04-02"}, "bad_span"),
        ({"from": "2020-01-01", "to": "2026-03-01"}, "bad_span"),
        ({"from": "yesterday", "to": "2026-03-01"}, "bad_span"),
        ({"from": "2026-03-01T00:00:00", "to": "2026-03-02"}, "bad_span"),
        ({"from": "2026-03-01"}, "bad_request"),
        ({"from": 1, "to": 2}, "bad_request"),
        ({"from": "9" * 1000, "to": "2026-03-02"}, "bad_request"),
    ],
)
def test_a_span_that_cannot_be_is_refused(
    admin: Admin, path: str, span: dict[str, object], code: str
) -> None:
    answer = admin("POST", path, json=span)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert admin("GET", path).json() == {"jobs": []}


def test_too_many_jobs_are_refused(admin: Admin, path: str) -> None:
    for minute in range(50):
        admin("POST", path, json={"from": f"2026-03-01T00:{minute:02d}:00Z", "to": "2026-03-02"})
    answer = admin("POST", path, json={"from": "2026-02-01", "to": "2026-03-02"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_admins_may_ask(api: TestClient, path: str, method: str) -> None:
    assert api.request(method, f"/api/v1{path}", json={}).status_code == 401


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_integration_is_not_found(admin: Admin, method: str) -> None:
    span = {"from": "2026-03-01", "to": "2026-03-02"}
    assert admin(method, "/integrations/nobody/backfill", json=span).status_code == 404
