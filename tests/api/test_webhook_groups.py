"""Contacts that the webhook reported without a group get it from Freshchat afterwards."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from data.integrations import Integration
from services.asking.missing_groups import MOST_A_RUN, WORTH_ASKING, keep_looking_up, look_up_missing_groups
from services.freshchat.errors import RetryLater
from services.system import System
from tests.api.freshchat_sender import contacts, resolution
from tests.unit.freshchat.fake import answer

RESOLVED = {"status": "resolved", "assigned_group_id": "g"}


class Freshchat:
    """Knows chats by their ids; one that is an exception is raised."""

    def __init__(self, chats: dict[str, Any]) -> None:
        self.chats = chats
        self.asked: list[str] = []

    def conversation(self, chat_id: str) -> dict[str, Any] | None:
        self.asked.append(chat_id)
        found = self.chats.get(chat_id)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def look_up(system: System, integration: Integration) -> Callable[[Freshchat], int]:
    return lambda freshchat: look_up_missing_groups(system, integration, freshchat, system.clock())


def queues(system: System) -> list[tuple[str, str | None, str]]:
    return [(queue, group_id, naming) for _, _, queue, group_id, naming, _, _ in contacts(system)]


def test_the_group_is_found_and_its_name_is_awaited_then(
    webhook: Callable[..., Any], system: System, look_up: Callable[[Freshchat], int]
) -> None:
    webhook(resolution())
    assert queues(system) == [("Undefined_Queue", None, "undefined")]
    assert look_up(Freshchat({"chat-1": RESOLVED})) == 1
    assert queues(system) == [("Undefined_Queue", "g", "awaited")]
    # The contact is the one it was: told by the webhook, and counted once.
    assert [reporter for *_, reporter in contacts(system)] == ["webhook"]
    assert system.database.rows("SELECT sum(contacts)::bigint FROM contact_count") == [(1,)]


def test_a_group_whose_name_is_known_names_the_queue_at_once(
    webhook: Callable[..., Any], push: Callable[..., Any], system: System, look_up: Callable[[Freshchat], int]
) -> None:
    named = {
        "chat_id": "chat-0",
        "resolved_at": "2026-03-03T08:00:00Z",
        "group": {"id": "g", "name": "Verkauf"},
    }
    push("/events", json=named)
    webhook(resolution())
    look_up(Freshchat({"chat-1": RESOLVED}))
    assert queues(system) == [("Verkauf", "g", "reported"), ("Verkauf", "g", "looked_up")]


@pytest.mark.parametrize(
    "chat",
    [
        None,
        {"status": "resolved"},
        {"status": "resolved", "assigned_group_id": ""},
        {"status": "resolved", "assigned_group_id": ["g"]},
        {"status": "reopened", "assigned_group_id": "g"},
        {"status": "resolved", "assigned_group_id": "g", "interaction_id": "1-3"},
    ],
    ids=["deleted", "no group", "empty", "strange", "reopened since", "another interaction since"],
)
def test_a_group_that_cannot_be_determined_stays_undefined_and_is_not_asked_for_again(
    chat: Any, webhook: Callable[..., Any], system: System, look_up: Callable[[Freshchat], int]
) -> None:
    webhook(resolution(interaction_id="1-2"))
    freshchat = Freshchat({"chat-1": chat})
    assert look_up(freshchat) == 0
    assert look_up(freshchat) == 0
    assert queues(system) == [("Undefined_Queue", None, "undefined")]
    assert freshchat.asked == ["chat-1"]


def test_what_was_answered_before_freshchat_failed_is_kept_and_the_rest_asked_again(
    webhook: Callable[..., Any], system: System, look_up: Callable[[Freshchat], int]
) -> None:
    for chat in ("chat-1", "chat-2"):
        webhook(resolution(chat))
    with pytest.raises(RetryLater):
        look_up(Freshchat({"chat-1": RESOLVED, "chat-2": RetryLater("busy")}))
    later = Freshchat({"chat-2": RESOLVED})
    assert look_up(later) == 1
    assert later.asked == ["chat-2"]
    assert queues(system) == [("Undefined_Queue", "g", "awaited")] * 2


def test_only_contacts_that_need_it_are_asked_about(
    webhook: Callable[..., Any], push: Callable[..., Any], look_up: Callable[[Freshchat], int]
) -> None:
    webhook(resolution("with-group", conversation={"assigned_group_id": "g"}))
    push("/events", json={"chat_id": "from-app", "resolved_at": "2026-03-03T08:00:00Z"})
    webhook(resolution("told-by-both"))
    push(
        "/events",
        json={"chat_id": "told-by-both", "resolved_at": "2026-03-03T08:59:00Z", "group": {"name": "Verkauf"}},
    )
    freshchat = Freshchat({})
    look_up(freshchat)
    assert freshchat.asked == []


def test_one_run_asks_about_a_bounded_number_and_forgets_what_is_long_past(
    webhook: Callable[..., Any], look_up: Callable[[Freshchat], int], clock: Any
) -> None:
    webhook(resolution("long-past"))
    clock.advance(seconds=WORTH_ASKING.total_seconds() + 1)
    at = (clock.now - timedelta(minutes=1)).isoformat()
    for number in range(MOST_A_RUN + 1):
        webhook(resolution(f"chat-{number:03}", at))
    freshchat = Freshchat({})
    look_up(freshchat)
    assert len(freshchat.asked) == MOST_A_RUN
    look_up(freshchat)
    assert sorted(freshchat.asked) == [f"chat-{number:03}" for number in range(MOST_A_RUN + 1)]


def test_the_work_list_survives_a_restart(
    webhook: Callable[..., Any], system: System, integration: Integration, tmp_path: Path
) -> None:
    webhook(resolution())
    copy = tmp_path / "copy.duckdb"
    system.database.back_up(copy)  # what another process would find
    other = System(system.settings.model_copy(update={"database": str(copy)}), system.clock)
    try:
        assert look_up_missing_groups(other, integration, Freshchat({"chat-1": RESOLVED}), other.clock()) == 1
    finally:
        other.close()


def test_freshchat_is_asked_with_the_integrations_own_key(
    webhook: Callable[..., Any], system: System, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook(resolution())
    chat = {**RESOLVED, "conversation_id": "chat-1"}
    answers = iter([answer({"code": 401}, 401), answer({"hello": "world"}), answer(chat)])
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return next(answers)

    http = httpx.Client(transport=httpx.MockTransport(respond))
    monkeypatch.setattr("services.system.http_client", lambda *, loopback: http)
    known = system.integration(integration.integration_id)
    assert keep_looking_up(system, known, system.clock()) == 0
    assert system.integration(integration.integration_id).configuration == "invalid_credentials"
    assert keep_looking_up(system, known, system.clock()) == 0  # no chat: it is asked about again
    assert keep_looking_up(system, known, system.clock()) == 1
    assert {request.headers["Authorization"] for request in requests} == {"Bearer freshchat-key"}
    assert {request.url.path for request in requests} == {"/v2/conversations/chat-1"}


def test_an_integration_without_a_webhook_asks_nothing(system: System, integration: Integration) -> None:
    assert keep_looking_up(system, integration, system.clock()) == 0
    assert system.integration(integration.integration_id).configuration is None
