"""Integrations over HTTP: adding, changing, pausing, deleting, and what is never told."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.integrations.editing import connected_as
from services.system import System

Call = Callable[..., Any]
AS_JSON = {"Content-Type": "application/json"}
WISH = {"name": "Service Nord", "domain": "example.freshchat.com"}


def test_adding_answers_with_the_whole_integration(admin: Call, clock: Any) -> None:
    wish = {
        **WISH,
        "freshchat_api_key": "fc-secret",
        "time_zone": "Europe/Berlin",
        "holidays": "DE-BY",
        "counting": "once_per_chat",
        "paused": True,
    }
    answer = admin("POST", "/integrations", json=wish)
    assert answer.status_code == 201
    made = answer.json()
    assert made["id"]
    assert made == {
        "id": made["id"],
        "name": "Service Nord",
        "domain": "example.freshchat.com",
        "has_freshchat_api_key": True,
        "time_zone": "Europe/Berlin",
        "holidays": "DE-BY",
        "counting": "once_per_chat",
        "paused": True,
        "webhook_public_key": None,
        "created_at": "2026-03-03T09:00:00Z",
        "configuration": None,
        "configuration_detail": None,
        "configuration_checked_at": None,
    }
    assert admin("GET", f"/integrations/{made['id']}").json() == made
    assert admin("GET", "/integrations").json() == {"integrations": [made]}


def test_a_name_and_a_domain_are_enough(admin: Call) -> None:
    made = admin("POST", "/integrations", json=WISH).json()
    assert (made["time_zone"], made["counting"], made["paused"]) == ("UTC", "every_resolution", False)


def test_the_freshchat_api_key_is_encrypted_and_never_told(
    admin: Call, system: System, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "fc-very-secret-key"
    answers = [admin("POST", "/integrations", json={**WISH, "freshchat_api_key": secret})]
    path = f"/integrations/{answers[0].json()['id']}"
    answers += [
        admin("GET", "/integrations"),
        admin("GET", path),
        admin("PATCH", path, json={"freshchat_api_key": secret + "2"}),
        admin("PATCH", path, json={"freshchat_api_key": [secret]}),
        admin("POST", "/integrations", json={**WISH, "freshchat_api_key": {"key": secret}}),
        admin("POST", "/integrations", json={**WISH, "freshchat_api_key": secret * 1000}),
        admin("GET", f"{path}/freshness"),
        admin("POST", f"{path}/check"),
    ]
    system.database._engine.connection.execute("CHECKPOINT")
    written = capfd.readouterr()
    for text in [*(answer.text for answer in answers), written.out, written.err]:
        assert secret not in text
    assert secret.encode() not in system.database.path.read_bytes()
    stored = system.integration(answers[0].json()["id"]).freshchat_api_key
    assert stored is not None
    assert system.vault.unlock(stored) == secret + "2"


def test_a_name_is_taken_whatever_its_case_until_its_integration_is_deleted(admin: Call) -> None:
    made = admin("POST", "/integrations", json=WISH).json()
    taken = admin("POST", "/integrations", json={**WISH, "name": " service  NORD "})
    assert (taken.status_code, taken.json()["code"]) == (409, "name_taken")
    other = admin("POST", "/integrations", json={**WISH, "name": "Other"}).json()
    renamed = admin("PATCH", f"/integrations/{other['id']}", json={"name": "Service Nord"})
    assert (renamed.status_code, renamed.json()["code"]) == (409, "name_taken")
    assert admin("PATCH", f"/integrations/{made['id']}", json={"name": "SERVICE NORD"}).status_code == 200
    admin("DELETE", f"/integrations/{made['id']}")
    assert admin("POST", "/integrations", json=WISH).status_code == 201


@pytest.mark.parametrize(
    ("field", "values", "code"),
    [
        (
            "domain",
            ["", "localhost", "evil.example.com", "freshchat.com", "127.0.0.1", "a.freshchat.com.evil.com"],
            "bad_domain",
        ),
        ("name", ["", "   ", "x" * 101, "a\0b", "half \ud83d"], "bad_name"),
        ("time_zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime"], "bad_time_zone"),
        ("holidays", ["XX", "DE-XX", "DE-BY-X"], "bad_holidays"),
        ("counting", ["", "twice"], "bad_counting"),
        (
            "freshchat_api_key",
            ["ijx_0123456789_s_c", "example.freshchat.com", "two words", "a\0b", "schlüssel"],
            "bad_api_key",
        ),
        ("name", [5, None, [], {}], "bad_request"),
        ("domain", [5, None, ["example.freshchat.com"]], "bad_request"),
        ("paused", ["perhaps", "true", 0, 7, None, []], "bad_request"),
        ("freshchat_api_key", [5, [], "x" * 10_001], "bad_request"),
    ],
)
def test_a_field_that_cannot_be_is_named_and_nothing_is_saved(
    field: str, values: list[object], code: str, admin: Call
) -> None:
    for value in values:
        content = json.dumps({**WISH, field: value})
        answer = admin("POST", "/integrations", content=content, more_headers=AS_JSON)
        assert (answer.status_code, answer.json()["code"]) == (422, code), value
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in (answer.json().get("field") or answer.json()["detail"])
    assert admin("GET", "/integrations").json() == {"integrations": []}


def test_a_name_is_taken_however_it_is_spelled(admin: Call) -> None:
    assert (
        admin("POST", "/integrations", json={**WISH, "name": "\u200bBu\u0308ro\u202e"}).json()["name"]
        == "Büro"
    )
    for spelling in ("Büro", "bu\u0308ro", "B\u00adüro"):
        answer = admin("POST", "/integrations", json={**WISH, "name": spelling})
        assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


def test_what_is_no_json_object_is_refused(admin: Call) -> None:
    for content, status in ((b"{", 400), (b"", 422), (b"[]", 422), (b"null", 422), (b'"text"', 422)):
        answer = admin("POST", "/integrations", content=content, more_headers=AS_JSON)
        assert answer.status_code == status, content
        assert answer.json()["code"] == ("bad_json" if status == 400 else "bad_request")


def test_a_change_touches_only_what_it_names(admin: Call) -> None:
    made = admin(
        "POST",
        "/integrations",
        json={**WISH, "freshchat_api_key": "k", "time_zone": "Europe/Berlin", "holidays": "DE"},
    ).json()
    path = f"/integrations/{made['id']}"
    assert admin("PATCH", path, json={}).json() == made
    assert admin("PATCH", path, json={"name": "Neu"}).json() == {**made, "name": "Neu"}
    assert admin("PATCH", path, json={"holidays": None}).json() == {**made, "name": "Neu", "holidays": None}
    kept = admin("PATCH", path, json={"name": None, "time_zone": None, "freshchat_api_key": None}).json()
    assert kept == {**made, "name": "Neu", "holidays": None}
    assert admin("PATCH", path, json={"counting": "once_per_chat"}).json()["counting"] == "once_per_chat"
    assert admin("PATCH", path, json={"id": "other", "created_at": "x"}).json()["id"] == made["id"]
    bad = admin("PATCH", path, json={"domain": "evil.example.com"})
    assert (bad.status_code, bad.json()["code"], bad.json()["field"]) == (422, "bad_domain", "domain")


def test_other_credentials_are_not_yet_known_to_work(admin: Call, system: System) -> None:
    from services.integrations.editing import note_configuration

    made = admin("POST", "/integrations", json={**WISH, "freshchat_api_key": "k"}).json()
    path = f"/integrations/{made['id']}"
    for change in ({"freshchat_api_key": "other"}, {"domain": "other.freshchat.com"}):
        note_configuration(system, made["id"], "operational", "it works")
        assert admin("PATCH", path, json={"name": "Same"}).json()["configuration"] == "operational"
        assert admin("PATCH", path, json=change).json()["configuration"] is None


def test_a_freshchat_api_key_can_be_taken_away(admin: Call, system: System) -> None:
    from services.integrations.editing import note_configuration

    made = admin("POST", "/integrations", json={**WISH, "freshchat_api_key": "k"}).json()
    note_configuration(system, made["id"], "operational", "it works")
    path = f"/integrations/{made['id']}"
    assert admin("PATCH", path, json={"freshchat_api_key": " "}).json() == {
        **made,
        "has_freshchat_api_key": False,
    }
    assert system.integration(made["id"]).freshchat_api_key is None
    assert admin("GET", f"{path}/freshness").json()["configuration"] is None
    told = admin("POST", f"{path}/check").json()
    assert (told["configuration"], "No Freshchat API key" in told["detail"]) == ("invalid_credentials", True)
    entries = admin("GET", "/audit").json()["entries"]
    changed = next(entry for entry in entries if entry["action"] == "integration_changed")
    assert changed["after"] == {"freshchat_api_key": None}


def test_pausing_and_resuming_twice_changes_nothing_more(admin: Call, clock: Any, system: System) -> None:
    made = admin("POST", "/integrations", json=WISH).json()
    path = f"/integrations/{made['id']}"
    for paused in (True, True):
        assert admin("PATCH", path, json={"paused": paused}).json()["paused"] is True
        clock.advance(minutes=1)
    assert system.integration(made["id"]).paused_at is not None
    assert system.integration(made["id"]).paused_at != clock.now
    for paused in (False, False):
        assert admin("PATCH", path, json={"paused": paused}).json()["paused"] is False


def test_a_deleted_integration_is_gone_from_every_list(admin: Call) -> None:
    made = admin("POST", "/integrations", json=WISH).json()
    path = f"/integrations/{made['id']}"
    answer = admin("DELETE", path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert admin("GET", "/integrations").json() == {"integrations": []}
    for method in ("GET", "PATCH", "DELETE"):
        again = admin(method, path, **({"json": {}} if method == "PATCH" else {}))
        assert (again.status_code, again.json()["code"]) == (404, "not_found")


def test_deleting_forgets_the_freshchat_api_key(admin: Call, system: System) -> None:
    made = admin("POST", "/integrations", json={**WISH, "freshchat_api_key": "k"}).json()
    admin("DELETE", f"/integrations/{made['id']}")
    assert system.integration_with_history(made["id"]).freshchat_api_key is None


def test_the_list_is_in_the_order_of_names(admin: Call) -> None:
    for name in ("b", "C", "a"):
        admin("POST", "/integrations", json={**WISH, "name": name})
    assert [row["name"] for row in admin("GET", "/integrations").json()["integrations"]] == ["a", "b", "C"]


def test_an_integration_survives_a_restart(admin: Call, system: System, api: TestClient) -> None:
    from services.directory import read_directory

    made = admin("POST", "/integrations", json={**WISH, "freshchat_api_key": "k"}).json()
    assert read_directory(system.database) == system.directory
    assert made["id"] in system.directory.integrations


def test_who_asks_a_domain_already_is_told_whatever_way_it_is_written(admin: Call, system: System) -> None:
    nord = admin("POST", "/integrations", json=WISH).json()["id"]
    admin("POST", "/integrations", json={"name": "Service Süd", "domain": "other.freshchat.com"})
    assert connected_as(system, "https://Example.freshchat.com/") == ["Service Nord"]
    assert connected_as(system, "example.freshchat.com", but=nord) == []
    assert connected_as(system, "third.freshchat.com") == []
