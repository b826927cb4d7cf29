"""The audit log names who did what to what, from where, before and after, and holds no secret."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from inspect import signature
from typing import Any

import pytest

from data.audit import AuditEntry, audit_entries
from data.integrations import Integration
from data.watch import Incident, save_incident
from services import closed_days, integrations, pausing, recurring
from services.alerting.sender import send_test
from services.asking import configuration
from services.audit import FIELD_NAMES, as_csv, entries
from services.backfill import jobs
from services.integrations import Draft
from services.integrations.draft import draft_of
from services.notifications import answers, channels
from services.notifications.channels import ChannelDraft
from services.recurrence import HalfDay
from services.signing_in import people, tokens
from services.system import System
from services.watch import history, incidents, rhythm
from tests.conftest import NOW
from tests.rights import entry_points, name_of

DAY = timedelta(days=1)
Do = Callable[[System, str], object]


def key_id(system: System, integration_id: str) -> str:
    integrations.generate_key(system, integration_id, overlap=timedelta(0))
    return system.directory.keys_of(integration_id)[0].key_id


def span_id(system: System, integration_id: str) -> str:
    closed_days.close_days(system, integration_id, date(2026, 3, 9), date(2026, 3, 9))
    return closed_days.spans(system, integration_id)[0].span_id


def rule_id(system: System, integration_id: str) -> str:
    return recurring.add_rule(system, integration_id, "weekly", "6", "13:00", "24:00").rule_id


def channel_id(system: System) -> str:
    return channels.add(system, ChannelDraft("Hook", "json://127.0.0.1:9")).channel_id


def lee(system: System) -> str:
    return people.add_person(system, "lee@example.com", "support").person_id


def token_id(system: System) -> str:
    tokens.make_token(system, "scraper", "supervisor", DAY)
    return tokens.listed_tokens(system)[0].token_id


CALLS: dict[Callable[..., Any], Do] = {
    integrations.add: lambda system, _: integrations.add(system, Draft("Vertrieb", "v.freshchat.com")),
    integrations.change: lambda system, known: integrations.change(
        system, known, Draft("Service", "example.freshchat.com", time_zone="Europe/Berlin")
    ),
    integrations.delete: integrations.delete,
    integrations.generate_key: lambda system, known: integrations.generate_key(
        system, known, overlap=timedelta(0)
    ),
    integrations.revoke_key: lambda system, known: integrations.revoke_key(
        system, known, key_id(system, known)
    ),
    pausing.pause: lambda system, known: pausing.pause(system, known, paused=True),
    configuration.check: configuration.check,
    jobs.request: lambda system, known: jobs.request(system, known, NOW - DAY, NOW, "requested"),
    closed_days.close_days: lambda system, known: closed_days.close_days(
        system, known, date(2026, 3, 9), date(2026, 3, 9)
    ),
    closed_days.plan_downtime: lambda system, known: closed_days.plan_downtime(
        system, known, date(2026, 3, 9), time(8), time(9)
    ),
    closed_days.close_span: lambda system, known: closed_days.close_span(
        system, known, NOW, NOW + DAY, kind="closed"
    ),
    closed_days.reopen: lambda system, known: closed_days.reopen(system, known, span_id(system, known)),
    recurring.add_rule: lambda system, known: recurring.add_rule(
        system, known, "weekly", "6", "13:00", "24:00"
    ),
    recurring.remove_rule: lambda system, known: recurring.remove_rule(system, known, rule_id(system, known)),
    recurring.accept: lambda system, known: recurring.accept(
        system, known, HalfDay(date(2026, 12, 24), yearly=True, name="Heiligabend")
    ),
    history.fetch_lost: lambda system, known: history.fetch_lost(system, known, "i"),
    history.fetch_missing: lambda system, known: history.fetch_missing(system, known, NOW - DAY),
    incidents.mark_false_alarm: lambda system, known: incidents.mark_false_alarm(system, known, "i"),
    rhythm.follow: lambda system, known: rhythm.follow(system, known, NOW - DAY),
    people.add_person: lambda system, _: people.add_person(system, "lee@example.com", "support"),
    people.invite: lambda system, _: people.invite(system, lee(system)),
    people.change_person: lambda system, _: people.change_person(system, lee(system), "supervisor"),
    people.remove_person: lambda system, _: people.remove_person(system, lee(system)),
    tokens.make_token: lambda system, _: tokens.make_token(system, "scraper", "supervisor", DAY),
    tokens.revoke_token: lambda system, _: tokens.revoke_token(system, token_id(system)),
    rhythm.follow_from: lambda system, known: rhythm.follow_from(system, known, "i"),
    channels.add: lambda system, _: channel_id(system),
    channels.change: lambda system, _: channels.change(
        system, channel_id(system), ChannelDraft("Post", None, weekly=True)
    ),
    channels.remove: lambda system, _: channels.remove(system, channel_id(system)),
    send_test: lambda system, _: send_test(system, channel_id(system)),
    answers.acknowledge: lambda system, known: answers.acknowledge(system, known, "goes on"),
    answers.silence: lambda system, known: answers.silence(
        system, known, "goes on", hours=1, reason="repair"
    ),
}
"""One call of each function of services/ that changes something and that a page or a route uses."""


@pytest.fixture
def incident(system: System, integration: Integration) -> None:
    known = Incident(
        integration.integration_id, "i", NOW - DAY, NOW - DAY, NOW, "silent", "heartbeat_missing"
    )
    system.writer.write(lambda transaction: save_incident(transaction, known))
    incidents.save_incidents(system, [replace(known, incident_id="goes on", closed_at=None)])


def logged(system: System) -> list[AuditEntry]:
    return audit_entries(system.database, datetime(2000, 1, 1, tzinfo=UTC), NOW + 400 * DAY, 100)


def test_there_is_a_call_of_everything_that_changes_something() -> None:
    changing = {name for name, function in entry_points().items() if function.changes}  # type: ignore[attr-defined]
    assert {name_of(function) for function in CALLS} >= changing


@pytest.mark.usefixtures("incident")
@pytest.mark.parametrize("function", CALLS, ids=name_of)
def test_whatever_somebody_changes_is_put_down_to_them(
    kim: System, integration: Integration, function: Callable[..., Any]
) -> None:
    CALLS[function](kim, integration.integration_id)
    entry = logged(kim)[0]
    assert (entry.who, entry.role, entry.address, entry.done_at) == (
        "kim@example.com",
        "admin",
        "192.0.2.7",
        NOW,
    )
    if "integration_id" in signature(function).parameters:
        assert entry.integration_id == integration.integration_id
    names = {
        name for name in (*entry.before, *entry.after) if not name.startswith("ijx_")
    }  # a key's is its own
    assert names <= FIELD_NAMES.keys()


def test_a_change_is_told_before_and_after_and_a_secret_only_as_changed(
    kim: System, integration: Integration
) -> None:
    draft = Draft("Service", "example.freshchat.com", "another-secret-key", time_zone="Europe/Berlin")
    integrations.change(kim, integration.integration_id, draft)
    (entry,) = logged(kim)
    assert entry.before == {"name": "Kundenservice", "freshchat_api_key": "(hidden)"}
    assert entry.after == {"name": "Service", "freshchat_api_key": "(hidden)"}


def test_what_changes_nothing_and_what_runs_by_itself_is_not_told(
    system: System, kim: System, integration: Integration
) -> None:
    integrations.change(kim, integration.integration_id, draft_of(integration))
    closed_days.close_span(system, integration.integration_id, NOW, NOW + DAY, kind="quiet")
    assert logged(system) == []


def test_a_change_that_is_refused_is_not_told(kim: System, integration: Integration) -> None:
    with pytest.raises(integrations.NameTaken):
        integrations.add(kim, Draft(integration.name, "v.freshchat.com"))
    assert logged(kim) == []


def test_a_rotation_tells_which_keys_it_ends(kim: System, integration: Integration) -> None:
    first = key_id(kim, integration.integration_id)
    integrations.generate_key(kim, integration.integration_id, overlap=timedelta(hours=1))
    rotated = logged(kim)
    assert [entry.after for entry in rotated if entry.after] == [
        {f"ijx_{first}": "2026-03-03T10:00:00+00:00"}
    ]


def test_the_csv_holds_no_formula(kim: System, integration: Integration) -> None:
    integrations.change(kim, integration.integration_id, Draft("=1+1", "example.freshchat.com"))
    text = as_csv(entries(kim, NOW - DAY, NOW + DAY))
    assert text.splitlines()[0] == "at,who,role,address,action,integration_id,subject,before,after"
    assert ",=1" not in text
