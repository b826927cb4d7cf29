"""Over 50 resolutions a minute the platform's limit bites: what is not sent is found, and fetched."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from data.integrations import Integration
from services import backfill
from services.system import System
from tests.app.in_freshchat import contacts, update
from tests.conftest import NOW, Clock
from tests.store.account import FreshchatAccount, Resolution


def test_what_the_platform_s_limit_keeps_back_is_found_and_fetched(
    freshchat: Callable[..., Any],
    system: System,
    integration: Integration,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sixty chats are resolved within a minute; the platform lets fifty requests of an app through."""
    start = NOW - timedelta(minutes=30)
    truth = [
        Resolution(f"chat-{number}", start + timedelta(seconds=number), f"{number}-1", ("g", "Kundensupport"))
        for number in range(60)
    ]
    steps = [
        update(resolved.chat_id, resolved.at.isoformat(), "new", "resolved") | {"at": number * 1000}
        for number, resolved in enumerate(truth)
    ]
    seen = freshchat(*steps)
    assert seen["log"] == ["event not sent: status 429"] * 10
    assert len(contacts(system)) == 50

    account = FreshchatAccount(truth).install(monkeypatch)
    told = system.freshchat(integration).resolved_interactions(start, start + timedelta(minutes=15))
    assert sum(entry.count for entry in told) == 60

    backfill.request(system, integration.integration_id, start, NOW, "incident")
    while any(job.state == "running" for job in backfill.status(system, integration.integration_id)):
        backfill.run_due(system, clock.advance(seconds=10))
    assert account.ordered() == 1
    assert [chat for chat, _, _ in contacts(system)] == [resolved.chat_id for resolved in truth]
    assert {queue for _, _, queue in contacts(system)} == {"Kundensupport"}
