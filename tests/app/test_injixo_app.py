"""The real server.js of the app against the real API over HTTP: what happens in Freshchat arrives as contacts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from data.integrations import Integration
from services import integrations
from services.system import System
from tests.app.in_freshchat import contacts, update


def test_what_is_resolved_in_freshchat_becomes_contacts(
    freshchat: Callable[..., Any], system: System, integration: Integration
) -> None:
    seen = freshchat(
        {"event": "onAppInstall", "payload": {}},
        update("chat-1", "2026-03-03T08:00:00Z", "new", "assigned"),
        update("chat-1", "2026-03-03T08:05:00Z", "assigned", "resolved"),
        update("chat-1", "2026-03-03T08:05:00Z", "assigned", "resolved"),  # delivered twice
        update("chat-1", "2026-03-03T08:06:00Z", "resolved", "new"),
        update("chat-1", "2026-03-03T08:06:30Z", "new", "resolved"),
        update("spam-1", "2026-03-03T08:10:00Z", "new", "resolved", None),
        {"event": "onScheduledEvent", "payload": {}},
    )
    assert contacts(system) == [
        ("chat-1", "2026-03-03T08:05:00+00:00", "Kundensupport"),
        ("chat-1", "2026-03-03T08:06:30+00:00", "Kundensupport"),
        ("spam-1", "2026-03-03T08:10:00+00:00", "Undefined_Queue"),
    ]
    assert (seen["log"], seen["rendered"], seen["schedules"]) == ([], ["done"], ["heartbeat"])
    assert {answer["status"] for answer in seen["answers"]} == {202, 204}
    system.activity.flush()
    totals = system.activity.totals(integration.integration_id)
    assert {entry.kind: entry.occurrences for entry in totals} == {"heartbeat": 2, "events": 5}


def test_a_revoked_key_is_seen_on_both_sides_also_when_no_chat_is_resolved(
    freshchat: Callable[..., Any], system: System, integration: Integration
) -> None:
    _, other = integrations.generate_key(system, integration.integration_id, overlap=timedelta(0))
    seen = freshchat({"event": "onScheduledEvent", "payload": {}})
    assert seen["log"] == ["heartbeat not sent: revoked_key"]
    listed = {item.key.key_id: item for item in integrations.listed_keys(system, integration.integration_id)}
    assert listed.pop(other.key_id).use.refused_count == 0
    (revoked,) = listed.values()
    assert (revoked.ended, revoked.use.refused_count) == ("revoked_key", 1)


def test_installing_with_a_key_of_nobody_is_refused_in_words(freshchat: Callable[..., Any]) -> None:
    seen = freshchat({"event": "onAppInstall", "payload": {}}, key="ijx_nonsense")
    assert seen["rendered"] == ["Stillwatch refuses the injixo API key: malformed_key"]
    assert seen["schedules"] == []


def test_uninstalling_says_good_bye(
    freshchat: Callable[..., Any], system: System, integration: Integration
) -> None:
    seen = freshchat({"event": "onAppInstall", "payload": {}}, {"event": "onAppUninstall", "payload": {}})
    assert seen["schedules"] == []
    system.activity.flush()
    kinds = {entry.kind for entry in system.activity.totals(integration.integration_id)}
    assert kinds == {"heartbeat", "goodbye"}
