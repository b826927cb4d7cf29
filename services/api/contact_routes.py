"""Contacts per source queue and interval, as JSON or CSV."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import orjson
from fastapi import Query, Response

from services.api.access import TheSystem, admin_router
from services.api.forms import ContactsBody
from services.api.problems import Problem
from services.contacts.export import plain_csv
from services.contacts.table import contact_table
from services.contacts.tally import Tally
from services.fields import clean_name
from services.intervals import local_day, midnight

router = admin_router()
YEARS = range(2000, 2200)
_BLANK_FOR_PLUS = re.compile(r" (?=\d\d:?\d\d$)")
"""An offset's plus sign that the query's decoding took for a blank."""


@router.get(
    "/{integration_id}/contacts",
    response_model=ContactsBody,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def get_contacts(
    system: TheSystem,
    integration_id: str,
    start: Annotated[
        str | None, Query(alias="from", description="a date, or an instant with offset; today if left out")
    ] = None,
    end: Annotated[
        str | None, Query(alias="to", description="exclusive; a day after from if left out")
    ] = None,
    interval: Literal["15m", "30m", "60m", "1d"] = "15m",
    queue: Annotated[list[str], Query(description="only these source queues")] = [],  # noqa: B006 - never changed
    format: Literal["json", "csv"] = "json",
) -> Response:
    """Return every known queue in every interval of the span; null is "no data"."""
    integration = system.integration_with_history(integration_id)
    now = system.clock()
    zone = integration.zone
    begin = read_instant("from", start, zone) if start else midnight(local_day(now, zone), zone)
    finish = (
        read_instant("to", end, zone) if end else midnight(local_day(begin, zone) + timedelta(days=1), zone)
    )
    if finish <= begin:
        raise Problem(422, "bad_span", "to: must lie after from")
    tally = Tally(system.database, integration, now, system.writer.refusing_since)
    queues = _asked_for(queue, tally.names)
    table = contact_table(tally, start=begin, end=finish, interval=interval, queues=queues)
    if format == "csv":
        return Response(plain_csv(table), media_type="text/csv; charset=utf-8")
    rows = [{"start": start, "queue": queue, "contacts": contacts} for start, queue, contacts in table.rows()]
    body = {"time_zone": table.time_zone, "interval": interval, "counting": table.counting, "rows": rows}
    return Response(orjson.dumps(body), media_type="application/json")


def _asked_for(queues: list[str], known: list[str]) -> list[str]:
    """Return the queues by their stored names, however they are spelled. Raises Problem 422."""
    stored = [name if name in known else clean_name(name) for name in queues]
    unknown = set(stored) - set(known)
    if unknown:
        raise Problem(422, "unknown_queue", f"queue: there is no source queue {min(unknown)!r}")
    return stored


def read_instant(field: str, text: str, zone: ZoneInfo) -> datetime:
    """Read a date (its first moment in the zone) or an instant with offset. Raises Problem 422."""
    try:
        at = _date_or_instant(text, zone)
    except (ValueError, OverflowError):
        at = None
    if at is None or at.year not in YEARS:
        raise Problem(422, "bad_span", f"{field}: give a date such as 2026-03-02, or an instant with offset")
    return at


def _date_or_instant(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        return midnight(date.fromisoformat(text), zone)
    except ValueError:
        at = datetime.fromisoformat(_BLANK_FOR_PLUS.sub("+", text.strip()))
        return None if at.tzinfo is None else at.astimezone(UTC)
