"""A turn that looks at many integrations asks the store once a question, and is told what each alone is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from data import activity, calendar, contacts, fits, groups, probes, totals, watch
from data.activity import Activity
from data.calendar import ClosedRule, ClosedSpan
from data.chats import Event
from data.database import Transaction
from data.fits import StoredFit
from data.groups import FreshchatGroup, GroupSync
from data.integrations import Integration
from data.probes import Comparison, Probe
from data.turn import Reads, Turn, turns
from data.watch import Incident
from services import ingest
from services.ingest.deliveries import Delivery
from services.system import System
from services.watch.data_flow import freshness

T0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
IDS = ["a", "b", "ba", "c"]
NOTHING_KNOWN = "c"

QUESTIONS: dict[str, Callable[[Reads, str], Any]] = {
    "totals": totals.queue_totals,
    "queues": contacts.queues,
    "latest": contacts.latest,
    "pushed": lambda store, one: contacts.pushed_counts(store, one, T0, T0 + 9 * HOUR).to_dict("records"),
    "last contacts": lambda store, one: contacts.last_contacts(store, one, T0),
    "latest pushed": lambda store, one: contacts.latest_pushed(store, one, since=T0, most=2),
    "between": lambda store, one: contacts.contacts_between(store, one, T0, T0 + 2 * HOUR),
    "activity": activity.activity_totals,
    "beats": lambda store, one: activity.latest_of_kind(store, one, "heartbeat", since=T0, most=3),
    "groups": groups.freshchat_groups,
    "sync": groups.group_sync,
    "probe": probes.latest_probe,
    "incidents": watch.incidents,
    "spans": calendar.closed_spans,
    "rules": calendar.closed_rules,
    "fit": fits.stored_fit,
}


def fill(transaction: Transaction, integration_id: str, size: int) -> None:
    """Leave something of everything, of every integration another."""
    told = [
        (f"{number}", Event.resolution(at, reporter="app", received_at=at, group_name=f"Queue {number % 2}"))
        for number in range(size)
        if (at := T0 + number * HOUR)
    ]
    ingest.record(transaction, [Delivery(integration_id, told)])
    for number in range(size + 2):
        at = T0 + number * HOUR
        activity.add_activity(
            transaction, [Activity(integration_id, "key", "heartbeat", at, size, at, at + HOUR / 9)]
        )
        nothing = Comparison(None, None, size, size, 0)
        probes.save_probe(transaction, Probe(integration_id, at, T0, at, "compared", nothing))
        watch.save_incident(
            transaction, Incident(integration_id, f"{number}", at, at, None, "silent", "none", recovered=size)
        )
        calendar.save_closed_span(
            transaction, ClosedSpan(integration_id, f"{number}", at, at + HOUR, "closed")
        )
    groups.save_freshchat_groups(transaction, [FreshchatGroup(integration_id, "g", f"Name {size}", T0)])
    groups.save_group_sync(transaction, GroupSync(integration_id, T0 + size * HOUR))
    fits.save_fits(transaction, [StoredFit(integration_id, T0, "us", "facts", size, size, None, b"model")])
    calendar.save_closed_rule(
        transaction, ClosedRule(integration_id, "r", "weekly", f"{size}", "08:00", "09:00")
    )


@pytest.fixture
def filled(system: System) -> System:
    for size, integration_id in enumerate(IDS[:-1], start=1):
        system.writer.write(lambda transaction, one=integration_id, size=size: fill(transaction, one, size))  # type: ignore[misc]
    return system


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_integration_is_told_what_it_is_told_alone(filled: System, question: str) -> None:
    ask = QUESTIONS[question]
    turn = Turn(filled.database, IDS)
    alone = {one: ask(filled.database, one) for one in IDS}
    assert {one: ask(turn, one) for one in IDS} == alone
    assert alone["a"] != alone["ba"] != alone[NOTHING_KNOWN]


def test_the_store_is_asked_once_for_all_of_them(filled: System, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Mock(wraps=filled.database.rows)
    monkeypatch.setattr(filled.database, "rows", asked)
    turn = Turn(filled.database, IDS)
    for one in IDS * 2:
        contacts.latest(turn, one)
    assert asked.call_count == 1


def test_the_freshness_of_one_integration_asks_nothing_twice(
    system: System, integration: Integration, resolve: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve("Support", T0)
    freshness(system, integration.integration_id)  # what was learned is kept
    asked = Mock(wraps=system.database.rows)
    monkeypatch.setattr(system.database, "rows", asked)
    freshness(system, integration.integration_id)
    questions = [(*call.args, *sorted(call.kwargs.items())) for call in asked.call_args_list]
    assert questions
    assert len(questions) == len(set(questions))


def test_a_query_that_cannot_be_asked_for_many_is_refused(filled: System) -> None:
    with pytest.raises(ValueError, match="cannot be asked"):
        Turn(filled.database, IDS).rows("SELECT 1", integration_id="a")


def test_many_integrations_are_looked_at_some_at_a_time(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.turn.AT_ONCE", 3)
    assert [some for some, _ in turns(system.database, IDS[::-1])] == [["a", "b", "ba"], ["c"]]
