"""Backfill jobs and their parts, and the reports that were ordered for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row

Reason = Literal["requested", "incident", "resume", "history", "same_day", "difference"]
PartState = Literal["pending", "reported", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """A span to be fetched from Freshchat. ``follow_ups``: how often it was fetched before, being too young."""

    integration_id: str
    job_id: str
    reason: Reason
    span_start: datetime
    span_end: datetime
    requested_at: datetime
    follow_ups: int = 0
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a job's span, fetched with one report. ``due_at``: when its next step may be taken.

    ``downloaded`` of its report's ``downloads`` are taken in; None before the report is ready.
    """

    integration_id: str
    job_id: str
    part: int
    span_start: datetime
    span_end: datetime
    state: PartState
    due_at: datetime
    report_id: str | None = None
    reported_at: datetime | None = None
    troubles: int = 0
    fetched: int = 0
    new: int = 0
    unreadable: int = 0
    error: str | None = None
    downloads: int | None = None
    downloaded: int | None = None
    unreadable_shape: str | None = None


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """A report that was ordered, or was about to be when we were interrupted."""

    integration_id: str
    ordered_at: datetime
    domain: str
    event: str


def jobs(store: Database | Transaction, integration_id: str) -> list[Job]:
    """Return all jobs of the integration, newest first."""
    return [Job(*columns) for columns in store.rows(sql("backfill_jobs"), integration_id=integration_id)]


def parts(store: Database | Transaction, integration_id: str) -> list[Part]:
    """Return the parts of all jobs of the integration, by job and number."""
    return [Part(*columns) for columns in store.rows(sql("backfill_parts"), integration_id=integration_id)]


def unfinished(store: Database | Transaction) -> list[tuple[Part, Job]]:
    """Return the parts of all integrations that are neither done nor failed, with their jobs."""
    width = len(Part.__slots__)
    return [
        (Part(*columns[:width]), Job(*columns[width:])) for columns in store.rows(sql("unfinished_backfill"))
    ]


def save_job(transaction: Transaction, job: Job) -> None:
    transaction.upsert("backfill_job", [row(job)])


def save_parts(transaction: Transaction, changed: Sequence[Part]) -> None:
    transaction.upsert("backfill_part", [row(part) for part in changed])


def forget_jobs(transaction: Transaction, before: datetime, most: int) -> int:
    """Forget the oldest jobs that were finished before then, with their parts, and return how many these were.

    The one that fetched the history stays, or it would be fetched again. So do those of an incident whose contacts
    are not back: their parts tell whether they are.
    """
    old = transaction.rows(sql("jobs_to_forget"), before=before, most=most)
    transaction.run_for(sql("forget_parts_of_jobs"), old)
    transaction.run_for(sql("forget_jobs"), old)
    return len(old)


def report_orders(store: Database | Transaction, since: datetime) -> list[ReportOrder]:
    """Return the orders made after ``since``, oldest first."""
    return [ReportOrder(*columns) for columns in store.rows(sql("report_orders"), since=since)]


def save_report_order(transaction: Transaction, order: ReportOrder, *, forget_before: datetime) -> None:
    """Note an order, and forget old ones."""
    transaction.run(sql("forget_report_orders"), before=forget_before)
    transaction.upsert("freshchat_report", [row(order)])
