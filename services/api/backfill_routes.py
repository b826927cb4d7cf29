"""Fetching what is missing from Freshchat: asking for it, and how far it is."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from services import backfill
from services.api.access import TheSystem, admin_router
from services.api.asked import Asked
from services.api.contact_routes import read_instant
from services.api.problems import Problem, problems
from services.backfill import BadSpan, JobStatus, TooManyJobs

MOST_LISTED = 200
router = admin_router()


class BackfillRequest(Asked):
    """The span to fetch, ``to`` exclusive: dates in the integration's zone, or instants with offset."""

    start: str = Field(alias="from", max_length=64)
    end: str = Field(alias="to", max_length=64)


class JobBody(BaseModel):
    """A job and how far it is. ``new``: contacts that nobody had told us; ``error``: a code, null if all is well."""

    model_config = ConfigDict(validate_by_name=True)

    id: str
    reason: str
    state: str
    progress: float = Field(ge=0, le=1)
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    requested_at: datetime
    finished_at: datetime | None
    next_step_at: datetime | None
    fetched: int
    new: int
    unreadable: int
    error: str | None

    @classmethod
    def of(cls, status: JobStatus) -> Self:
        job = status.job
        return cls(
            id=job.job_id,
            reason=job.reason,
            state=status.state,
            progress=status.progress,
            start=job.span_start,
            end=job.span_end,
            requested_at=job.requested_at,
            finished_at=job.finished_at,
            next_step_at=status.next_step_at,
            fetched=status.fetched,
            new=status.new,
            unreadable=status.unreadable,
            error=status.error,
        )


class JobList(BaseModel):
    jobs: list[JobBody]


@router.post("/{integration_id}/backfill", status_code=202, responses=problems(429))
def request_backfill(system: TheSystem, integration_id: str, wanted: BackfillRequest) -> JobBody:
    """Have a span fetched from Freshchat; the future is cut off. Ask for the jobs to see how far it is."""
    zone = system.integration(integration_id).zone
    start, end = read_instant("from", wanted.start, zone), read_instant("to", wanted.end, zone)
    try:
        job = backfill.request(system, integration_id, start, end, "requested")
    except BadSpan as error:
        raise Problem(422, "bad_span", str(error)) from None
    except TooManyJobs as error:
        raise Problem(429, "too_many", str(error), headers={"Retry-After": "60"}) from None
    statuses = backfill.status(system, integration_id)
    return JobBody.of(next(status for status in statuses if status.job.job_id == job.job_id))


@router.get("/{integration_id}/backfill")
def list_backfill(system: TheSystem, integration_id: str) -> JobList:
    """Return the newest jobs, newest first."""
    newest = backfill.status(system, integration_id)[:MOST_LISTED]
    return JobList(jobs=[JobBody.of(status) for status in newest])
