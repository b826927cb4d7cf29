"""An automatic rule resolves thousands of chats at midnight: no agent, no group."""

from datetime import UTC, datetime, timedelta
from typing import Any

from data.contacts import counts
from data.integrations import Integration
from services.system import System
from tests.conftest import Clock


def test_thousands_of_resolutions_in_a_minute_are_all_accepted_and_counted(
    system: System, integration: Integration, key: str, push: Any, clock: Clock
) -> None:
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    clock.now = midnight + timedelta(minutes=2)
    accepted = 0
    for start in range(0, 4000, 500):
        events = [
            {
                "chat_id": f"c{number}",
                "resolved_at": (midnight + timedelta(milliseconds=15 * number)).isoformat(),
            }
            for number in range(start, start + 500)
        ]
        answer = push("/events", json={"events": events})
        assert answer.status_code == 202
        accepted += answer.json()["accepted"]
    assert accepted == 4000
    found = counts(
        system.database,
        integration.integration_id,
        start=midnight,
        end=midnight + timedelta(minutes=15),
        received_before=None,
    )
    assert found[["queue", "contacts"]].to_numpy().tolist() == [["Undefined_Queue", 4000]]
