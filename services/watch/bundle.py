"""The support bundle: everything about an integration's data flow that support needs, and nothing secret.

Times are UTC in the JSON and in the integration's zone on the page. Keys appear by their prefix alone; who
made them, the Freshchat API key and everything personal is left out. ``bundle_forms`` has the fields.
"""

import platform
import tomllib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path

import orjson

from data.activity import Activity
from data.contacts import counts
from data.integrations import Integration
from data.watch import Incident, incidents
from services.backfill.jobs import JobStatus, status
from services.causes import CAUSES
from services.contacts.rule import COUNTING_RULES, counted
from services.intervals import QUARTER_HOUR, local_day, midnight
from services.sealing.days import days
from services.sealing.words import seal_sentence
from services.system import System, needs
from services.translation import Words
from services.watch.bundle_forms import (
    Answer,
    Bundle,
    LastSigns,
    ToldActivity,
    ToldBackfill,
    ToldConfiguration,
    ToldDay,
    ToldFinding,
    ToldIncident,
    ToldIntegration,
    ToldRefusal,
    ToldVerdict,
    Versions,
)
from services.watch.data_flow import Freshness, freshness
from services.watch.evidence import Evidence, Refusal
from services.watch.evidence_words import finding_sentence
from services.watch.findings import Finding
from services.watch.words import (
    DATA_FLOW_NAMES,
    QUESTION_TEXTS,
    advice,
    headline,
)

DAYS = 14
BACKFILLS = 20
PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@needs("support")
def support_bundle(system: System, integration_id: str, language: str) -> Bundle:
    """Gather the bundle, with its sentences in the reader's language. Raises NotFound and StoreUnavailable."""
    shown = freshness(system, integration_id)
    integration, evidence = shown.integration, shown.assessment.evidence
    words = Words(language, integration.time_zone)
    first = local_day(evidence.now, integration.zone) - timedelta(days=DAYS - 1)
    activity = system.activity.since(integration_id, midnight(first, integration.zone))
    return Bundle(
        made_at=evidence.now,
        versions=versions(),
        integration=_integration(integration, words),
        configuration=ToldConfiguration(integration.configuration, integration.configuration_checked_at),
        verdict=_verdict(shown, words),
        last=_last(evidence),
        keys=evidence.keys,
        refusals=tuple(_refusal(refusal) for refusal in evidence.refusals),
        days=_days(system, integration, first, evidence.now, activity, words),
        activity=tuple(
            ToldActivity(entry.kind, entry.key_id or None, entry.interval_start, entry.occurrences)
            for entry in activity
        ),
        incidents=tuple(_incident(incident) for incident in incidents(system.database, integration_id)),
        backfills=tuple(_backfill(known) for known in status(system, integration_id)[:BACKFILLS]),
    )


def as_json(bundle: Bundle) -> bytes:
    """Return the bundle for programs."""
    return orjson.dumps(bundle, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS)


@cache
def versions() -> Versions:
    with PROJECT.open("rb") as file:
        own = tomllib.load(file)["project"]["version"]
    return Versions(stillwatch=own, python=platform.python_version(), duckdb=version("duckdb"))


def _integration(integration: Integration, words: Words) -> ToldIntegration:
    return ToldIntegration(
        id=integration.integration_id,
        name=integration.name,
        domain=integration.domain,
        time_zone=integration.time_zone,
        holidays=integration.holidays,
        counting=integration.counting,
        counting_rule=words.text(COUNTING_RULES[integration.counting]),
        webhook=integration.webhook_public_key is not None,
        created_at=integration.created_at,
        paused_at=integration.paused_at,
    )


def _verdict(shown: Freshness, words: Words) -> ToldVerdict:
    verdict = shown.verdict
    return ToldVerdict(
        data_flow=verdict.data_flow,
        data_flow_name=words.text(DATA_FLOW_NAMES[verdict.data_flow]),
        cause=verdict.cause,
        cause_name=words.text(CAUSES[verdict.cause].name),
        since=shown.since,
        evaluated_at=shown.evaluated_at,
        sentence=headline(verdict, words),
        findings=tuple(_finding(finding, words) for finding in verdict.findings),
        hints=tuple(_finding(finding, words) for finding in verdict.hints),
        answers=tuple(
            Answer(words.text(QUESTION_TEXTS[question]), answer) for question, answer in shown.path.answers
        ),
        advice=advice(shown.path.step, words),
    )


def _finding(finding: Finding, words: Words) -> ToldFinding:
    return ToldFinding(
        source=finding.source,
        data_flow=finding.data_flow,
        cause=finding.cause,
        since=finding.since,
        expected=finding.expected,
        received=finding.received,
        once_in_weeks=finding.once_in_weeks,
        queues=finding.queues,
        reason=finding.reason,
        count=finding.count,
        sentence=finding_sentence(finding, words),
    )


def _last(evidence: Evidence) -> LastSigns:
    interval = evidence.heartbeat_interval
    return LastSigns(
        event_at=evidence.last_event_at,
        contact_resolved_at=evidence.last_contact_resolved_at,
        heartbeat_at=evidence.last_heartbeat_at,
        accepted_at=evidence.last_accepted_at,
        goodbye_at=evidence.goodbye_at,
        heartbeat_seconds=interval.total_seconds() if interval else None,
        probe=evidence.probe,
    )


def _refusal(refusal: Refusal) -> ToldRefusal:
    return ToldRefusal(refusal.code, refusal.key.prefix, refusal.first_at, refusal.last_at, refusal.count)


def _days(
    system: System,
    integration: Integration,
    first: date,
    now: datetime,
    activity: Sequence[Activity],
    words: Words,
) -> tuple[ToldDay, ...]:
    """Return the local days from ``first`` to today, the newest first."""
    zone = integration.zone
    contacts = _contacts_by_day(system, integration, midnight(first, zone), now + QUARTER_HOUR)
    requests: dict[date, Counter[str]] = defaultdict(Counter)
    for entry in activity:
        requests[local_day(entry.interval_start, zone)][entry.kind] += entry.occurrences
    return tuple(
        ToldDay(
            day=seal.day,
            state=seal.state,
            reason=seal.reason,
            freshchat=seal.freshchat,
            fetched=seal.fetched,
            compared_at=seal.compared_at,
            seal=seal_sentence(seal, words),
            contacts=dict(contacts[seal.day]),
            requests=dict(requests[seal.day]),
        )
        for seal in reversed(days(system, integration, first, local_day(now, zone), now))
    )


def _contacts_by_day(
    system: System, integration: Integration, start: datetime, end: datetime
) -> dict[date, Counter[str]]:
    """Return contacts by source queue, by the integration's counting rule, for each local day that has any."""
    found = counts(system.database, integration.integration_id, start=start, end=end, received_before=None)
    amounts = found[counted(integration.counting)]
    by_day: dict[date, Counter[str]] = defaultdict(Counter)
    for queue, begins, amount in zip(found["queue"], found["interval_start"], amounts, strict=True):
        if amount > 0:
            by_day[local_day(begins, integration.zone)][queue] += int(amount)
    return by_day


def _incident(incident: Incident) -> ToldIncident:
    return ToldIncident(**{field.name: getattr(incident, field.name) for field in fields(ToldIncident)})


def _backfill(known: JobStatus) -> ToldBackfill:
    return ToldBackfill(
        reason=known.job.reason,
        state=known.state,
        start=known.job.span_start,
        end=known.job.span_end,
        requested_at=known.job.requested_at,
        fetched=known.fetched,
        new=known.new,
        unreadable=known.unreadable,
        unreadable_shape=known.unreadable_shape,
        error=known.error,
    )
