"""What was learned outlives the process, as long as it would have held in memory, and is never needed."""

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from data.calendar import ClosedRule, closed_rules, save_closed_rule
from data.contacts import push_lag
from data.database import Transaction
from data.fits import save_fits, stored_fit
from data.integrations import Integration
from data.watch import Incident, incidents, save_incident
from services import detector, fitted, integrations, learned
from services.closed_days import close_span
from services.learned import LIFE_OF_A_MODEL, Learned
from services.system import System
from services.watch.watcher import Watcher
from tests.conftest import Clock
from tests.store.test_watch import push_history
from tests.unit.detector.test_packing import same

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def watched(system: System, integration: Integration, clock: Clock) -> Integration:
    """An integration of more than two weeks, with an incident that is over, at which the watcher has looked."""
    push_history(system, integration, days=22)
    now = clock.now
    over = Incident(
        integration.integration_id, "i", now - 6 * DAY, now - 6 * DAY, now - 5 * DAY, "silent", "none"
    )
    system.writer.write(lambda transaction: save_incident(transaction, over))
    Watcher(system).tick()
    return integration


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """How many models were made."""
    made = Mock(wraps=detector.fit)
    monkeypatch.setattr(learned, "fit", made)
    return made


def look(system: System, by: Learned, integration: Integration) -> fitted.Fitted:
    now = system.directory.integrations[integration.integration_id]
    return by.fitted(now, incidents(system.database, now.integration_id), system.clock())


def test_the_process_after_this_one_makes_no_model_anew_and_judges_alike(
    system: System, watched: Integration, clock: Clock, made: Mock
) -> None:
    clock.advance(minutes=1)
    known = incidents(system.database, watched.integration_id)
    next_one = Learned(system.database)
    before, after = (look(system, by, watched) for by in (system.learned, next_one))
    assert same(replace(after.model, fitted_at=before.fitted_at), before.model)  # type: ignore[type-var]
    assert replace(after, model=None) == replace(before, model=None)
    assert next_one.reading(watched, known, clock.now, None) == system.learned.reading(
        watched, known, clock.now, None
    )
    assert made.call_count == 0


def test_what_was_stored_is_what_would_be_made_of_the_same_moment(
    system: System, watched: Integration, clock: Clock
) -> None:
    stored = look(system, Learned(system.database), watched)
    system.writer.write(lambda transaction: transaction.run("DELETE FROM fit"))
    afresh = look(system, Learned(system.database), watched)
    assert same(replace(stored.model, fitted_at=clock.now), afresh.model)  # type: ignore[type-var]


def close(system: System, one: str, clock: Clock) -> None:
    close_span(system, one, clock.now - 4 * DAY, clock.now - 3 * DAY, kind="closed")


def rule(system: System, one: str, clock: Clock) -> None:
    weekly = ClosedRule(one, "r", "weekly", "2", "08:00", "09:00")
    system.writer.write(lambda transaction: save_closed_rule(transaction, weekly))
    assert closed_rules(system.database, one)


def change_incident(**fields: object) -> Callable[[System, str, Clock], None]:
    def change(system: System, one: str, clock: Clock) -> None:
        (known,) = incidents(system.database, one)
        changed = replace(known, **fields)  # type: ignore[arg-type]
        system.writer.write(lambda transaction: save_incident(transaction, changed))

    return change


def another_incident(system: System, one: str, clock: Clock) -> None:
    (known,) = incidents(system.database, one)
    another = replace(known, incident_id="another")
    system.writer.write(lambda transaction: save_incident(transaction, another))


def change_draft(**fields: str) -> Callable[[System, str, Clock], None]:
    def change(system: System, one: str, clock: Clock) -> None:
        draft = replace(integrations.draft_of(system.integration(one)), **fields)
        integrations.change(system, one, draft)

    return change


def fetch_back(system: System, one: str, clock: Clock) -> None:
    push_history(system, system.integration(one), days=21, queues=("Fetched",))


def at(**span: float) -> Callable[[System, str, Clock], None]:
    def wait(system: System, one: str, clock: Clock) -> None:
        clock.advance(**span)

    return wait


