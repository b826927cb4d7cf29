"""Notification channels over HTTP: added, listed, changed, tested and deleted; their addresses never shown."""

from collections.abc import Callable
from typing import Any

import pytest

from data.integrations import Integration
from services.translation import LANGUAGES
from tests.conftest import NOBODY_LISTENS, NOW
from tests.receivers import Hook, Mailbox

Admin = Callable[..., Any]
QUIET = {"time_zone": "Europe/Berlin", "weekdays": [1, 2, 3, 4, 5], "from": "22:00", "to": "06:00"}


def test_a_channel_is_added_listed_and_deleted(admin: Admin, hook: Hook, integration: Integration) -> None:
    wanted = {
        "name": "On call",
        "url": hook.url,
        "language": "de",
        "states": ["silent", "confirmed_loss"],
        "integrations": [integration.integration_id],
        "quiet": QUIET,
    }
    answer = admin("POST", "/channels", json=wanted)
    made = answer.json()
    assert answer.status_code == 201
    assert made["id"]
    assert {name: made[name] for name in wanted if name != "url"} == {
        **{name: value for name, value in wanted.items() if name != "url"},
        "states": ["confirmed_loss", "silent"],
    }
    listed = admin("GET", "/channels")
    assert [channel["id"] for channel in listed.json()["channels"]] == [made["id"]]
    assert admin("DELETE", f"/channels/{made['id']}").status_code == 204
    assert admin("GET", "/channels").json() == {"channels": []}
    assert admin("DELETE", f"/channels/{made['id']}").status_code == 404


def test_an_address_is_in_no_answer(admin: Admin, hook: Hook) -> None:
    made = admin("POST", "/channels", json={"name": "Hook", "url": hook.url})
    path = f"/channels/{made.json()['id']}"
    answers = [made, admin("GET", "/channels"), admin("GET", path), admin("POST", f"{path}/test")]
    assert all("127.0.0.1" not in answer.text and "url" not in answer.json() for answer in answers)


def test_only_name_and_address_are_needed(admin: Admin, hook: Hook) -> None:
    made = admin("POST", "/channels", json={"name": "Hook", "url": hook.url}).json()
    assert (made["language"], made["states"], made["integrations"], made["quiet"]) == ("en", [], [], None)
    assert (made["after_minutes"], made["remind_minutes"], made["weekly"]) == (0, 60, False)
    assert made["service"] == "JSON"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_channel_speaks_any_language_of_the_interface(admin: Admin, hook: Hook, language: str) -> None:
    made = admin("POST", "/channels", json={"name": "Hook", "url": hook.url, "language": language})
    assert (made.status_code, made.json()["language"]) == (201, language)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"url": "nonsense"}, "bad_url"),
        ({"url": ""}, "bad_url"),
        ({"url": "nobody://knows/this"}, "bad_url"),
        ({"url": "mailto://"}, "bad_url"),
        ({"url": "syslog://"}, "bad_url"),
        ({"url": "json://" + "x" * 2000}, "bad_request"),
        ({"url": None}, "bad_request"),
        ({"name": " "}, "bad_name"),
        ({"name": "x" * 101}, "bad_name"),
        ({"language": "xx"}, "bad_language"),
        ({"states": ["rainy"]}, "bad_state"),
        ({"integrations": ["nobody"]}, "unknown_integration"),
        ({"quiet": QUIET | {"time_zone": "Mars/Olympus"}}, "bad_time_zone"),
        ({"quiet": QUIET | {"weekdays": [0]}}, "bad_day"),
        ({"quiet": QUIET | {"weekdays": []}}, "bad_day"),
        ({"quiet": QUIET | {"from": "25:00"}}, "bad_time"),
        ({"quiet": {"time_zone": "UTC", "from": "00:00", "to": "24:00"}}, "always_quiet"),
        ({"url": "javascript:alert(1)"}, "bad_url"),
        ({"url": "file:///etc/passwd"}, "bad_url"),
        ({"url": "json://127.0.0.1/a\nb"}, "bad_url"),
        ({"after_minutes": -1}, "bad_request"),
        ({"remind_minutes": 10**6}, "bad_request"),
    ],
)
def test_what_is_no_channel_is_refused_and_the_address_not_repeated(
    admin: Admin, hook: Hook, wrong: dict[str, Any], code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = admin("POST", "/channels", json={"name": "Hook", "url": hook.url} | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    printed = capfd.readouterr()
    assert "knows/this" not in answer.text + printed.out + printed.err
    assert admin("GET", "/channels").json() == {"channels": []}


def test_a_missing_address_is_refused(admin: Admin) -> None:
    answer = admin("POST", "/channels", json={"name": "Hook"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")


def test_what_is_not_named_stays_when_a_channel_is_changed(admin: Admin, hook: Hook) -> None:
    made = admin("POST", "/channels", json={"name": "Hook", "url": hook.url, "quiet": QUIET}).json()
    path = f"/channels/{made['id']}"
    assert admin("PATCH", path, json={"weekly": True, "name": None}).json() == made | {"weekly": True}
    assert admin("PATCH", path, json={"quiet": None}).json()["quiet"] is None
    assert admin("POST", f"{path}/test").json()["state"] == "sent"
    refused = admin("PATCH", path, json={"states": ["rainy"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_state")


def test_a_test_takes_the_real_way_and_is_marked_as_one(admin: Admin, hook: Hook, mailbox: Mailbox) -> None:
    for url in (hook.url, mailbox.url):
        made = admin("POST", "/channels", json={"name": "Kanal", "url": url, "language": "de"}).json()
        tried = admin("POST", f"/channels/{made['id']}/test").json()
        assert (tried["state"], tried["detail"]) == ("sent", None)
        assert admin("GET", f"/channels/{made['id']}").json()["last_sent_at"] == NOW.isoformat().replace(
            "+00:00", "Z"
        )
    assert hook.titles() == ["Test: Stillwatch erreicht dich"]
    assert mailbox.subjects() == hook.titles()
    assert "Kanal" in hook.received[0]["message"]


def test_a_test_that_fails_says_why(admin: Admin) -> None:
    url = NOBODY_LISTENS.replace("http", "json")
    made = admin("POST", "/channels", json={"name": "Nobody", "url": url}).json()
    tried = admin("POST", f"/channels/{made['id']}/test")
    assert tried.status_code == 200
    assert (tried.json()["state"], tried.json()["failure"]) == ("failed", "unreachable")
    assert tried.json()["detail"] == "it cannot be reached"
    listed = admin("GET", f"/channels/{made['id']}").json()
    assert listed["failure"] == "unreachable"
    assert listed["failing_since"] is not None
    assert admin("POST", "/channels/nobody/test").status_code == 404


def test_an_empty_object_of_quiet_hours_is_none(admin: Admin, hook: Hook) -> None:
    answer = admin("POST", "/channels", json={"name": "Hook", "url": hook.url, "quiet": {}})
    assert (answer.status_code, answer.json()["quiet"]) == (201, None)


def test_only_admins_see_channels(api: Any) -> None:
    assert api.get("/api/v1/channels").status_code == 401
    assert api.post("/api/v1/channels", json={"name": "x", "url": "json://x"}).status_code == 401
