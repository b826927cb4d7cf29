"""Errors as application/problem+json (RFC 9457) with a stable ``code``."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from data.database import StoreUnavailable
from services.contacts import SpanTooLong
from services.integrations import Invalid, NameTaken
from services.system import NotFound

log = structlog.get_logger()
RETRY_AFTER_SECONDS = 5


class Problem(Exception):
    """An answer that says what is wrong and what to do."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
        self.more = more


class ProblemBody(BaseModel):
    """The form of every error."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


def respond(problem: Problem) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.more,
    }
    return JSONResponse(body, problem.status, problem.headers, "application/problem+json")


def store_unavailable() -> Problem:
    return Problem(
        503,
        "store_unavailable",
        "nothing was kept; send it again",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def handle_problems(api: FastAPI) -> None:
    """Have every error of the API answered as a problem, and none with a stack trace."""

    @api.exception_handler(Problem)
    async def _problem(_: Request, problem: Problem) -> JSONResponse:
        return respond(problem)

    @api.exception_handler(NotFound)
    async def _not_found(_: Request, error: NotFound) -> JSONResponse:
        return respond(Problem(404, "not_found", str(error)))

    @api.exception_handler(NameTaken)
    async def _name_taken(_: Request, error: NameTaken) -> JSONResponse:
        return respond(Problem(409, "name_taken", str(error)))

    @api.exception_handler(Invalid)
    async def _invalid(_: Request, error: Invalid) -> JSONResponse:
        return respond(Problem(422, error.code, str(error), field=error.field))

    @api.exception_handler(SpanTooLong)
    async def _span(_: Request, error: SpanTooLong) -> JSONResponse:
        return respond(Problem(422, "span_too_long", str(error)))

    @api.exception_handler(StoreUnavailable)
    async def _store(_: Request, error: StoreUnavailable) -> JSONResponse:
        log.error("store_unavailable", error=type(error.__cause__).__name__)
        return respond(store_unavailable())

    @api.exception_handler(RequestValidationError)
    async def _bad_request(_: Request, error: RequestValidationError) -> JSONResponse:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        code = "bad_json" if problem["type"] == "json_invalid" else "bad_request"
        return respond(Problem(400 if code == "bad_json" else 422, code, f"{place}: {problem['msg']}"))

    @api.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        code = HTTPStatus(error.status_code).name.lower()
        headers = dict(error.headers) if error.headers else None
        return respond(Problem(error.status_code, code, str(error.detail), headers=headers))

    @api.exception_handler(Exception)
    async def _unexpected(_: Request, error: Exception) -> JSONResponse:
        log.exception("unexpected_error", exc_info=error)
        return respond(Problem(500, "internal_error", "Stillwatch made a mistake; it is in its log"))
