"""What happened in a period beside contacts: incidents, closed days and public holidays, to be drawn and explained."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from data.calendar import closed_rules, closed_spans
from data.integrations import Integration
from data.watch import incidents
from services.causes import CAUSES, Cause
from services.contacts.periods import Period
from services.intervals import midnight
from services.public_holidays import public_holidays
from services.recurrence import occurrences
from services.system import System, needs

MarkKind = Literal["incident", "closed", "downtime", "holiday"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of UTC instants within the period. ``cause``: of an incident; ``note``: what people wrote beside it."""

    kind: MarkKind
    start: datetime
    end: datetime
    cause: Cause | None = None
    note: str = ""

    @property
    def cause_name(self) -> str:
        """The cause in words that are not translated yet, empty where there is none."""
        return CAUSES[self.cause].name if self.cause is not None else ""


@needs("supervisor")
def marks(system: System, integration_id: str, period: Period, now: datetime) -> list[Mark]:
    """Return what is to be marked in the period, in the order of time. Raises NotFound and StoreUnavailable."""
    integration = system.integration_with_history(integration_id)
    start, end = period.span(integration.zone)
    found = [
        Mark("incident", each.opened_at, each.closed_at or now, each.cause)
        for each in incidents(system.database, integration_id)
        if not each.false_alarm
    ]
    found += _closed(system, integration, period)
    found += _holidays(integration, period)
    inside = [
        Mark(each.kind, max(each.start, start), min(each.end, end), each.cause, each.note)
        for each in found
        if each.start < end and each.end > start
    ]
    return sorted(inside, key=lambda each: (each.start, each.kind))


def _closed(system: System, integration: Integration, period: Period) -> list[Mark]:
    spans = [
        Mark("closed" if span.kind == "closed" else "downtime", span.starts_at, span.ends_at, note=span.note)
        for span in closed_spans(system.database, integration.integration_id)
        if span.kind in ("closed", "downtime")
    ]
    recurring = [
        Mark("closed", start, end, note=rule.note)
        for rule in closed_rules(system.database, integration.integration_id)
        for start, end in occurrences(rule, integration.zone, period.first, period.last)
    ]
    return spans + recurring


def _holidays(integration: Integration, period: Period) -> list[Mark]:
    days = public_holidays(integration.holidays, range(period.first.year, period.last.year + 1))
    return [
        Mark("holiday", midnight(day, integration.zone), midnight(day + timedelta(days=1), integration.zone))
        for day in sorted(days)
        if period.first <= day <= period.last
    ]
