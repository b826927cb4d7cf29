"""Closed days, half days and recurring closings over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from data.integrations import Integration
from tests.conftest import Clock

Admin = Callable[..., Any]


def address(integration: Integration, more: str = "") -> str:
    return f"/integrations/{integration.integration_id}/closed{more}"


def test_a_half_day_a_weekly_and_a_yearly_closing_are_entered_listed_and_removed(
    admin: Admin, integration: Integration
) -> None:
    wanted = [
        {"from": "2026-12-23T13:00:00+01:00", "to": "2026-12-24", "note": "Inventory"},
        {"repeats": "weekly", "day": "7", "from": "02:00", "to": "04:00"},
        {"repeats": "yearly", "day": "12-24", "from": "13:00"},
    ]
    made = [admin("POST", address(integration), json=body) for body in wanted]
    assert [answer.status_code for answer in made] == [201, 201, 201]
    listed = admin("GET", address(integration)).json()
    assert [span["note"] for span in listed["closed"]] == ["Inventory"]
    assert [(rule["repeats"], rule["day"], rule["from"], rule["to"]) for rule in listed["recurring"]] == [
        ("weekly", "7", "02:00", "04:00"),
        ("yearly", "12-24", "13:00", "24:00"),
    ]
    for answer in made:
        closed = f"/{answer.json()['id']}"
        assert admin("DELETE", address(integration, closed)).status_code == 204
    empty = admin("GET", address(integration)).json()
    assert (empty["closed"], empty["recurring"]) == ([], [])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"repeats": "yearly", "day": "02-30"}, "bad_day"),
        ({"repeats": "weekly", "day": "0"}, "bad_day"),
        ({"repeats": "weekly", "day": "1", "from": "25:00"}, "bad_time"),
        ({"repeats": "weekly", "day": "1", "from": "24:00"}, "bad_time"),
        ({"from": "2026-12-24", "to": "2026-12-24"}, "bad_span"),
    ],
)
def test_what_is_no_closing_is_refused(
    admin: Admin, integration: Integration, body: dict[str, str], code: str
) -> None:
    answer = admin("POST", address(integration), json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_half_days_are_offered_before_they_come_until_they_are_entered(
    admin: Admin, integration: Integration, clock: Clock
) -> None:
    admin("PATCH", f"/integrations/{integration.integration_id}", json={"holidays": "DE"})
    assert admin("GET", address(integration)).json()["offered"] == []
    clock.now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    offered = admin("GET", address(integration)).json()["offered"]
    assert [(offer["date"], offer["yearly"]) for offer in offered] == [
        ("2026-12-24", True),
        ("2026-12-31", True),
    ]
    admin("POST", address(integration), json={"repeats": "yearly", "day": "12-24", "from": "13:00"})
    (left,) = admin("GET", address(integration)).json()["offered"]
    assert left["date"] == "2026-12-31"
