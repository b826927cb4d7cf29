"""The support bundle: everything about an integration's data flow that support needs, and nothing secret.

Times are UTC in the JSON and in the integration's zone on the page. Keys appear by their prefix alone; who
made them, the Freshchat API key and everything personal is left out.
"""

import platform
import tomllib
from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from data.contacts import counts
from data.integrations import Integration
from data.watch import Incident, incidents
from services.causes import CAUSES
from services.contacts.rule import COUNTING_RULES, counted
from services.intervals import QUARTER_HOUR, local_day, midnight
from services.sealing.days import days
from services.sealing.words import seal_sentence
from services.system import System
from services.translation import Words
from services.watch.data_flow import Freshness, freshness
from services.watch.evidence_words import finding_sentence
from services.watch.findings import Finding
from services.watch.words import (
    DATA_FLOW_NAMES,
    QUESTION_TEXTS,
    advice,
    headline,
)

DAYS = 14
PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
Bundle = dict[str, Any]


def support_bundle(system: System, integration_id: str, language: str) -> Bundle:
    """Gather the bundle, with its sentences in the reader's language. Raises NotFound and StoreUnavailable."""
    shown = freshness(system, integration_id)
    now = shown.assessment.evidence.now
    zone, spoken = shown.integration.zone, Words(language, shown.integration.time_zone)
    since = midnight(local_day(now, zone) - timedelta(days=DAYS - 1), zone)
    return {
        "made_at": now,
        "versions": versions(),
        "integration": _integration(shown, spoken),
        "configuration": {
            "status": shown.integration.configuration,
            "checked_at": shown.integration.configuration_checked_at,
        },
        "verdict": _verdict(shown, spoken),
        "last": _last(shown),
        "keys": [asdict(key) for key in shown.assessment.evidence.keys],
        "refusals": [
            {
                "code": refusal.code,
                "key_prefix": refusal.key.prefix,
                "first_at": refusal.first_at,
                "last_at": refusal.last_at,
                "count": refusal.count,
            }
            for refusal in shown.assessment.evidence.refusals
        ],
        "days": _days(system, shown.integration, since, now, spoken),
        "activity": [
            {
                "kind": entry.kind,
                "key_id": entry.key_id or None,
                "interval_start": entry.interval_start,
                "occurrences": entry.occurrences,
            }
            for entry in system.activity.since(integration_id, since)
        ],
        "incidents": [_incident(incident) for incident in incidents(system.database, integration_id)],
    }


def as_json(bundle: Bundle) -> bytes:
    """Return the bundle for programs."""
    return orjson.dumps(bundle, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS)


@cache
def versions() -> dict[str, str]:
    with PROJECT.open("rb") as file:
        own = tomllib.load(file)["project"]["version"]
    return {"stillwatch": own, "python": platform.python_version(), "duckdb": version("duckdb")}


def _integration(shown: Freshness, words: Words) -> Bundle:
    integration = shown.integration
    return {
        "id": integration.integration_id,
        "name": integration.name,
        "domain": integration.domain,
        "time_zone": integration.time_zone,
        "holidays": integration.holidays,
        "counting": integration.counting,
        "counting_rule": words.text(COUNTING_RULES[integration.counting]),
        "webhook": integration.webhook_public_key is not None,
        "created_at": integration.created_at,
        "paused_at": integration.paused_at,
    }


def _verdict(shown: Freshness, words: Words) -> Bundle:
    verdict = shown.verdict
    return {
        "data_flow": verdict.data_flow,
        "data_flow_name": words.text(DATA_FLOW_NAMES[verdict.data_flow]),
        "cause": verdict.cause,
        "cause_name": words.text(CAUSES[verdict.cause].name),
        "since": shown.since,
        "evaluated_at": shown.evaluated_at,
        "sentence": headline(verdict, words),
        "findings": [_finding(finding, words) for finding in verdict.findings],
        "hints": [_finding(finding, words) for finding in verdict.hints],
        "answers": [
            {"question": words.text(QUESTION_TEXTS[question]), "answer": answer}
            for question, answer in shown.path.answers
        ],
        "advice": advice(shown.path.step, words),
    }


def _finding(finding: Finding, words: Words) -> Bundle:
    return {
        "source": finding.source,
        "data_flow": finding.data_flow,
        "cause": finding.cause,
        "since": finding.since,
        "expected": finding.expected,
        "received": finding.received,
        "once_in_weeks": finding.once_in_weeks,
        "queues": finding.queues,
        "reason": finding.reason,
        "count": finding.count,
        "sentence": finding_sentence(finding, words),
    }


def _last(shown: Freshness) -> Bundle:
    evidence = shown.assessment.evidence
    interval = evidence.heartbeat_interval
    return {
        "event_at": evidence.last_event_at,
        "contact_resolved_at": evidence.last_contact_resolved_at,
        "heartbeat_at": evidence.last_heartbeat_at,
        "accepted_at": evidence.last_accepted_at,
        "goodbye_at": evidence.goodbye_at,
        "heartbeat_seconds": interval.total_seconds() if interval else None,
        "probe": asdict(evidence.probe) if evidence.probe else None,
    }


def _days(
    system: System, integration: Integration, since: datetime, now: datetime, words: Words
) -> list[Bundle]:
    """Return the seal, contacts by queue, by the counting rule, and requests by kind, for each local day.

    The newest day is first.
    """
    zone = integration.zone
    contacts: dict[date, Counter[str]] = defaultdict(Counter)
    requests: dict[date, Counter[str]] = defaultdict(Counter)
    integration_id = integration.integration_id
    found = counts(system.database, integration_id, start=since, end=now + QUARTER_HOUR, received_before=None)
    amounts = found[counted(integration.counting)]
    found = found[amounts > 0]
    for queue, start, amount in zip(
        found["queue"], found["interval_start"], amounts[amounts > 0], strict=True
    ):
        contacts[local_day(start, zone)][queue] += int(amount)
    for entry in system.activity.since(integration_id, since):
        requests[local_day(entry.interval_start, zone)][entry.kind] += entry.occurrences
    today = local_day(now, zone)
    seals = days(system, integration, today - timedelta(days=DAYS - 1), today, now)
    return [
        {
            "day": seal.day,
            "state": seal.state,
            "reason": seal.reason,
            "freshchat": seal.freshchat,
            "fetched": seal.fetched,
            "compared_at": seal.compared_at,
            "seal": seal_sentence(seal, words),
            "contacts": dict(contacts[seal.day]),
            "requests": dict(requests[seal.day]),
        }
        for seal in reversed(seals)
    ]


def _incident(incident: Incident) -> Bundle:
    fields = asdict(incident)
    del fields["integration_id"]
    return fields
