"""How the API answers: errors of three keys, and lists page by page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

Item = TypeVar("Item")
DEFAULT_PAGE, LONGEST_PAGE, PARTIAL_PAGE = 20, 50, 2


class Refused(Exception):
    """A request that is answered with one of Freshchat's errors."""

    def __init__(
        self, code: int, status: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.status, self.message, self.headers = code, status, message, headers


def error_body(code: int, status: str, message: str) -> dict[str, Any]:
    return {"code": code, "status": status, "message": message}


async def answer_refusal(_: Request, refused: Exception) -> JSONResponse:
    assert isinstance(refused, Refused)
    body = error_body(refused.code, refused.status, refused.message)
    return JSONResponse(body, refused.code, headers=dict(refused.headers or {}))


async def answer_http_error(_: Request, error: Exception) -> JSONResponse:
    """Answer an unknown path or a wrong method in the same form."""
    assert isinstance(error, HTTPException)
    status = error.detail.upper().replace(" ", "_")
    return JSONResponse(
        error_body(error.status_code, status, error.detail), error.status_code, headers=error.headers
    )


def not_found(kind: str) -> Refused:
    return Refused(404, f"{kind.upper()}_NOT_FOUND", f"{kind} not found")


def invalid(message: str) -> Refused:
    return Refused(400, "INVALID_VALUE", message)


def whole_number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise invalid(f"{name} must be a positive number")
    return int(text)


def page_size(request: Request, *, partial: bool) -> int:
    """Return how many items a page has: what was asked for, silently cut to 50."""
    asked = min(whole_number(request, "items_per_page", DEFAULT_PAGE), LONGEST_PAGE)
    return min(asked, PARTIAL_PAGE) if partial else asked


def page(
    request: Request,
    name: str,
    items: Sequence[Item],
    shape: Callable[[Item], dict[str, Any]],
    *,
    partial: bool = False,
) -> JSONResponse:
    """Answer with one page of a list, its pagination and its relative links."""
    size, current = page_size(request, partial=partial), whole_number(request, "page", 1)
    pages = max(1, -(-len(items) // size))
    if current > pages:
        raise Refused(400, "WRONG_PAGE", "The page does not exist in the search result")

    def link(number: int) -> dict[str, str]:
        query = dict(request.query_params) | {"items_per_page": str(size), "page": str(number)}
        return {"href": f"/v2/{name}?{urlencode(query)}", "rel": name.removesuffix("s"), "method": "GET"}

    links = {"first_page": link(1), "last_page": link(pages)}
    if current > 1:
        links["previous_page"] = link(current - 1)
    if current < pages:
        links["next_page"] = link(current + 1)
    shown = items[(current - 1) * size : current * size]
    pagination = {
        "total_items": len(items),
        "total_pages": pages,
        "current_page": current,
        "items_per_page": size,
    }
    return JSONResponse({name: [shape(item) for item in shown], "pagination": pagination, "links": links})
