"""GET /api/v1/audit: who did what, when, from where."""

from collections.abc import Callable
from typing import Any

from data.integrations import Integration

Admin = Callable[..., Any]


def test_a_change_over_http_is_told_with_who_and_where_from(admin: Admin, integration: Integration) -> None:
    admin("PATCH", f"/integrations/{integration.integration_id}", json={"name": "Service"})
    (entry,) = admin("GET", "/audit?from=2026-03-03&to=2026-03-04").json()["entries"]
    assert entry["action"] == "integration_changed"
    assert (entry["who"], entry["role"], entry["address"]) == ("admin API", "admin", "testclient")
    assert entry["integration_id"] == integration.integration_id
    assert (entry["before"], entry["after"]) == ({"name": "Kundenservice"}, {"name": "Service"})
    assert entry["at"] == "2026-03-03T09:00:00Z"


def test_a_span_is_exclusive_of_its_end(admin: Admin, integration: Integration) -> None:
    admin("PATCH", f"/integrations/{integration.integration_id}", json={"name": "Service"})
    assert admin("GET", "/audit?from=2026-03-02&to=2026-03-03").json() == {"entries": [], "complete": True}
    assert len(admin("GET", "/audit").json()["entries"]) == 1


def test_a_span_that_is_none_is_refused(admin: Admin) -> None:
    answer = admin("GET", "/audit?from=2026-03-04&to=2026-03-03")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_span")
    assert admin("GET", "/audit?from=yesterday").status_code == 422


def test_it_is_a_csv_too(admin: Admin, integration: Integration) -> None:
    admin("PATCH", f"/integrations/{integration.integration_id}", json={"name": "Service"})
    answer = admin("GET", "/audit?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "name: Kundenservice,name: Service" in answer.text


def test_nobody_else_reads_it(api: Any) -> None:
    assert api.get("/api/v1/audit").status_code == 401
