"""Backfill jobs: requesting them, and saying how far they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data import backfill as stored
from data.backfill import Job, Part, Reason
from data.database import Database, Transaction
from services.backfill.plan import BadSpan, Span, covered, cut, fetchable
from services.ids import new_id
from services.system import System, needs

MOST_UNFINISHED = 50
WEIGHT = {"pending": 0.0, "reported": 0.5, "done": 1.0, "failed": 1.0}
State = Literal["scheduled", "running", "done", "failed"]

__all__ = ["BadSpan", "JobStatus", "TooManyJobs", "covered_at", "request", "status"]


class TooManyJobs(Exception):
    """So many jobs of the integration are unfinished that it takes no more."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far a job is. ``progress`` goes from 0 to 1; ``error`` is a code, also while it is tried again."""

    job: Job
    state: State
    progress: float
    fetched: int
    new: int
    unreadable: int
    error: str | None
    next_step_at: datetime | None
    unreadable_shape: str | None = None
    """What the first row looked like that could not be read, 9 for a digit and a for a letter."""


@needs("support", changes=True)
def request(system: System, integration_id: str, start: datetime, end: datetime, reason: Reason) -> Job:
    """Have a span fetched; the future is cut off. A job for the very same span that is unfinished is returned.

    What is older than 15 months is cut off too, unless the span was ``requested`` by a person or program.
    Raises NotFound, BadSpan or TooManyJobs.
    """
    system.integration(integration_id)
    now = system.clock()
    span = fetchable(start, end, now, cut_old=reason != "requested")

    def job(transaction: Transaction) -> Job:
        unfinished = [
            known for known in stored.jobs(transaction, integration_id) if known.finished_at is None
        ]
        for known in unfinished:
            if (known.span_start, known.span_end) == (span.start, span.end) and known.reason == reason:
                return known
        if len(unfinished) >= MOST_UNFINISHED:
            raise TooManyJobs(f"{MOST_UNFINISHED} jobs are unfinished: wait for them")
        new = Job(integration_id, new_id(), reason, span.start, span.end, now)
        stored.save_job(transaction, new)
        stored.save_parts(
            transaction,
            [
                Part(integration_id, new.job_id, number, part.start, part.end, "pending", now)
                for number, part in enumerate(cut(span))
            ],
        )
        told = {"from": span.start, "to": span.end}
        system.record(transaction, "backfill_requested", integration_id, new.job_id, after=told)
        return new

    return system.writer.write(job)


@needs("supervisor")
def status(system: System, integration_id: str) -> list[JobStatus]:
    """Return all of the integration's jobs, newest first. Raises NotFound."""
    system.integration_with_history(integration_id)
    now = system.clock()
    parts: dict[str, list[Part]] = defaultdict(list)
    for part in stored.parts(system.database, integration_id):
        parts[part.job_id].append(part)
    return [_status(job, parts[job.job_id], now) for job in stored.jobs(system.database, integration_id)]


def covered_at(database: Database, integration_id: str, start: datetime, end: datetime) -> datetime | None:
    """Return when the span was first covered by reports that are taken in, None while it is not.

    Rows of the last hours before that may still be missing; a follow-up job fetches them.
    """
    done = [
        (part.reported_at, Span(part.span_start, part.span_end))
        for part in stored.parts(database, integration_id)
        if part.state == "done" and part.reported_at is not None
    ]
    done.sort(key=lambda entry: entry[0])
    for count, (reported_at, _) in enumerate(done, start=1):
        if covered([span for _, span in done[:count]], start, end):
            return reported_at
    return None


def _status(job: Job, parts: Sequence[Part], now: datetime) -> JobStatus:
    open_parts = [part for part in parts if part.state in ("pending", "reported")]
    next_step_at = min((part.due_at for part in open_parts), default=None)
    return JobStatus(
        job,
        _state(job, parts, next_step_at, now),
        sum(_progress(part) for part in parts) / max(1, len(parts)),
        sum(part.fetched for part in parts),
        sum(part.new for part in parts),
        sum(part.unreadable for part in parts),
        next((part.error for part in parts if part.error), None),
        next_step_at,
        next((part.unreadable_shape for part in parts if part.unreadable_shape), None),
    )


def _progress(part: Part) -> float:
    """Return how far a part is; half of it is the report, the other half its downloads."""
    share = part.downloaded / part.downloads if part.downloaded and part.downloads else 0
    return WEIGHT[part.state] + (share * (1 - WEIGHT["reported"]) if part.state == "reported" else 0)


def _state(job: Job, parts: Sequence[Part], next_step_at: datetime | None, now: datetime) -> State:
    if next_step_at is None:
        return "failed" if any(part.state == "failed" for part in parts) else "done"
    is_later = (
        job.reason == "same_day" and next_step_at > now and all(part.state == "pending" for part in parts)
    )
    return "scheduled" if is_later else "running"
