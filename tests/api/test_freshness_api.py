"""The data flow over HTTP: the figures of the verdict and of each queue, rounded to a tenth."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from data.integrations import Integration
from services.system import System
from services.watch.data_flow import freshness
from services.watch.watcher import Watcher
from tests.conftest import Clock
from tests.store.test_watch import push_history


def test_a_silence_is_told_with_its_figures_in_all_and_by_queue(
    system: System, integration: Integration, clock: Clock, admin: Callable[..., Any]
) -> None:
    push_history(system, integration)
    clock.advance(hours=2)
    Watcher(system).tick()
    told = admin("GET", f"/integrations/{integration.integration_id}/freshness").json()
    panel = freshness(system, integration.integration_id)
    verdict, reading = panel.verdict, panel.assessment.evidence.reading
    assert (told["data_flow"], told["cause"], told["received"]) == ("silent", verdict.cause, verdict.received)
    assert verdict.expected is not None
    assert verdict.once_in_weeks is not None
    assert told["expected"] == round(verdict.expected, 1) > 0
    assert told["once_in_weeks"] == round(verdict.once_in_weeks, 1) > 0
    assert reading is not None
    by_queue = {
        stream.queue: max(stream.silence, stream.partial_loss, key=lambda it: it.level)
        for stream in reading.queues
    }
    assert set(by_queue) == {"A", "B"}
    for queue in told["queues"]:
        worst = by_queue[queue["queue"]]
        assert queue["level"] == round(worst.level, 3) > 0
        assert (queue["expected"], queue["received"]) == (round(worst.expected, 1), worst.received)


def test_an_integration_without_a_key_waits_since_it_was_added(
    system: System, clock: Clock, admin: Callable[..., Any]
) -> None:
    started_at = clock()
    clock.advance(hours=3)
    made = admin("POST", "/integrations", json={"name": "New", "domain": "example.freshchat.com"}).json()
    clock.advance(minutes=20)
    Watcher(system).tick()
    told = admin("GET", f"/integrations/{made['id']}/freshness").json()
    assert (told["data_flow"], told["cause"]) == ("waiting", "app_not_installed")
    assert datetime.fromisoformat(told["since"]) == started_at + timedelta(hours=3)
