"""Fields that a body should not have: refused by name, unless they are ours and come back with what was read."""

from collections.abc import Callable
from typing import Any

import pytest

from data.integrations import Integration
from tests.receivers import Hook

Admin = Callable[..., Any]
INTEGRATION = {"name": "Service Nord", "domain": "example.freshchat.com"}
DAY = {"from": "2026-03-01", "to": "2026-03-02"}
QUIET = {"from": "22:00", "to": "06:00"}


@pytest.mark.parametrize(
    ("method", "path", "body", "unknown", "known"),
    [
        ("POST", "/integrations", INTEGRATION | {"timezone": "Europe/Berlin"}, "timezone", "time_zone"),
        ("PATCH", "/integrations/{id}", {"pause": True}, "pause", "paused"),
        ("POST", "/integrations/{id}/keys", {"overlap": 0}, "overlap", "overlap_seconds"),
        ("POST", "/integrations/{id}/backfill", DAY | {"queues": ["Verkauf"]}, "queues", "from, to"),
        ("POST", "/integrations/{id}/closed", DAY | {"notes": "Inventory"}, "notes", "note"),
        (
            "POST",
            "/integrations/{id}/closed",
            {"repeats": "weekly", "day": "7", "until": "04:00"},
            "until",
            "from, to",
        ),
        ("POST", "/channels", {"name": "Hook", "url": "{url}", "state": ["silent"]}, "state", "states"),
        (
            "POST",
            "/channels",
            {"name": "Hook", "url": "{url}", "quiet": QUIET | {"days": [1]}},
            "days",
            "time_zone, weekdays, from, to",
        ),
        ("PATCH", "/channels/{channel}", {"remind": 0}, "remind", "remind_minutes"),
    ],
)
def test_an_unknown_field_is_named_with_the_known_ones_and_nothing_is_done(
    method: str,
    path: str,
    body: dict[str, Any],
    unknown: str,
    known: str,
    admin: Admin,
    integration: Integration,
    hook: Hook,
) -> None:
    channel = admin("POST", "/channels", json={"name": "On call", "url": hook.url}).json()
    where = path.format(id=integration.integration_id, channel=channel["id"])
    body = body | ({"url": hook.url} if "url" in body else {})
    before = everything(admin, integration)
    answer = admin(method, where, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert f"'{unknown}'" in answer.json()["detail"]
    assert known in answer.json()["detail"]
    assert everything(admin, integration) == before


def everything(admin: Admin, integration: Integration) -> list[Any]:
    mine = f"/integrations/{integration.integration_id}"
    paths = ["/integrations", "/channels", *(f"{mine}/{what}" for what in ("keys", "backfill", "closed"))]
    return [admin("GET", path).json() for path in paths]


def test_an_integration_that_was_read_and_changed_is_sent_back_as_it_is(
    admin: Admin, integration: Integration
) -> None:
    path = f"/integrations/{integration.integration_id}"
    read = admin("GET", path).json()
    answer = admin("PATCH", path, json=read | {"counting": "once_per_chat"})
    assert (answer.status_code, answer.json()) == (200, read | {"counting": "once_per_chat"})


def test_what_is_read_only_changes_nothing(admin: Admin, integration: Integration) -> None:
    path = f"/integrations/{integration.integration_id}"
    read = admin("GET", path).json()
    answer = admin("PATCH", path, json={"id": "another", "configuration": "operational"})
    assert (answer.status_code, answer.json()) == (200, read)


def test_a_channel_that_was_read_and_changed_is_sent_back_as_it_is(admin: Admin, hook: Hook) -> None:
    made = admin("POST", "/channels", json={"name": "Hook", "url": hook.url, "quiet": QUIET}).json()
    answer = admin("PATCH", f"/channels/{made['id']}", json=made | {"name": "Other"})
    assert (answer.status_code, answer.json()) == (200, made | {"name": "Other"})


def test_an_integration_and_a_channel_can_be_made_of_another_one(
    admin: Admin, integration: Integration, hook: Hook
) -> None:
    read = admin("GET", f"/integrations/{integration.integration_id}").json()
    copied = admin("POST", "/integrations", json=read | {"name": "A second one"})
    assert (copied.status_code, copied.json()["id"] != read["id"]) == (201, True)
    made = admin("POST", "/channels", json={"name": "Hook", "url": hook.url}).json()
    assert admin("POST", "/channels", json=made | {"url": hook.url}).status_code == 201


def test_closings_that_were_read_are_entered_again_but_no_other_kind_and_not_for_one_queue(
    admin: Admin, integration: Integration
) -> None:
    path = f"/integrations/{integration.integration_id}/closed"
    for body in (DAY, {"repeats": "weekly", "day": "7"}):
        made = admin("POST", path, json=body).json()
        assert admin("POST", path, json=made).status_code == 201
    assert admin("POST", path, json=DAY | {"queue": "Verkauf"}).status_code == 422
    assert admin("POST", path, json=DAY | {"kind": "downtime"}).status_code == 422
    assert admin("POST", path, json=[DAY]).status_code == 422


def test_a_name_that_cannot_be_written_is_refused_like_any_other(
    admin: Admin, integration: Integration
) -> None:
    path = f"/integrations/{integration.integration_id}/keys"
    for name in (r"\ud83d", "x" * 100_000, "{name}", ""):
        answer = admin(
            "POST", path, content=f'{{"{name}": 0}}', more_headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
        assert len(answer.content) < 1000
