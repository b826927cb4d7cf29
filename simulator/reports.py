"""The raw reports: a job that is polled until it has links, and the downloads on a host of their own."""

import math
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import extracts
from simulator.account import Account
from simulator.answers import Refused, invalid, not_found
from simulator.rest import read_object
from simulator.times import iso, read_instant, report_time

OLDEST = timedelta(days=460)
LONGEST = timedelta(days=31)
LONGEST_TRANSCRIPT = timedelta(days=1)
PART = timedelta(days=7)
LINK_LIVES = timedelta(hours=1)
LATE = timedelta(hours=36)
A_DAY, A_MINUTE, MOST_A_DAY = timedelta(days=1), timedelta(minutes=1), 120


@dataclass(slots=True)
class Part:
    """A piece of a report behind one link; ``content`` is made when the report is."""

    start: datetime
    end: datetime
    content: bytes
    failed: bool
    links_given: int = 0


@dataclass(slots=True)
class Job:
    id: str
    event: str
    start: datetime
    end: datetime
    asked_at: datetime
    failed: bool
    parts: list[Part]
    polls: int = 0


@dataclass(slots=True)
class ReportDesk:
    """Takes orders for reports and hands out links that expire."""

    account: Account
    address: str = ""
    """Where the downloads are, known when their server listens."""

    jobs: dict[str, Job] = field(default_factory=dict)
    links: dict[str, tuple[Part, datetime]] = field(default_factory=dict)
    downloads: list[dict[str, Any]] = field(default_factory=list)
    held_back: set[str] = field(default_factory=set)
    """Ids of rows that one report was too early for."""

    def order(self, body: dict[str, Any]) -> Job:
        """Make a report's job. Raises Refused."""
        event, now = body.get("event"), self.account.now()
        if event not in extracts.EVENTS or body.get("format", "csv") != "csv":
            raise invalid("event is not known, or format is not csv")
        start, end = _span(body, str(event), now)
        if self.account.switches.report_limits:
            self._check_limits(str(event), now)
        parts = self._parts(
            str(event), start, end, now, without_personal_data=bool(body.get("should_exclude_pii"))
        )
        failed = self.account.switches.report_fails == "report"
        job = Job(str(uuid.uuid4()), str(event), start, end, now, failed, parts)
        self.jobs[job.id] = job
        return job

    def _check_limits(self, event: str, now: datetime) -> None:
        latest = max((job.asked_at for job in self.jobs.values()), default=now - A_MINUTE)
        if (wait := A_MINUTE - (now - latest)) > timedelta(0):
            hint = {"Retry-After": str(math.ceil(wait.total_seconds()))}
            raise Refused(429, "TOO_MANY_REQUESTS", "One report a minute", hint)
        today = [job for job in self.jobs.values() if job.event == event and job.asked_at > now - A_DAY]
        if len(today) >= MOST_A_DAY:
            raise Refused(429, "TOO_MANY_REQUESTS", f"{MOST_A_DAY} reports a day for one event")

    def _parts(
        self, event: str, start: datetime, end: datetime, now: datetime, *, without_personal_data: bool
    ) -> list[Part]:
        parts: list[Part] = []
        switches = self.account.switches
        while start < end:
            until = min(start + PART, end)
            found = extracts.rows(self.account.world, event, start, min(until, now))
            rows = [row for it, row in found if not self._is_late(it.id, it.resolved_at or it.opened_at)]
            content = extracts.as_csv(event, rows, without_personal_data=without_personal_data)
            if switches.report_format == "zip":
                content = extracts.as_zip(f"{event}.csv", content)
            parts.append(Part(start, until, content, failed=switches.report_fails == "link" and not parts))
            start = until
        return parts

    def _is_late(self, row_id: str, at: datetime) -> bool:
        """Say whether a fresh row is missing from this report; the next one has it."""
        share = self.account.switches.late_rows
        if not share or at < self.account.now() - LATE or row_id in self.held_back:
            return False
        if uuid.uuid5(uuid.NAMESPACE_OID, row_id).int % 1000 >= share * 1000:
            return False
        self.held_back.add(row_id)
        return True

    def describe(self, job: Job) -> dict[str, Any]:
        """Answer one poll."""
        job.polls += 1
        done = job.polls > self.account.switches.report_polls
        return {
            "id": job.id,
            "status": "PENDING" if not done else "FAILED" if job.failed else "COMPLETED",
            "interval": f"{report_time(job.start)}_{report_time(job.end)}",
            "links": [self._link(job, part) for part in job.parts] if done and not job.failed else [],
        }

    def _link(self, job: Job, part: Part) -> dict[str, Any]:
        found: dict[str, Any] = {"from": iso(part.start), "to": iso(part.end)}
        if part.failed:
            return found | {"status": "FAILED"}
        signature, now = secrets.token_hex(32), self.account.now()
        expired = self.account.switches.expired_links and part.links_given == 0
        part.links_given += 1
        self.links[signature] = (part, now - LINK_LIVES if expired else now + LINK_LIVES)
        ending = "zip" if part.content.startswith(b"PK") else "csv"
        href = (
            f"{self.address}/extracts/{job.id}/{iso(part.start)[:10]}.{ending}"
            f"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Signature={signature}"
        )
        return found | {"status": "COMPLETED", "link": {"rel": "extracts", "href": href}}


