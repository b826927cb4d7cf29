"""The switches that break things, each with what it does. ``Switches()`` is an account in order."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args, get_origin


def _switch(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(slots=True)
class Switches:
    # the account and its people
    quiet: bool = _switch(False, "nobody writes and nothing is resolved: chats really stop")
    holiday: bool = _switch(False, "a public holiday: from now on a tenth of the usual chats")
    # the app
    app_installed: bool = _switch(True, "false: uninstalled, sends no events and no heartbeats")
    lose_group: str = _switch("", "name of a group whose events the app never sends")
    lose_share: float = _switch(0.0, "share of events that the app never sends, 0 to 1")
    duplicate_share: float = _switch(0.05, "share of the app's deliveries that are sent twice")
    reorder_share: float = _switch(0.05, "share of the app's deliveries held back for some seconds")
    # the REST API
    old_scopes: bool = _switch(False, "the token is old: 403 on accounts/configuration and roles")
    missing_scopes: str = _switch("", "more scopes that the token lacks, e.g. 'reports:read dashboard:read'")
    portal_host: bool = _switch(False, "answers like a portal host: 200 with an HTML page")
    rate_limited: Literal["off", "with_retry_after", "without_retry_after"] = _switch(
        "off", "429 on every call, with or without Retry-After"
    )
    requests_per_minute: int = _switch(100_000, "the account's rate limit, as X-RateLimit-Limit says")
    slow_seconds: float = _switch(0.0, "every answer is held back that long")
    down: Literal["off", "503", "closed"] = _switch("off", "503 with an HTML page, or the connection is cut")
    partial_pages: bool = _switch(False, "pages are shorter than asked for, although more follow")
    old_payloads: bool = _switch(False, "conversations have the fields of 2020 only")
    decimal_values: bool = _switch(False, "counts in metrics are written as decimals, '12.0'")
    metrics_lag_seconds: float = _switch(0.0, "metrics know a resolution only that much later")
    # reports
    report_polls: int = _switch(2, "how many times a report is PENDING before it is COMPLETED")
    report_format: Literal["zip", "csv"] = _switch("zip", "what a download is")
    report_limits: bool = _switch(True, "one report a minute and 120 a day per event, else 429")
    report_fails: Literal["off", "report", "link"] = _switch("off", "the report, or one of its links, FAILED")
    late_rows: float = _switch(0.0, "share of the last 36 hours' rows that only a later report has")
    expired_links: bool = _switch(False, "the first link to each download has expired: 403")
    # the native webhook
    webhook_payloads: Literal["2020", "2022"] = _switch("2022", "2020: no interaction id and no group")
    webhook_lose_share: float = _switch(0.0, "share of webhook deliveries that are never sent")
    webhook_duplicate_share: float = _switch(0.0, "share of webhook deliveries that are sent twice")
    webhook_reorder_share: float = _switch(0.0, "share of webhook deliveries held back for some seconds")


def read_changes(changes: dict[str, Any]) -> dict[str, Any]:
    """Check changes to switches, given as JSON values or as a form's texts. Raises ValueError naming the switch."""
    known = {it.name: it for it in fields(Switches)}
    read = {}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"there is no switch {name!r}; there are: {', '.join(known)}")
        read[name] = _read(name, known[name].type, value)
    return read


def _read(name: str, kind: Any, value: Any) -> Any:
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{name} is one of {', '.join(get_args(kind))}")
        return value
    if kind is bool:
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        raise ValueError(f"{name} is true or false")
    if kind is str:
        if not isinstance(value, str) or len(value) > 200:
            raise ValueError(f"{name} is a text of at most 200 characters")
        return value
    try:
        number = kind(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is a number") from None
    highest = 1 if name.endswith("_share") or name == "late_rows" else 1_000_000
    if not 0 <= number <= highest:
        raise ValueError(f"{name} lies between 0 and {highest}")
    return number
