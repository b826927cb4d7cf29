"""The support bundle tells support everything about the data flow, and nobody anything secret."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from data.integrations import Integration
from data.seals import QueueFigures, Seal, save_seals
from data.watch import Incident, save_incident
from services import integrations
from services.integrations.draft import draft_of
from services.people.person import Asker, Person
from services.system import System
from services.translation import Words
from services.watch.bundle import as_json, support_bundle
from services.watch.bundle_forms import Bundle, ToldIncident
from services.watch.bundle_page import as_page
from services.watch.watcher import Watcher
from tests.conftest import Clock

WORDS = Words("en", "Europe/Berlin")


@pytest.fixture
def bundle(
    system: System,
    integration: Integration,
    clock: Clock,
    key: str,
    push: Callable[..., object],
    resolve: Callable[..., None],
) -> Bundle:
    """Of an integration whose app still uses a key that a rotation has revoked."""
    now = system.clock()
    jana = Person("j", "jana@example.com", "admin")
    resolve("<script>alert(1)</script>", now - timedelta(hours=2), 3)
    push("/heartbeat")
    push("/events", json={"chat_id": "c", "resolved_at": now.isoformat()})
    outage = Incident(
        integration.integration_id, "i", now - timedelta(days=1), now, now, "silent", "key_revoked", missed=7
    )
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    clock.advance(minutes=5)
    integrations.generate_key(
        system.asked_by(Asker(lambda: jana)), integration.integration_id, overlap=timedelta(0)
    )
    for _ in range(3):
        push("/events", json={"chat_id": "d", "resolved_at": now.isoformat()})
    Watcher(system).tick()
    return support_bundle(system, integration.integration_id, "en")


def test_it_names_verdict_evidence_and_next_step(bundle: Bundle) -> None:
    told = json.loads(as_json(bundle))
    assert told["verdict"]["cause"] == "key_revoked"
    assert told["verdict"]["findings"][0]["source"] == "refused_key"
    assert told["verdict"]["answers"][-1]["answer"] is False
    assert told["refusals"] == [told["refusals"][0]]
    assert (told["refusals"][0]["code"], told["refusals"][0]["count"]) == ("revoked_key", 3)
    assert [entry["ended"] for entry in told["keys"]] == [None, "revoked_key"]
    assert [entry["missed"] for entry in told["incidents"]] == [None, 7]


def test_it_counts_contacts_and_requests_by_day(bundle: Bundle) -> None:
    today = json.loads(as_json(bundle))["days"][0]
    assert today["day"] == "2026-03-03"
    assert sum(today["contacts"].values()) == 4
    assert today["requests"] == {"events": 1, "heartbeat": 1, "revoked_key": 3}


def test_it_names_the_versions(bundle: Bundle) -> None:
    assert set(json.loads(as_json(bundle))["versions"]) == {"stillwatch", "python", "duckdb"}


def test_neither_form_holds_a_secret_or_a_name(bundle: Bundle, key: str, system: System) -> None:
    secret = key.split("_")[2]
    hashes = [stored.secret_hash for stored in system.directory.keys.values()]
    for text in (as_json(bundle).decode(), as_page(bundle, WORDS)):
        for hidden in (key, secret, "freshchat-key", "jana", *hashes):
            assert hidden not in text


class Tags(HTMLParser):
    """The names of a page's tags and the addresses in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href")]


def test_the_page_needs_nothing_else_and_runs_nothing(bundle: Bundle) -> None:
    text = as_page(bundle, WORDS)
    found = Tags(text)
    assert found.tags & {"script", "link", "img", "iframe"} == set()
    assert found.addresses == []
    assert "&lt;script&gt;alert(1)" in text


def test_the_page_speaks_german(system: System, integration: Integration, bundle: Bundle) -> None:
    text = as_page(support_bundle(system, integration.integration_id, "de"), Words("de", "Europe/Berlin"))
    assert "Datenfluss von Kundenservice" in text
    assert "Abgewiesene Anfragen" in text


def test_days_are_counted_by_the_counting_rule_which_is_named(
    system: System, integration: Integration, push: Callable[..., object]
) -> None:
    for minutes in (50, 10):
        at = system.clock() - timedelta(minutes=minutes)
        push(
            "/events",
            json={"chat_id": "c", "interaction_id": f"c-{minutes}", "resolved_at": at.isoformat()},
        )
    once = replace(draft_of(integration), counting="once_per_chat")
    integrations.change(system, integration.integration_id, once)
    bundle = support_bundle(system, integration.integration_id, "de")
    assert bundle.days[0].contacts == {"Undefined_Queue": 1}
    rule = "1 Kontakt = 1 Chat, einmal gezählt, als er das erste Mal gelöst wurde"
    assert bundle.integration.counting_rule == rule
    assert rule in as_page(bundle, Words("de", "Europe/Berlin"))


def test_each_day_has_its_seal(
    system: System, integration: Integration, resolve: Callable[..., None], clock: Clock
) -> None:
    resolve("Support", clock() - timedelta(days=1), 2)
    seal = Seal(
        integration.integration_id,
        date(2026, 3, 2),
        "differs",
        "report_lacks",
        2,
        3,
        compared_at=clock(),
        queues=(QueueFigures("Support", 2, 3),),
    )
    system.writer.write(lambda transaction: save_seals(transaction, [seal]))
    bundle = support_bundle(system, integration.integration_id, "en")
    today, yesterday, before = json.loads(as_json(bundle))["days"][:3]
    assert (today["state"], today["freshchat"]) == ("open", None)
    assert (before["state"], before["reason"]) == ("not_compared", "before_connection")
    assert [yesterday[name] for name in ("state", "reason", "freshchat", "contacts", "compared_at")] == [
        "differs",
        "report_lacks",
        3,
        {"Support": 2},
        "2026-03-03T09:00:00Z",
    ]
    assert "Differs from Freshchat (2 of 3" in as_page(bundle, WORDS)


def test_everything_that_is_known_of_an_incident_is_told() -> None:
    known = {field.name for field in fields(Incident)}
    assert {field.name for field in fields(ToldIncident)} == known - {"integration_id"}
