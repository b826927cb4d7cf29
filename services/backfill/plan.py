"""The decisions of a backfill: how a span is cut up, what may be ordered when, what is fetched again."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.backfill import Job, Part, ReportOrder

OLDEST = timedelta(days=455)
"""Freshchat reports on the last 15 months."""
LONGEST_PART = timedelta(days=28)
BETWEEN_ORDERS = timedelta(seconds=61)
BUDGET_SPAN = timedelta(days=1)
ORDERS_A_DAY = 120
"""Freshchat takes one order a minute and about 120 a day, per event type and account."""
INCOMPLETE = timedelta(days=1)
"""Rows this young may still be missing in a report."""
FOLLOW_UPS = (timedelta(hours=1), timedelta(hours=6), INCOMPLETE + timedelta(hours=1))
MOST_TROUBLES = 20
LONGEST_BACK_OFF = timedelta(hours=1)
REPORT_GIVEN_UP = timedelta(hours=2)


class BadSpan(Exception):
    """The span cannot be fetched; the message says why."""


@dataclass(frozen=True, slots=True)
class Span:
    start: datetime
    end: datetime


def fetchable(start: datetime, end: datetime, now: datetime, *, cut_old: bool) -> Span:
    """Return the span without its future. ``cut_old`` also cuts what is too old; otherwise that is BadSpan."""
    end = min(end, now)
    if start < now - OLDEST and not cut_old:
        raise BadSpan("Freshchat reports on the last 15 months only")
    start = max(start, now - OLDEST)
    if start >= end:
        raise BadSpan("the span is empty: its start must lie before its end, and before now")
    return Span(start, end)


def cut(span: Span) -> Iterator[Span]:
    """Return the parts of a span, the newest first: it is what people wait for."""
    end = span.end
    while end > span.start:
        start = max(span.start, end - LONGEST_PART)
        yield Span(start, end)
        end = start


def next_order_at(orders: Sequence[ReportOrder]) -> datetime | None:
    """Return when an account may order the next report after these (oldest first), None for at any time."""
    if not orders:
        return None
    soonest = orders[-1].ordered_at + BETWEEN_ORDERS
    if len(orders) < ORDERS_A_DAY:
        return soonest
    return max(soonest, orders[-ORDERS_A_DAY].ordered_at + BUDGET_SPAN)


def urgency(job: Job) -> int:
    """Return what goes first: lost contacts, then young spans again, then old history."""
    return {"same_day": 1, "history": 2}.get(job.reason, 0)


def in_turn(
    due: Sequence[tuple[Part, Job]], orders: Sequence[ReportOrder], domains: Mapping[str, str], now: datetime
) -> Iterator[tuple[Part, Job]]:
    """Return what may be done now: reports to look at first, then orders within each account's budget, and
    last the rest of a report's downloads, of which there may be a thousand.

    ``domains`` tells the account of an integration. The integration that ordered longest ago goes first, so
    that those on one account take turns.
    """
    by_domain: dict[str, list[ReportOrder]] = defaultdict(list)
    for order in orders:
        by_domain[order.domain].append(order)
    last_order = {order.integration_id: order.ordered_at for order in orders}

    def turn(entry: tuple[Part, Job]) -> tuple[object, ...]:
        part, job = entry
        last = last_order.get(part.integration_id, now - BUDGET_SPAN)
        return last, urgency(job), job.requested_at, job.job_id, part.part

    reported = [entry for entry in due if entry[0].state == "reported"]
    yield from (entry for entry in reported if not entry[0].downloaded)
    for part, job in sorted((entry for entry in due if entry[0].state == "pending"), key=turn):
        next_at = next_order_at(by_domain[domains.get(part.integration_id, "")])
        if next_at is None or next_at <= now:
            yield part, job
    yield from (entry for entry in reported if entry[0].downloaded)


def poll_pause(age: timedelta) -> timedelta:
    """Return how long to wait before asking again for a report that was ordered ``age`` ago."""
    return min(max(timedelta(seconds=2), age / 4), timedelta(minutes=1))


def back_off(troubles: int, retry_after: float | None) -> timedelta:
    """Return how long to wait after so many troubles, no shorter than Freshchat asked for."""
    exponential = min(timedelta(seconds=5) * (1 << min(troubles - 1, 20)), LONGEST_BACK_OFF)
    return max(exponential, timedelta(seconds=retry_after or 0))


def follow_up(job: Job, part: Part, job_id: str, now: datetime) -> tuple[Job, Part] | None:
    """Return the job that fetches the young end of a finished part again, None when it was old enough.

    Freshchat's reports lack rows of the last hours, so the span is fetched again after one hour, six hours
    and finally when it is more than a day old. Not so what a sealed day lacked: its own comparisons go on.
    """
    if part.reported_at is None or job.follow_ups >= len(FOLLOW_UPS) or job.reason == "difference":
        return None
    young_from = max(part.span_start, part.reported_at - INCOMPLETE)
    if young_from >= part.span_end:
        return None
    last = job.follow_ups == len(FOLLOW_UPS) - 1
    due_at = (part.span_end if last else now) + FOLLOW_UPS[job.follow_ups]
    again = Job(job.integration_id, job_id, "same_day", young_from, part.span_end, now, job.follow_ups + 1)
    return again, Part(job.integration_id, job_id, 0, young_from, part.span_end, "pending", due_at)


def merged(waiting: tuple[Job, Part], new: tuple[Job, Part]) -> tuple[Job, Part]:
    """Return the waiting follow-up job widened by a new one, so that there is never more than one."""
    (job, part), (new_job, new_part) = waiting, new
    start, end = min(part.span_start, new_part.span_start), max(part.span_end, new_part.span_end)
    return (
        Job(
            job.integration_id,
            job.job_id,
            "same_day",
            start,
            end,
            job.requested_at,
            min(job.follow_ups, new_job.follow_ups),
        ),
        Part(job.integration_id, job.job_id, 0, start, end, "pending", max(part.due_at, new_part.due_at)),
    )


def covered(spans: Sequence[Span], start: datetime, end: datetime) -> bool:
    """Tell whether the spans together cover everything from ``start`` to ``end``."""
    reached = start
    for span in sorted(spans, key=lambda span: span.start):
        if span.start <= reached:
            reached = max(reached, span.end)
    return reached >= end
