"""What happened is counted once, and none of it is lost while the store refuses changes."""

from datetime import timedelta
from typing import Any

import pytest

from data.activity import Activity, activity_totals
from data.database import StoreUnavailable
from data.integrations import Integration
from services.system import System
from tests.conftest import NOW
from tests.store.failing import refusing


def told(entries: list[Activity]) -> list[tuple[str, int, timedelta, timedelta]]:
    return [(entry.kind, entry.occurrences, entry.first_at - NOW, entry.last_at - NOW) for entry in entries]


def test_what_could_not_be_written_is_kept_and_written_once(
    system: System, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, minute = integration.integration_id, timedelta(minutes=1)
    log = system.activity
    log.note(name, "k", "heartbeat", NOW)
    log.flush()
    with refusing(monkeypatch):
        log.note(name, "k", "heartbeat", NOW + minute)
        with pytest.raises(StoreUnavailable):
            log.flush()
        log.note(name, "k", "heartbeat", NOW + 2 * minute)
        everything = [("heartbeat", 3, 0 * minute, 2 * minute)]
        assert told(log.totals(name)) == everything, "what is not on disk yet is evidence all the same"
        assert told(log.since(name, NOW)) == everything
        assert told(log.since(name, NOW + timedelta(hours=1))) == []
    log.flush()
    log.flush()
    assert told(activity_totals(system.database, name)) == everything


def test_what_is_noted_while_a_flush_is_under_way_is_counted_once(
    system: System, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, log = integration.integration_id, system.activity
    log.note(name, "k", "events", NOW, 2)
    write = system.writer.write

    def write_slowly(job: Any) -> Any:
        log.note(name, "k", "events", NOW + timedelta(seconds=5), 3)
        return write(job)

    with monkeypatch.context() as patched:
        patched.setattr(system.writer, "write", write_slowly)
        log.flush()
    assert told(activity_totals(system.database, name)) == [("events", 2, timedelta(0), timedelta(0))]
    assert told(log.totals(name)) == [("events", 5, timedelta(0), timedelta(seconds=5))]


def test_closing_does_not_hang_on_what_cannot_be_written(
    system: System, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.activity.note(integration.integration_id, "k", "events", NOW)
    closed = []
    with refusing(monkeypatch), monkeypatch.context() as patched:
        patched.setattr(system.database, "close", lambda: closed.append(True))
        system.close()
    assert closed == [True]
    monkeypatch.setattr(system, "close", system.database.close)
