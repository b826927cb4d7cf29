"""injixo API keys over HTTP: made, rotated, revoked, and refused with a code that says why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from data.integrations import Integration
from services import integrations
from services.integrations import injixo_key
from services.system import System
from tests.conftest import Clock

Call = Callable[..., Any]


@pytest.fixture
def keys(integration: Integration) -> str:
    return f"/integrations/{integration.integration_id}/keys"


def connect(api: TestClient, key: str) -> Any:
    return api.get("/api/v1/connection", headers={"Authorization": f"Bearer {key}"})


def refusal(api: TestClient, key: str) -> str:
    answer = connect(api, key)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["detail"]
    return str(answer.json()["code"])


def test_a_key_is_shown_once_and_only_its_hash_is_stored(
    admin: Call, keys: str, system: System, api: TestClient
) -> None:
    answer = admin("POST", keys)
    assert answer.status_code == 201
    made = answer.json()
    assert set(made) >= {"id", "key", "prefix", "created_at", "created_by", "expires_at"}
    assert made["prefix"] == f"ijx_{made['id']}"
    assert made["key"].startswith(made["prefix"] + "_")
    listed = admin("GET", keys)
    secret = made["key"].split("_")[2]
    assert secret not in listed.text
    assert "secret_hash" not in listed.text
    system.database._engine.connection.execute("CHECKPOINT")
    assert secret.encode() not in system.database.path.read_bytes()
    assert connect(api, made["key"]).status_code == 200


def test_the_list_says_how_a_key_was_used_and_refused(
    admin: Call, keys: str, api: TestClient, clock: Clock
) -> None:
    first = admin("POST", keys).json()
    clock.advance(minutes=1)
    connect(api, first["key"])
    clock.advance(minutes=1)
    connect(api, first["key"])
    second = admin("POST", keys, json={"overlap_seconds": 0}).json()
    clock.advance(minutes=1)
    assert refusal(api, first["key"]) == "revoked_key"
    newest, oldest = admin("GET", keys).json()["keys"]
    assert (newest["id"], oldest["id"]) == (second["id"], first["id"])
    assert newest == {
        "id": second["id"],
        "prefix": second["prefix"],
        "created_at": "2026-03-03T09:02:00Z",
        "created_by": "admin API",
        "expires_at": None,
        "revoked_at": None,
        "last_used_at": None,
        "use_count": 0,
        "rejected_attempts": 0,
        "last_rejected_at": None,
    }
    assert oldest["revoked_at"] == "2026-03-03T09:02:00Z"
    assert (oldest["last_used_at"], oldest["use_count"]) == ("2026-03-03T09:02:00Z", 2)
    assert (oldest["last_rejected_at"], oldest["rejected_attempts"]) == ("2026-03-03T09:03:00Z", 1)


def test_a_rotated_key_lives_through_the_overlap_and_not_a_moment_longer(
    admin: Call, keys: str, api: TestClient, clock: Clock
) -> None:
    old = admin("POST", keys).json()["key"]
    new = admin("POST", keys, json={"overlap_seconds": 3600}).json()["key"]
    clock.advance(seconds=3599)
    assert [connect(api, key).status_code for key in (old, new)] == [200, 200]
    assert connect(api, old).json()["key"]["expires_at"] == "2026-03-03T10:00:00Z"
    clock.advance(seconds=1)
    assert refusal(api, old) == "expired_key"
    assert connect(api, new).status_code == 200


def test_an_overlap_is_a_day_unless_said_otherwise(admin: Call, keys: str) -> None:
    admin("POST", keys)
    admin("POST", keys, json={})
    assert {key["expires_at"] for key in admin("GET", keys).json()["keys"]} == {None, "2026-03-04T09:00:00Z"}


def test_a_second_rotation_lengthens_nobodys_life(admin: Call, keys: str, clock: Clock) -> None:
    first = admin("POST", keys).json()
    admin("POST", keys, json={"overlap_seconds": 3600})
    clock.advance(minutes=10)
    admin("POST", keys, json={"overlap_seconds": 604_800})
    ends = {key["id"]: key["expires_at"] for key in admin("GET", keys).json()["keys"]}
    assert ends[first["id"]] == "2026-03-03T10:00:00Z"
    assert sorted(ends.values(), key=str) == ["2026-03-03T10:00:00Z", "2026-03-10T09:10:00Z", None]


@pytest.mark.parametrize("overlap", [-1, "soon", "60", True, None, 2_592_001, 1e300, [0]])
def test_an_overlap_that_cannot_be_makes_no_key(overlap: object, admin: Call, keys: str) -> None:
    answer = admin("POST", keys, json={"overlap_seconds": overlap})
    assert answer.status_code == 422
    assert answer.json()["code"] in ("bad_request", "bad_overlap")
    assert admin("GET", keys).json() == {"keys": []}


def test_a_revoked_key_is_refused_at_once_and_revoking_it_again_changes_nothing(
    admin: Call, keys: str, api: TestClient, clock: Clock
) -> None:
    made = admin("POST", keys).json()
    assert admin("DELETE", f"{keys}/{made['id']}").status_code == 204
    assert refusal(api, made["key"]) == "revoked_key"
    clock.advance(minutes=5)
    assert admin("DELETE", f"{keys}/{made['id']}").status_code == 204
    assert admin("GET", keys).json()["keys"][0]["revoked_at"] == "2026-03-03T09:00:00Z"


def test_a_key_can_be_revoked_only_where_it_belongs(admin: Call, keys: str, api: TestClient) -> None:
    made = admin("POST", keys).json()
    other = admin("POST", "/integrations", json={"name": "Other", "domain": "other.freshchat.com"}).json()
    for path in (f"/integrations/{other['id']}/keys/{made['id']}", f"{keys}/nothing", f"{keys}/%00"):
        answer = admin("DELETE", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert connect(api, made["key"]).status_code == 200


def test_every_refusal_has_its_code(
    admin: Call, keys: str, api: TestClient, integration: Integration
) -> None:
    key = admin("POST", keys).json()["key"]
    stranger, _ = injixo_key.generate()
    for authorization in (None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", key):
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = api.get("/api/v1/connection", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "missing_key"), authorization
    assert refusal(api, key[:-1]) == "malformed_key"
    assert refusal(api, "ijx_") == "malformed_key"
    assert refusal(api, key + " x") == "malformed_key"
    assert refusal(api, stranger) == "unknown_key"
    assert api.get("/api/v1/connection", headers={"Authorization": f"bearer   {key} "}).status_code == 200
    admin("DELETE", f"/integrations/{integration.integration_id}")
    assert refusal(api, key) == "integration_deleted"


def test_another_secret_under_a_known_id_is_an_unknown_key_of_that_integration(
    admin: Call, keys: str, api: TestClient
) -> None:
    made = admin("POST", keys).json()
    body = f"ijx_{made['id']}_{'A' * 30}"
    assert refusal(api, f"{body}_{injixo_key._checksum(body)}") == "unknown_key"
    assert refusal(api, made["key"][:-2]) == "malformed_key"
    (listed,) = admin("GET", keys).json()["keys"]
    assert (listed["rejected_attempts"], listed["use_count"]) == (2, 0)


def test_a_flood_of_refusals_is_counted_in_one_entry(
    admin: Call, keys: str, api: TestClient, system: System
) -> None:
    made = admin("POST", keys).json()
    admin("DELETE", f"{keys}/{made['id']}")
    for _ in range(50):
        refusal(api, made["key"])
        api.post("/api/v1/events", headers={"Authorization": f"Bearer {injixo_key.generate()[0]}"})
    assert len(system.activity._entries) == 2
    system.activity.flush()
    assert system.activity._entries == {}
    assert admin("GET", keys).json()["keys"][0]["rejected_attempts"] == 50


def test_no_answer_and_no_log_line_repeats_a_key(
    admin: Call, keys: str, api: TestClient, capfd: pytest.CaptureFixture[str]
) -> None:
    key = admin("POST", keys).json()["key"]
    answers = [connect(api, text) for text in (key, key[:-1], key.replace("ijx", "ijy"))]
    answers.append(
        api.post("/api/v1/events", json={"chat_id": key}, headers={"Authorization": f"Bearer {key}"})
    )
    written = capfd.readouterr()
    secret = key.split("_")[2]
    for text in [*(answer.text for answer in answers), written.out, written.err]:
        assert secret not in text


def test_keys_of_an_unknown_or_deleted_integration_are_not_found(
    admin: Call, keys: str, integration: Integration
) -> None:
    admin("DELETE", f"/integrations/{integration.integration_id}")
    for path in (keys, "/integrations/nobody/keys"):
        for method in ("GET", "POST"):
            answer = admin(method, path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_replaced_key_is_refused_before_the_new_one_is_told(
    system: System, integration: Integration, api: TestClient
) -> None:
    def make() -> str:
        return integrations.generate_key(system, integration.integration_id, overlap=timedelta(0))[0]

    old = make()
    new = make()
    assert refusal(api, old) == "revoked_key"
    assert connect(api, new).status_code == 200