STALE: dict[str, Callable[[System, str, Clock], None]] = {
    "a closed day": close,
    "a recurring closed day": rule,
    "an incident that is over": another_incident,
    "a false alarm": change_incident(false_alarm=True),
    "an incident that ended at another time": change_incident(closed_at=None),
    "the time zone": change_draft(time_zone="Europe/London"),
    "the holidays": change_draft(holidays="DE-BY"),
    "contacts of its history": fetch_back,
    "a night": at(days=LIFE_OF_A_MODEL.days),
    "a clock that was ahead": at(minutes=-30),
}


@pytest.mark.parametrize("reason", STALE)
def test_what_makes_a_model_stale_in_memory_makes_the_stored_one_stale(
    system: System, watched: Integration, clock: Clock, made: Mock, reason: str
) -> None:
    next_one = Learned(system.database)
    STALE[reason](system, watched.integration_id, clock)
    look(system, system.learned, watched)
    assert made.call_count == 1
    look(system, next_one, watched)
    assert made.call_count == 2


def test_the_lag_is_that_of_contacts_since_the_app_was_connected(
    system: System, integration: Integration, clock: Clock, resolve: Callable[..., None]
) -> None:
    now, one = clock.now, integration.integration_id
    since = now - 14 * DAY
    resolve("A", now - 12 * DAY, received_at=now - 10 * DAY)  # it lay in the past when the app was connected
    resolve("A", now - 9 * DAY, reporter="backfill", received_at=now)
    assert push_lag(system.database, one, since) is None
    resolve("B", now - 8 * DAY, received_at=now - 8 * DAY + timedelta(seconds=40))
    assert push_lag(system.database, one, since) == timedelta(seconds=40)


def test_a_model_of_other_code_is_never_read(
    system: System, watched: Integration, made: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitted, "unpacked", Mock(side_effect=AssertionError))
    monkeypatch.setattr(fitted, "made_by", lambda: "another")
    assert look(system, Learned(system.database), watched).model is not None
    assert made.call_count == 1


def test_a_change_of_any_file_or_library_that_makes_models_is_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = {fitted.made_by.__wrapped__()}
    monkeypatch.setattr(fitted, "version", lambda name: "2" if name == "numpy" else "1")
    versions.add(fitted.made_by.__wrapped__())
    monkeypatch.setattr(fitted, "ROOT", tmp_path)
    for pattern in fitted.OURS:
        file = tmp_path / pattern.replace("*", "0021_any")
        file.parent.mkdir(parents=True, exist_ok=True)
        for text in ("before", "after"):
            file.write_text(text)
            versions.add(fitted.made_by.__wrapped__())
    assert len(versions) == 2 + 2 * len(fitted.OURS)


def test_all_that_models_are_made_by_is_named() -> None:
    named = {
        str(file.relative_to(fitted.ROOT)) for pattern in fitted.OURS for file in fitted.ROOT.glob(pattern)
    }
    for module in (learned, fitted):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text())):  # type: ignore[arg-type]
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services."):
                path = (node.module or "").replace(".", "/")
                assert f"{path}.py" in named or f"{path}/__init__.py" in named
    assert all(any(fitted.ROOT.glob(pattern)) for pattern in fitted.OURS)


@pytest.mark.parametrize("data", [b"", b"nothing", b"x" * 40_000])
def test_a_damaged_model_is_made_anew_and_stored_again(
    system: System, watched: Integration, clock: Clock, made: Mock, data: bytes
) -> None:
    stored = stored_fit(system.database, watched.integration_id)
    assert stored is not None
    system.writer.write(lambda transaction: save_fits(transaction, [replace(stored, model=data)]))
    system.learned = Learned(system.database)
    Watcher(system).tick()
    assert made.call_count == 1
    assert stored_fit(system.database, watched.integration_id) == stored


def test_what_a_page_made_is_stored_with_the_next_turn(
    system: System, watched: Integration, clock: Clock, made: Mock
) -> None:
    close(system, watched.integration_id, clock)
    look(system, system.learned, watched)
    clock.advance(minutes=1)
    Watcher(system).tick()
    look(system, Learned(system.database), watched)
    assert made.call_count == 1


def test_a_turn_stores_only_what_was_made(system: System, watched: Integration, clock: Clock) -> None:
    def lose(transaction: Transaction) -> None:
        transaction.run("DELETE FROM fit")

    system.writer.write(lose)
    clock.advance(minutes=1)
    Watcher(system).tick()
    assert stored_fit(system.database, watched.integration_id) is None
