"""Closed days and planned downtimes, as people enter them."""

import secrets
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from data.calendar import ClosedSpan, closed_spans, delete_closed_span, save_closed_span
from data.integrations import Integration
from services.injixo_key import BASE62
from services.integrations import Invalid
from services.intervals import midnight
from services.system import System

Kind = Literal["closed", "downtime", "quiet"]
LONGEST_SPAN = timedelta(days=366)
MOST_NOTE = 200


def spans(system: System, integration_id: str) -> list[ClosedSpan]:
    """Return what was entered for the integration, in the order of time. Raises NotFound."""
    system.integration(integration_id)
    return closed_spans(system.database, integration_id)


def close_span(
    system: System,
    integration_id: str,
    start: datetime,
    end: datetime,
    *,
    kind: Kind = "closed",
    note: str = "",
) -> ClosedSpan:
    """Leave a span out of judging and learning. Raises Invalid and NotFound."""
    system.integration(integration_id)
    if not start < end <= start + LONGEST_SPAN:
        raise Invalid("bad_span", "end", "the end lies after the start, at most a year later")
    span_id = "".join(secrets.choice(BASE62) for _ in range(12))
    span = ClosedSpan(integration_id, span_id, start, end, kind, " ".join(note.split())[:MOST_NOTE])
    system.writer.write(lambda transaction: save_closed_span(transaction, span))
    return span


def close_days(
    system: System,
    integration: Integration,
    first: date,
    last: date,
    *,
    kind: Kind = "closed",
    note: str = "",
) -> ClosedSpan:
    """Leave whole local days out, ``last`` included."""
    zone = ZoneInfo(integration.time_zone)
    end = midnight(last + timedelta(days=1), zone)
    return close_span(system, integration.integration_id, midnight(first, zone), end, kind=kind, note=note)


def reopen(system: System, integration_id: str, span_id: str) -> None:
    """Judge and learn from a span again."""
    system.integration(integration_id)
    system.writer.write(lambda transaction: delete_closed_span(transaction, integration_id, span_id))
