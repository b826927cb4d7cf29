"""Closings that recur: entered, offered, and accepted."""

import re
from datetime import date, timedelta
from typing import Any

from data.calendar import (
    ClosedRule,
    Repeats,
    closed_rules,
    closed_spans,
    delete_closed_rule,
    save_closed_rule,
)
from data.database import Transaction
from services.closed_days import MOST_NOTE, close_span
from services.fields import clean_name
from services.ids import new_id
from services.recurrence import DAY_ENDS, HalfDay, clock_at, half_days, occurrences, span_of
from services.system import Invalid, System, needs

__all__ = ["ClosedRule", "HalfDay", "Repeats", "accept", "add_rule", "offers", "remove_rule", "rules"]
HALF_DAY_FROM = "13:00"
OFFERED_BEFORE = timedelta(days=60)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")


@needs("admin")
def rules(system: System, integration_id: str) -> list[ClosedRule]:
    """Return the recurring closings. Raises NotFound."""
    system.integration(integration_id)
    return closed_rules(system.database, integration_id)


@needs("admin", changes=True)
def add_rule(
    system: System, integration_id: str, repeats: Repeats, day: str, starts: str, ends: str, note: str = ""
) -> ClosedRule:
    """Close some hours of every year or week. Raises Invalid, naming the field, and NotFound."""
    system.integration(integration_id)
    if repeats == "yearly" and not _is_date(day):
        raise Invalid("bad_day", "day", "a yearly closing needs a month and a day such as 12-24")
    if repeats == "weekly" and day not in tuple("1234567"):
        raise Invalid("bad_day", "day", "a weekly closing needs a weekday from 1 (Monday) to 7 (Sunday)")
    for field, text in (("starts", starts), ("ends", ends)):
        if not _TIME.fullmatch(text):
            raise Invalid("bad_time", field, "a time of day such as 13:00, or 24:00 for the end of the day")
    if starts == DAY_ENDS:
        raise Invalid("bad_time", "starts", "a closing begins before the day ends")
    rule = ClosedRule(integration_id, new_id(), repeats, day, starts, ends, clean_name(note)[:MOST_NOTE])

    def job(transaction: Transaction) -> None:
        save_closed_rule(transaction, rule)
        system.record(transaction, "days_closed", integration_id, rule.rule_id, after=_told_of(rule))

    system.writer.write(job)
    return rule


@needs("admin", changes=True)
def remove_rule(system: System, integration_id: str, rule_id: str) -> None:
    """Judge and learn from these hours again. Raises NotFound."""
    system.integration(integration_id)
    known = {rule.rule_id: rule for rule in closed_rules(system.database, integration_id)}

    def job(transaction: Transaction) -> None:
        delete_closed_rule(transaction, integration_id, rule_id)
        if rule_id in known:
            system.record(
                transaction, "days_opened", integration_id, rule_id, before=_told_of(known[rule_id])
            )

    system.writer.write(job)


@needs("admin")
def offers(system: System, integration_id: str) -> list[HalfDay]:
    """Return the half days of the integration's country in the next weeks that nobody entered. Raises NotFound."""
    integration = system.integration(integration_id)
    today = system.clock().astimezone(integration.zone).date()
    known = [
        (start, end)
        for rule in closed_rules(system.database, integration_id)
        for start, end in occurrences(rule, integration.zone, today, today + OFFERED_BEFORE)
    ]
    known += [(span.starts_at, span.ends_at) for span in closed_spans(system.database, integration_id)]
    return [
        offer
        for offer in half_days(integration.holidays, today, today + OFFERED_BEFORE)
        if not any(start < clock_at(offer.day, "18:00", integration.zone) <= end for start, end in known)
    ]


@needs("admin", changes=True)
def accept(system: System, integration_id: str, offer: HalfDay) -> None:
    """Close an offered half day from 13:00: every year where its date stays. Raises NotFound."""
    if offer.yearly:
        add_rule(system, integration_id, "yearly", f"{offer.day:%m-%d}", HALF_DAY_FROM, DAY_ENDS, offer.name)
        return
    zone = system.integration(integration_id).zone
    start, end = span_of(offer.day, HALF_DAY_FROM, DAY_ENDS, zone)
    close_span(system, integration_id, start, end, kind="closed", note=offer.name)


def _told_of(rule: ClosedRule) -> dict[str, Any]:
    return {
        "repeats": rule.repeats,
        "day": rule.day,
        "from": rule.starts,
        "to": rule.ends,
        "note": rule.note,
    }


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d\d-\d\d", text)) and bool(date.fromisoformat(f"2024-{text}"))
    except ValueError:
        return False
