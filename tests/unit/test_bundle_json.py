"""Programs read the support bundle too: what stood in its JSON stays there, by the same name and in the same form.

``tests/fixtures/support_bundle.json`` is what a bundle held when it was first promised; ``<words>`` stands for
whatever is said to people. More may be added to it.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from data.database import Transaction
from data.integrations import Integration
from data.probes import Comparison, Probe, save_probe
from data.seals import QueueFigures, Seal, save_seals
from data.watch import Incident, incidents, save_incident
from services import integrations
from services.people.person import Asker, Person
from services.system import System
from services.watch.bundle import as_json, support_bundle
from services.watch.watcher import Watcher
from tests.conftest import Clock

PROMISED = Path(__file__).resolve().parents[1] / "fixtures" / "support_bundle.json"
WORDS = "<words>"


@pytest.fixture
def told(
    system: System,
    integration: Integration,
    clock: Clock,
    push: Callable[..., object],
    resolve: Callable[..., None],
) -> str:
    """The JSON of an integration that has something of everything, with names in place of random ids."""
    now = system.clock()
    ident = integration.integration_id
    resolve("Support", now - timedelta(days=1, hours=2), 3)
    resolve("Büro & <Verkauf>", now - timedelta(hours=2), 2)
    push("/heartbeat")
    push("/events", json={"chat_id": "c", "resolved_at": now.isoformat()})
    system.writer.write(lambda transaction: save_seals(transaction, _seals(ident)))
    for incident in _incidents(system, ident):
        system.writer.write(partial(_save, incident))
    clock.advance(minutes=5)
    jana = Person("j", "jana@example.com", "admin")
    integrations.generate_key(system.asked_by(Asker(lambda: jana)), ident, overlap=timedelta(0))
    for _ in range(3):
        push("/events", json={"chat_id": "d", "resolved_at": now.isoformat()})
    system.writer.write(lambda transaction: save_probe(transaction, _probe(system, ident)))
    Watcher(system).tick()
    text = as_json(support_bundle(system, ident, "de")).decode()
    held = sorted(system.directory.keys.values(), key=lambda key: (key.revoked_at is None, key.key_id))
    opened = incidents(system.database, ident)[0].incident_id
    names = {ident: "the-integration", opened: "opened-now"} | {
        random: f"{kind}-{number}"
        for number, key in enumerate(held)
        for kind, random in (("key", key.key_id), ("prefix", key.prefix))
    }
    for random in sorted(names, key=len, reverse=True):
        text = text.replace(random, names[random])
    return text


def _save(incident: Incident, transaction: Transaction) -> None:
    save_incident(transaction, incident)


def _incidents(system: System, ident: str) -> list[Incident]:
    now = system.clock()
    over = Incident(
        ident,
        "over",
        now - timedelta(days=3),
        now - timedelta(days=3) + timedelta(minutes=20),
        now - timedelta(days=2),
        "partial_loss",
        "queue_gone",
        queues=("Support", "Büro & <Verkauf>"),
        missed=9,
        missed_low=4,
        missed_high=15,
        recovered=2,
        not_recovered="report_lacks",
        recovery_checked_at=now - timedelta(days=1),
    )
    false = Incident(
        ident,
        "false",
        now - timedelta(days=5),
        now - timedelta(days=5),
        now - timedelta(days=4),
        "silent",
        "key_valid_contact_support",
        recovered_at=now - timedelta(days=4),
        false_alarm=True,
    )
    return [over, false]


def _seals(ident: str) -> list[Seal]:
    lacking = (QueueFigures("Support", 3, 4),)
    return [
        Seal(ident, date(2026, 3, 2), "differs", "report_lacks", 3, 4, fetched=1, queues=lacking),
        Seal(ident, date(2026, 3, 1), "not_compared", "unreachable"),
    ]


def _probe(system: System, ident: str) -> Probe:
    now = system.clock()
    since = now - timedelta(hours=1)
    total = Comparison(None, None, 12, 2, 10, since, now, 12, 2, loss=True)
    queues = (Comparison("Support", "7", 12, 2, 10, since, now, 12, 2, loss=True),)
    return Probe(ident, now, since, now, "compared", total, queues)


def lacking(promised: Any, found: Any, where: str = "bundle") -> list[str]:
    """Return where something promised is missing or different; more fields than were promised are no fault."""
    if isinstance(promised, dict) and isinstance(found, dict):
        return [
            fault
            for name, value in promised.items()
            for fault in (
                lacking(value, found[name], f"{where}.{name}") if name in found else [f"{where}.{name}"]
            )
        ]
    if isinstance(promised, list) and isinstance(found, list) and len(promised) == len(found):
        pairs = enumerate(zip(promised, found, strict=True))
        return [fault for at, pair in pairs for fault in lacking(*pair, where=f"{where}[{at}]")]
    if promised == WORDS and isinstance(found, str) and found:
        return []
    return [] if promised == found else [f"{where}: {promised!r} became {found!r}"]


def test_what_programs_read_stays_where_it_was(told: str) -> None:
    promised = json.loads(PROMISED.read_text(encoding="utf-8"))
    assert lacking(promised, json.loads(told)) == []


def test_what_is_missing_or_different_is_found() -> None:
    promised = {"keys": [{"prefix": "a", "ended": None}], "last": None, "advice": WORDS}
    assert lacking(promised, promised | {"advice": "Wait.", "more": 1}) == []
    assert lacking(promised, {"keys": [{"prefix": "b"}], "last": 1, "advice": ""}) == [
        "bundle.keys[0].prefix: 'a' became 'b'",
        "bundle.keys[0].ended",
        "bundle.last: None became 1",
        "bundle.advice: '<words>' became ''",
    ]
