"""Closed days, planned downtimes and quiet spans: what the detector leaves out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.database import Transaction
from data.queries import sql
from data.rows import row
from data.turn import Reads

SpanKind = Literal["closed", "downtime", "quiet", "rhythm"]
Repeats = Literal["yearly", "weekly"]


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """From ``starts_at`` to before ``ends_at`` nothing is judged or learned.

    ``kind``: closed, downtime, quiet (Freshchat was, too), rhythm (another one held up to the end).
    ``queue``: whom it concerns, None = all of them.
    """

    integration_id: str
    span_id: str
    starts_at: datetime
    ends_at: datetime
    kind: SpanKind
    note: str = ""
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class ClosedRule:
    """A closing that recurs. ``day``: month and day (12-24) or number of the weekday (1 = Monday).

    ``starts`` and ``ends``: local times such as 13:00; an end not after the start is on the next day.
    """

    integration_id: str
    rule_id: str
    repeats: Repeats
    day: str
    starts: str
    ends: str
    note: str = ""


def closed_rules(database: Reads, integration_id: str) -> list[ClosedRule]:
    """Return the recurring closings of an integration."""
    return [
        ClosedRule(*columns) for columns in database.rows(sql("closed_rules"), integration_id=integration_id)
    ]


def save_closed_rule(transaction: Transaction, rule: ClosedRule) -> None:
    transaction.upsert("closed_rule", [row(rule)])


def delete_closed_rule(transaction: Transaction, integration_id: str, rule_id: str) -> None:
    transaction.run(sql("delete_closed_rule"), integration_id=integration_id, rule_id=rule_id)


def closed_spans(database: Reads, integration_id: str) -> list[ClosedSpan]:
    """Return the spans of an integration in the order of time."""
    return [
        ClosedSpan(*columns) for columns in database.rows(sql("closed_spans"), integration_id=integration_id)
    ]


def save_closed_span(transaction: Transaction, span: ClosedSpan) -> None:
    transaction.upsert("closed_span", [row(span)])


def delete_closed_span(transaction: Transaction, integration_id: str, span_id: str) -> None:
    transaction.run(sql("delete_closed_span"), integration_id=integration_id, span_id=span_id)
