"""Closed days, planned downtimes and quiet spans: what the detector leaves out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row

SpanKind = Literal["closed", "downtime", "quiet"]


@dataclass(frozen=True, slots=True)
class ClosedSpan:
    """From ``starts_at`` to before ``ends_at`` nothing is judged or learned. ``kind``: closed, downtime, quiet."""

    integration_id: str
    span_id: str
    starts_at: datetime
    ends_at: datetime
    kind: SpanKind
    note: str = ""


def closed_spans(database: Database, integration_id: str) -> list[ClosedSpan]:
    """Return the spans of an integration in the order of time."""
    return [
        ClosedSpan(*columns) for columns in database.rows(sql("closed_spans"), integration_id=integration_id)
    ]


def save_closed_span(transaction: Transaction, span: ClosedSpan) -> None:
    transaction.upsert("closed_span", [row(span)])


def delete_closed_span(transaction: Transaction, integration_id: str, span_id: str) -> None:
    transaction.run(sql("delete_closed_span"), integration_id=integration_id, span_id=span_id)
