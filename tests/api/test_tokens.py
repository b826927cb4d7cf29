"""API tokens: named, with a role and an end, shown once, and refused as the setting's token is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from data.integrations import Integration
from services.people.person import Role
from services.settings import Settings
from services.signing_in.tokens import listed_tokens, make_token, revoke_token
from services.system import Invalid, System
from tests.conftest import ADMIN_TOKEN, Clock

DAY = timedelta(days=1)


@pytest.fixture
def call(api: Any) -> Callable[..., Any]:
    """Call the admin API with a token: ``call(token, "GET", "/integrations")``."""

    def call(token: str, method: str, path: str, **more: Any) -> Any:
        return api.request(method, f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"}, **more)

    return call


@pytest.mark.parametrize(
    ("role", "read", "backfill", "change"),
    [("supervisor", 200, 403, 403), ("support", 200, 202, 403), ("admin", 200, 202, 200)],
)
def test_a_token_acts_with_its_role(
    system: System, integration: Integration, call: Any, role: Role, read: int, backfill: int, change: int
) -> None:
    token = make_token(system, "program", role, DAY)
    place = f"/integrations/{integration.integration_id}"
    assert call(token, "GET", f"{place}/contacts").status_code == read
    asked = call(token, "POST", f"{place}/backfill", json={"from": "2026-03-01", "to": "2026-03-02"})
    assert asked.status_code == backfill
    changed = call(token, "PATCH", place, json={"name": "Service"})
    assert changed.status_code == change
    if change == 403:
        assert changed.json()["code"] == "not_allowed"
        assert "admin" in changed.json()["detail"]
        assert system.integration(integration.integration_id).name == "Kundenservice"
    assert call(token, "GET", "/audit").status_code == (200 if role == "admin" else 403)


def test_a_key_that_a_token_generates_names_it(system: System, integration: Integration, call: Any) -> None:
    token = make_token(system, "deployment", "admin", None)
    keys = f"/integrations/{integration.integration_id}/keys"
    assert call(token, "POST", keys, json={}).json()["created_by"] == "deployment"


def test_it_ends_on_its_day_and_when_it_is_revoked(system: System, call: Any, clock: Clock) -> None:
    first, second = make_token(system, "one", "admin", DAY), make_token(system, "two", "admin", None)
    clock.advance(days=1)
    assert call(first, "GET", "/integrations").json()["code"] == "wrong_token"
    assert call(second, "GET", "/integrations").status_code == 200
    (two,) = [token for token in listed_tokens(system) if token.name == "two"]
    revoke_token(system, two.token_id)
    assert call(second, "GET", "/integrations").status_code == 401


def test_it_tells_when_it_was_used_last(system: System, call: Any, clock: Clock) -> None:
    token = make_token(system, "one", "supervisor", None)
    assert listed_tokens(system)[0].last_used_at is None
    used_at = clock.advance(minutes=5)
    call(token, "GET", "/integrations")
    assert listed_tokens(system)[0].last_used_at == used_at


def test_only_its_hash_is_stored(system: System) -> None:
    token = make_token(system, "one", "supervisor", None)
    assert token.startswith("swt_")
    assert token not in repr(system.known)
    assert token not in str(system.database.rows("SELECT * FROM api_token"))


def test_wrong_ones_are_slowed_down(call: Any, system: System) -> None:
    make_token(system, "one", "admin", None)
    answers = [call(f"swt_{n}", "GET", "/integrations").status_code for n in range(31)]
    assert set(answers[:30]) == {401}
    assert answers[30] == 429


def test_wrong_ones_of_a_colleague_do_not_stop_one_that_was_made_here(call: Any, system: System) -> None:
    token = make_token(system, "one", "admin", None)
    answers = [call(f"swt_{n}", "GET", "/integrations").status_code for n in range(31)]
    assert answers[30] == 429
    assert call(token, "GET", "/integrations").status_code == 200
    assert call(ADMIN_TOKEN, "GET", "/integrations").status_code == 429, "the setting's may be short"


@pytest.mark.parametrize(("name", "role"), [("", "admin"), ("x" * 101, "admin"), ("one", "king")])
def test_one_without_a_name_or_with_a_role_that_is_none_is_refused(
    system: System, name: str, role: Any
) -> None:
    with pytest.raises(Invalid):
        make_token(system, name, role, None)


class TestWithoutTheSetting:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"admin_token": None})

    def test_a_token_switches_the_admin_api_on(self, system: System, call: Any) -> None:
        assert call("x", "GET", "/integrations").json()["code"] == "admin_api_off"
        token = make_token(system, "one", "supervisor", None)
        assert call(token, "GET", "/integrations").status_code == 200
