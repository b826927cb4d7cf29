"""Freshchat's REST API without the network: what to ask, and what an answer means.

Public descriptions of the API disagree in places, so what is read here is read defensively: status codes
decide, bodies are optional, unknown fields are left alone, numbers may come as strings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from services.freshchat.errors import BrokenAnswer, Garbled, Rejected, RetryLater

API = "/v2"
RESOLVED_EVENT = "Conversation-Resolved"
RESOLVED_METRIC = "conversation_metrics.resolved_interactions"
LONGEST_RETRY_AFTER = 3600.0

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_ERROR_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,60}")


@dataclass(frozen=True, slots=True)
class Request:
    """One call. ``path`` begins with /v2; ``body`` is sent as JSON."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What Freshchat says of its limit; each fact may be missing."""

    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded JSON object and what came with it."""

    data: dict[str, Any]
    rate_limit: RateLimit


ACCOUNT_CONFIGURATION = Request("GET", f"{API}/accounts/configuration")
GROUPS = Request("GET", f"{API}/groups", (("items_per_page", "50"),))


def conversation(chat_id: str) -> Request:
    return Request("GET", f"{API}/conversations/{quote(chat_id, safe='')}")


def resolved_interactions(start: datetime, end: datetime, interval: str) -> Request:
    """Ask how many interactions were resolved per group; ``interval`` is e.g. 1m, 15m, 1h or 1d."""
    return Request(
        "GET",
        f"{API}/metrics/historical",
        (
            ("metric", RESOLVED_METRIC),
            ("start", instant(start)),
            ("end", instant(end)),
            ("interval", interval),
            ("group_by", "group"),
        ),
    )


def create_report(start: datetime, end: datetime, event: str) -> Request:
    body = {"start": instant(start), "end": instant(end), "event": event, "format": "csv"}
    return Request("POST", f"{API}/reports/raw", body=body)


def report(report_id: str) -> Request:
    return Request("GET", f"{API}/reports/raw/{quote(report_id, safe='')}")


def headers(api_key: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {api_key}",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Content-Type": "application/json",
    }


def instant(at: datetime) -> str:
    """Write an instant as Freshchat does: UTC with milliseconds and Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def decipher(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Answer:
    """Return what an answer says. Raises RetryLater, Rejected or BrokenAnswer. ``headers`` ignore case."""
    if status in _BUSY:
        raise RetryLater(f"Freshchat answered {status}", _retry_after(headers.get("Retry-After"), now))
    if status == 401:
        raise Rejected("unauthorised", "Freshchat answered 401")
    if status == 403:
        raise Rejected("forbidden", "Freshchat answered 403")
    if 300 <= status < 400 or _is_web_page(headers.get("Content-Type", ""), body):
        raise Rejected("not_freshchat", f"a web page or redirect instead of JSON (status {status})")
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        kind = Garbled if body.strip()[:1] in (b"", b"{", b"[") else BrokenAnswer
        raise kind(f"no JSON (status {status})", status=status) from None
    if not 200 <= status < 300:
        code = _error_code(data)
        raise BrokenAnswer(f"Freshchat answered {status} {code or ''}".rstrip(), status=status, code=code)
    if not isinstance(data, dict):
        raise BrokenAnswer("no JSON object")
    return Answer(data, _rate_limit(headers))


def next_page(answer: Answer, base_url: str) -> Request | None:
    """Return the request for the next page, None at the end. Raises BrokenAnswer for another host."""
    links = answer.data.get("links")
    link = links.get("next_page") if isinstance(links, dict) else None
    href = link.get("href") if isinstance(link, dict) else None
    if not isinstance(href, str) or not href:
        return None
    parts = urlsplit(href)
    if parts.netloc and parts.netloc.lower() != urlsplit(base_url).netloc.lower():
        raise BrokenAnswer("the next page is on another host")
    if not parts.path.startswith("/"):
        raise BrokenAnswer("the next page has no path")
    path = parts.path if parts.path.startswith((f"{API}/", f"/api{API}/")) else f"{API}{parts.path}"
    return Request("GET", f"{path}?{parts.query}" if parts.query else path)


def _is_web_page(content_type: str, body: bytes) -> bool:
    return "html" in content_type.lower() or body.lstrip()[:1] == b"<"


def _error_code(data: Any) -> str | None:
    code = data.get("status") if isinstance(data, dict) else None
    return code if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else None


def time_told(headers: Mapping[str, str]) -> datetime | None:
    """Return what the clock said where an answer was written, None where it was kept somewhere on its way."""
    if headers.get("Age"):
        return None
    try:
        at = parsedate_to_datetime(headers.get("Date") or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Read seconds or an HTTP date; more than an hour is not believed."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if seconds == seconds else None


def _rate_limit(headers: Mapping[str, str]) -> RateLimit:
    resets_at = _number(headers.get("X-RateLimit-Reset"))
    return RateLimit(
        _number(headers.get("X-RateLimit-Limit")),
        _number(headers.get("X-RateLimit-Remaining")),
        datetime.fromtimestamp(resets_at, UTC) if resets_at is not None and resets_at < 10**11 else None,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else None