def routes(desk: ReportDesk) -> list[Route]:
    """Return the routes below /v2."""

    async def order(request: Request) -> Response:
        job = desk.order(await read_object(request))
        return JSONResponse({"id": job.id, "link": {"rel": "extracts", "href": f"/reports/raw/{job.id}"}})

    async def poll(request: Request) -> Response:
        job = desk.jobs.get(request.path_params["id"])
        if job is None:
            raise not_found("report")
        return JSONResponse(desk.describe(job))

    return [Route("/reports/raw", order, methods=["POST"]), Route("/reports/raw/{id}", poll)]


def download_route(desk: ReportDesk) -> Route:
    """Return the route of the download host, which speaks like a storage service and not like Freshchat."""

    async def download(request: Request) -> Response:
        authorised = "authorization" in request.headers
        leaked = any(desk.account.token in value for value in request.headers.values())
        signature = request.query_params.get("X-Amz-Signature", "")
        part, expires = desk.links.get(signature, (None, None))
        if authorised:
            answer = _storage_error(400, "InvalidArgument", "Only one auth mechanism allowed")
        elif part is None or expires is None:
            answer = _storage_error(403, "SignatureDoesNotMatch", "The signature does not match")
        elif expires <= desk.account.now():
            answer = _storage_error(403, "AccessDenied", "Request has expired")
        else:
            kind = "application/zip" if part.content.startswith(b"PK") else "text/csv"
            answer = Response(part.content, media_type=kind)
        noted = {"path": request.url.path, "status": answer.status_code}
        desk.downloads.append(noted | {"authorization_sent": authorised, "token_sent": leaked})
        return answer

    return Route("/extracts/{job}/{name}", download)


def _storage_error(code: int, name: str, message: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{name}</Code><Message>{message}</Message></Error>'
    return Response(text, code, media_type="application/xml")


def _span(body: dict[str, Any], event: str, now: datetime) -> tuple[datetime, datetime]:
    try:
        start, end = read_instant(str(body["start"])), read_instant(str(body["end"]))
    except (KeyError, ValueError):
        raise invalid("start and end must be ISO 8601 times in UTC") from None
    longest = LONGEST_TRANSCRIPT if event == "Chat-Transcript" else LONGEST
    if not start < end or end - start > longest:
        raise invalid(f"end must follow start by at most {longest.days} days")
    if start < now - OLDEST:
        raise invalid("start is older than 15 months")
    return start, end
