"""What operators call: is it healthy, and its metrics."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response as PlainResponse

from data.database import StoreUnavailable
from services.api.access import TheSystem
from services.api.metrics import SystemCollector
from services.system import System
from services.translation import Words
from services.watch.bundle import versions
from services.watch.evidence_words import store_failure
from services.watch.sign_of_life import evaluations_failed, last_evaluation, watcher_is_late

router = APIRouter(tags=["operators"])
UNSIGNED = "stillwatch.unsigned"
"""Where the scope says that nobody is signed in who would have to be."""
LOST_COMMITS_ADVICE = (
    "the write-ahead log was damaged, or an older copy of the database was put in its place, and the latest changes "
    "are missing: fetch their contacts with a backfill of each integration, and look at integrations "
    "and keys that were changed last"
)


class Health(BaseModel):
    """Whether the store answers and the watcher ran lately."""

    status: str
    reason: str | None = None
    version: str | None = Field(default_factory=lambda: versions().stillwatch)
    last_evaluation_at: datetime | None = None
    lost_commits: int = 0
    last_lost_commit_at: datetime | None = None
    advice: str | None = None


@router.get("/health", responses={503: {"model": Health}})
def health(system: TheSystem, request: Request, response: Response) -> Health:
    """200 when the store answers and the watcher ran lately, else 503 with the reason.

    Where people sign in, who has not is told no more than ``up`` or ``down``.
    """
    told = _health(system)
    if told.status != "ok":
        response.status_code = 503
    if request.scope.get(UNSIGNED):
        return Health(status="up" if told.status == "ok" else "down", version=None)
    if system.database.lost_commits:
        told.lost_commits = system.database.lost_commits
        told.last_lost_commit_at = system.database.last_commit_at
        told.advice = LOST_COMMITS_ADVICE
    return told


def _health(system: System) -> Health:
    try:
        evaluated_at = last_evaluation(system.database)
    except StoreUnavailable:
        return Health(status="store_unavailable", reason=_why(system) or "the database does not answer")
    if (reason := _why(system)) is not None:
        return Health(status="store_failing", reason=reason, last_evaluation_at=evaluated_at)
    if watcher_is_late(system, evaluated_at, system.clock()):
        reason = "the watcher has not run lately: every verdict is unknown"
        return Health(status="watcher_late", reason=reason, last_evaluation_at=evaluated_at)
    if failed := evaluations_failed(system):
        reason = f"the data flow of {', '.join(failed)} cannot be judged: its freshness or the log says why"
        return Health(status="evaluation_failed", reason=reason, last_evaluation_at=evaluated_at)
    return Health(status="ok", last_evaluation_at=evaluated_at)


def _why(system: System) -> str | None:
    """Return why changes fail, None while they are kept."""
    failure = system.writer.failure
    return store_failure(failure.reason, failure.since, Words()) if failure else None


def metrics(system: System) -> Callable[[Request], Awaitable[PlainResponse]]:
    """Return the handler of /metrics, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(SystemCollector(system))

    async def handle(_: Request) -> PlainResponse:
        from starlette.concurrency import run_in_threadpool

        text: Any = await run_in_threadpool(generate_latest, registry)
        return PlainResponse(text, media_type=CONTENT_TYPE_LATEST)

    return handle
