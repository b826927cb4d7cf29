"""Closed days, planned downtimes and quiet spans: neither judged nor learned from."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from data.audit import Action
from data.calendar import ClosedSpan, SpanKind, closed_spans, delete_closed_span, save_closed_span
from data.database import Transaction
from services.fields import clean_name
from services.ids import new_id
from services.intervals import midnight
from services.system import Invalid, System, needs

__all__ = ["MOST_NOTE", "ClosedSpan", "close_days", "close_span", "plan_downtime", "reopen", "spans"]
LONGEST_SPAN = timedelta(days=366)
MOST_NOTE = 200


@needs("admin")
def spans(system: System, integration_id: str) -> list[ClosedSpan]:
    """Return the spans of the integration in the order of time. Raises NotFound."""
    system.integration(integration_id)
    return closed_spans(system.database, integration_id)


@needs("admin", changes=True)
def close_days(system: System, integration_id: str, first: date, last: date, note: str = "") -> None:
    """Leave whole local days out of judging and learning, ``last`` included. Raises Invalid and NotFound."""
    zone = system.integration(integration_id).zone
    end = midnight(last + timedelta(days=1), zone)
    close_span(system, integration_id, midnight(first, zone), end, kind="closed", note=note)


@needs("admin", changes=True)
def plan_downtime(
    system: System, integration_id: str, day: date, begin: time, end: time, note: str = ""
) -> None:
    """Leave some hours of a local day out; an ``end`` not after ``begin`` is on the next day."""
    zone = system.integration(integration_id).zone
    last = day if end > begin else day + timedelta(days=1)
    start, finish = (datetime.combine(*at, zone).astimezone(UTC) for at in ((day, begin), (last, end)))
    close_span(system, integration_id, start, finish, kind="downtime", note=note)


@needs("admin", changes=True)
def close_span(
    system: System, integration_id: str, start: datetime, end: datetime, *, kind: SpanKind, note: str = ""
) -> ClosedSpan:
    """Leave a span out of judging and learning, and return it. Raises Invalid and NotFound."""
    return leave_out(system, integration_id, start, end, kind=kind, note=note)


def leave_out(
    system: System,
    integration_id: str,
    start: datetime,
    end: datetime,
    *,
    kind: SpanKind,
    note: str = "",
    queue: str | None = None,
) -> ClosedSpan:
    """Do so for somebody who may not close days, but say that a rhythm is new. Raises Invalid and NotFound.

    ``queue``: the one that is concerned, None = all of them.
    """
    system.integration(integration_id)
    if not start < end <= start + LONGEST_SPAN:
        raise Invalid("bad_span", "end", "the end lies after the start, at most a year later")
    span = ClosedSpan(integration_id, new_id(), start, end, kind, clean_name(note)[:MOST_NOTE], queue)

    def job(transaction: Transaction) -> None:
        save_closed_span(transaction, span)
        action: Action = "rhythm_learned" if kind == "rhythm" else "days_closed"
        system.record(transaction, action, integration_id, span.span_id, after=told_of(span))

    system.writer.write(job)
    return span


@needs("admin", changes=True)
def reopen(system: System, integration_id: str, span_id: str) -> None:
    """Judge and learn from a span again."""
    system.integration(integration_id)
    known = {span.span_id: span for span in closed_spans(system.database, integration_id)}

    def job(transaction: Transaction) -> None:
        delete_closed_span(transaction, integration_id, span_id)
        if span_id in known:
            system.record(transaction, "days_opened", integration_id, span_id, before=told_of(known[span_id]))

    system.writer.write(job)


def told_of(span: ClosedSpan) -> dict[str, Any]:
    """Return what the audit log says of a span."""
    told = {"from": span.starts_at, "to": span.ends_at, "kind": span.kind, "note": span.note}
    return told if span.queue is None else {**told, "queue": span.queue}
