"""Errors as application/problem+json (RFC 9457) with a stable ``code``."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from data.database import StoreUnavailable
from services.contacts.table import SpanTooLong
from services.integrations import NameTaken
from services.people.person import NotAllowed
from services.system import Damaged, Invalid, NotFound

log = structlog.get_logger()
RETRY_AFTER_SECONDS = 5
TOLD_AS: dict[type[Exception], tuple[int, str]] = {
    NotFound: (404, "not_found"),
    NotAllowed: (403, "not_allowed"),
    NameTaken: (409, "name_taken"),
    SpanTooLong: (422, "span_too_long"),
}
"""Errors whose own words are the answer, with its status and code."""


class Problem(HTTPException):
    """An answer that says what is wrong and what to do.

    An HTTPException, so that one raised while a body is read passes through whoever reads it.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(status, detail, headers)
        self.code = code
        self.more = more


class RejectedEvent(BaseModel):
    """An item of a request that was not kept, by its place in the request."""

    index: int
    code: str
    detail: str


class ProblemBody(BaseModel):
    """The form of every error. ``field`` names a wrong field, ``rejected`` the events that are wrong."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    rejected: list[RejectedEvent] | None = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe these errors for the OpenAPI document."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def respond(problem: Problem) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "code": problem.code,
        "detail": problem.detail,
        **problem.more,
    }
    return JSONResponse(body, problem.status_code, problem.headers, "application/problem+json")


def store_unavailable() -> Problem:
    return Problem(
        503,
        "store_unavailable",
        "nothing was kept; send it again",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def _in_its_own_words(status: int, code: str) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    async def handle(_: Request, error: Exception) -> JSONResponse:
        return respond(Problem(status, code, str(error)))

    return handle


def handle_problems(api: FastAPI) -> None:
    """Have every error of the API answered as a problem, and none with a stack trace."""
    for kind, (status, code) in TOLD_AS.items():
        api.add_exception_handler(kind, _in_its_own_words(status, code))

    @api.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> JSONResponse:
        if hasattr(request.state, "caller"):
            request.state.caller.note(problem.code, request.app.state.system.clock())
        return respond(problem)

    @api.exception_handler(Invalid)
    async def _invalid(_: Request, error: Invalid) -> JSONResponse:
        return respond(Problem(422, error.code, str(error), field=error.field))

    @api.exception_handler(StoreUnavailable)
    async def _store(request: Request, error: StoreUnavailable) -> JSONResponse:
        if hasattr(request.state, "caller"):
            request.state.caller.note("store_unavailable", request.app.state.system.clock())
        log.error("store_unavailable", error=type(error.__cause__).__name__)
        return respond(store_unavailable())

    @api.exception_handler(Damaged)
    async def _damaged(_: Request, error: Damaged) -> JSONResponse:
        log.error("damaged_data", detail=str(error))
        return respond(Problem(503, "damaged_data", str(error)))

    @api.exception_handler(RequestValidationError)
    async def _bad_request(_: Request, error: RequestValidationError) -> JSONResponse:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        code = "bad_json" if problem["type"] == "json_invalid" else "bad_request"
        return respond(Problem(400 if code == "bad_json" else 422, code, f"{place}: {problem['msg']}"))

    @api.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = HTTPStatus(error.status_code).name.lower()
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_allowed_methods(request))
        return respond(Problem(error.status_code, code, str(error.detail), headers=headers))

    @api.exception_handler(Exception)
    async def _unexpected(_: Request, error: Exception) -> JSONResponse:
        log.exception("unexpected_error", exc_info=error)
        return respond(Problem(500, "internal_error", "Stillwatch made a mistake; it is in its log"))


def _allowed_methods(request: Request) -> list[str]:
    """Return all methods of the address; the router names only those of the first route that fits."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    paths: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    found = {
        method.upper()
        for template, operations in paths.items()
        if compile_path(template)[0].match(path)
        for method in operations
    } or {"GET"}  # the document, which does not describe itself
    return sorted(found | {"HEAD"} if "GET" in found else found)
