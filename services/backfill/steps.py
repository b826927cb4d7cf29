"""Working off backfill jobs, one bounded step at a time: order a report, look whether it is ready, take it in.

Every step ends with a durable change, and rows are on disk before their part is done: a crash at any point
repeats a step, and repeated rows change nothing.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from data import backfill as stored
from data.backfill import Job, Part, ReportOrder
from data.database import Transaction
from data.integrations import Integration
from services.asking import configuration
from services.backfill.downloads import in_one_order, take_in
from services.backfill.plan import (
    BUDGET_SPAN,
    MOST_TROUBLES,
    REPORT_GIVEN_UP,
    back_off,
    follow_up,
    in_turn,
    merged,
    poll_pause,
)
from services.freshchat.client import FreshchatClient
from services.freshchat.errors import BrokenAnswer, FreshchatError, Rejected, RetryLater
from services.freshchat.protocol import RESOLVED_EVENT
from services.ids import new_id
from services.system import System

TURN_SECONDS = 1.0
SERIOUS = 7
"""How many short troubles one counts for that is not a matter of time: a report that failed or is broken."""
log = structlog.get_logger()


def work_off(system: System) -> None:
    """Take one step after the other for as long as one is due and a turn of the background may last."""
    ends_at = time.monotonic() + TURN_SECONDS
    while run_due(system, system.clock()) and time.monotonic() < ends_at:
        pass


def run_due(system: System, now: datetime) -> bool:
    """Take the most urgent step that is due, of whatever integration; tell whether there was one.

    It asks Freshchat once, perhaps for one download more, and never waits for a report to be ready.
    """
    unfinished = [(part, job) for part, job in stored.unfinished(system.database) if part.due_at <= now]
    if not unfinished:
        return False
    orders = stored.report_orders(system.database, now - BUDGET_SPAN)
    domains = {known.integration_id: known.domain for known in system.directory.integrations.values()}
    turn = next(in_turn(unfinished, orders, domains, now), None)
    if turn is not None:
        _step(system, *turn, now)
    return turn is not None


def _step(system: System, part: Part, job: Job, now: datetime) -> None:
    integration = system.directory.integrations.get(part.integration_id)
    if integration is None or integration.deleted_at is not None:
        _give_up(system, job, "integration_deleted", now)
        return
    try:
        client = system.freshchat(integration, attempts=1)  # a step that fails comes again
        if part.state == "pending":
            _order(system, integration, client, part, now)
        else:
            _look(system, client, job, part, now)
    except Rejected as rejected:
        configuration.note(system, integration, rejected)
        _give_up(system, job, rejected.problem, now)
    except FreshchatError as trouble:
        retry_after = trouble.retry_after if isinstance(trouble, RetryLater) else None
        weight = 1 if isinstance(trouble, RetryLater) else SERIOUS
        _save(system, job, _after_trouble(part, trouble.problem, now, weight, retry_after), now)
    else:
        configuration.note(system, integration, None)


def _order(
    system: System, integration: Integration, client: FreshchatClient, part: Part, now: datetime
) -> None:
    order = ReportOrder(part.integration_id, now, integration.domain, RESOLVED_EVENT)
    # Before we ask: an order that we forget in a crash would be one too many later.
    system.writer.write(
        lambda transaction: stored.save_report_order(transaction, order, forget_before=now - 2 * BUDGET_SPAN)
    )
    report_id = client.create_report(part.span_start, part.span_end)
    ordered = replace(
        part, state="reported", report_id=report_id, reported_at=now, due_at=now + poll_pause(timedelta())
    )
    system.writer.write(lambda transaction: stored.save_parts(transaction, [ordered]))


def _look(system: System, client: FreshchatClient, job: Job, part: Part, now: datetime) -> None:
    assert part.report_id is not None
    assert part.reported_at is not None
    age = now - part.reported_at
    try:
        report = client.report(part.report_id)
    except BrokenAnswer as broken:
        if broken.status != 404:
            raise
        _save(system, job, _ordered_anew(part, "report_lost", now), now)
        return
    if report.state == "completed":
        _take_in(system, client, job, part, report.links, now)
    elif report.state == "failed" or age > REPORT_GIVEN_UP:
        _save(system, job, _ordered_anew(part, "report_failed", now), now)
    else:
        waiting = replace(part, due_at=now + poll_pause(age))
        system.writer.write(lambda transaction: stored.save_parts(transaction, [waiting]))


def _take_in(
    system: System, client: FreshchatClient, job: Job, part: Part, links: Sequence[str], now: datetime
) -> None:
    """Take in the next download of a finished report. The links were listed afresh: they expire."""
    taken_in = part.downloaded or 0
    if not taken_in:
        part = replace(part, fetched=0, unreadable=0, unreadable_shape=None)
    troubles = part.troubles
    part = replace(part, downloads=len(links), troubles=0, error=None)
    if taken_in < len(links):
        part = take_in(system, client, part, in_one_order(links)[taken_in], now)
    if (part.downloaded or 0) < len(links):
        waiting = replace(part, due_at=now)  # behind all that is due already
        system.writer.write(lambda transaction: stored.save_parts(transaction, [waiting]))
        return
    if part.unreadable and not part.fetched:
        again = replace(part, troubles=troubles)
        _save(system, job, _ordered_anew(again, "rows_unreadable", now), now)
        return
    _save(system, job, replace(part, state="done"), now)
    log.info(
        "backfilled",
        integration=part.integration_id,
        start=part.span_start.isoformat(),
        end=part.span_end.isoformat(),
        fetched=part.fetched,
        new=part.new,
        unreadable=part.unreadable,
    )


def _after_trouble(
    part: Part, problem: str, now: datetime, weight: int, retry_after: float | None = None
) -> Part:
    troubles = part.troubles + weight
    if troubles >= MOST_TROUBLES:
        return replace(part, state="failed", troubles=troubles, error=problem)
    return replace(part, troubles=troubles, error=problem, due_at=now + back_off(troubles, retry_after))


def _ordered_anew(part: Part, problem: str, now: datetime) -> Part:
    part = replace(part, state="pending", report_id=None, reported_at=None, downloads=None, downloaded=None)
    return _after_trouble(part, problem, now, SERIOUS)


def _give_up(system: System, job: Job, problem: str, now: datetime) -> None:
    """Fail all that is left of the job: a person has to change something first."""

    def failed(transaction: Transaction) -> None:
        left = [part for part in _parts_of(transaction, job) if part.state in ("pending", "reported")]
        stored.save_parts(transaction, [replace(part, state="failed", error=problem) for part in left])
        stored.save_job(transaction, replace(job, finished_at=now))

    system.writer.write(failed)


def _save(system: System, job: Job, part: Part, now: datetime) -> None:
    """Store a part; with the last one the job is finished, and a young end is planned to be fetched again."""

    def saved(transaction: Transaction) -> None:
        stored.save_parts(transaction, [part])
        others = [other for other in _parts_of(transaction, job) if other.part != part.part]
        if all(known.state in ("done", "failed") for known in [part, *others]):
            stored.save_job(transaction, replace(job, finished_at=now))
        again = follow_up(job, part, new_id(), now) if part.state == "done" else None
        if again is not None:
            _plan(transaction, again, now)

    system.writer.write(saved)


def _plan(transaction: Transaction, new: tuple[Job, Part], now: datetime) -> None:
    waiting = [
        (part, job)
        for part, job in stored.unfinished(transaction)
        if job.integration_id == new[0].integration_id
        and job.reason == "same_day"
        and part.state == "pending"
        and part.due_at > now
    ]
    job, part = merged((waiting[0][1], waiting[0][0]), new) if waiting else new
    stored.save_job(transaction, job)
    stored.save_parts(transaction, [part])


def _parts_of(transaction: Transaction, job: Job) -> list[Part]:
    return [part for part in stored.parts(transaction, job.integration_id) if part.job_id == job.job_id]
