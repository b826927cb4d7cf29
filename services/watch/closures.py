"""Planned closures: spans in which nobody misses the app, and no contact is missed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from data.calendar import closed_rules, closed_spans
from data.integrations import Integration
from data.turn import Reads
from services.learned import recurring_spans

Closure = tuple[datetime, datetime]
PLANNED = ("closed", "downtime")


def planned(store: Reads, integration: Integration, now: datetime) -> tuple[Closure, ...]:
    """Return the closures that people entered, those that recur included, in the order of time and apart."""
    rules = closed_rules(store, integration.integration_id)
    spans = [
        *closed_spans(store, integration.integration_id),
        *recurring_spans(rules, integration.zone, now),
    ]
    return apart((span.starts_at, span.ends_at) for span in spans if span.kind in PLANNED)


def apart(closures: Iterable[Closure]) -> tuple[Closure, ...]:
    """Return the closures in the order of time, with those made one that overlap or touch."""
    found: list[Closure] = []
    for start, end in sorted(closures):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def open_parts(closures: Sequence[Closure], start: datetime, end: datetime) -> list[Closure]:
    """Return what is left of a span without the closures, which are in order and apart."""
    parts = []
    for closed_from, closed_until in closures:
        if closed_until <= start or closed_from >= end:
            continue
        if closed_from > start:
            parts.append((start, closed_from))
        start = closed_until
    return [*parts, (start, end)] if start < end else parts
