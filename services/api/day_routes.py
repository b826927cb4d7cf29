"""Days and their seals: what Freshchat's own figures say of each, beside ours."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Self

from fastapi import Query
from pydantic import BaseModel

from data.watch import Cause, Incident, incidents
from services.api.access import TheSystem, admin_router
from services.api.contact_routes import YEARS
from services.api.problems import Problem
from services.contacts.table import not_watched
from services.intervals import local_day
from services.sealing.days import LOOKED_BACK, Seal, SealReason, SealState, counted, days
from services.sealing.seals import local

router = admin_router()
MOST_DAYS = 500


class QueueDayBody(BaseModel):
    queue: str
    contacts: int
    freshchat: int


class NotWatchedBody(BaseModel):
    """A span in which we ourselves were not running, or kept nothing, and of which nothing was fetched since."""

    since: datetime
    until: datetime | None
    cause: Cause


class DayBody(BaseModel):
    """One local day. ``contacts``: every resolution that we have of it; ``fetched``: those that only a backfill knows.

    ``freshchat`` is null while the day was not compared; ``reason``: why it differs, or was not compared;
    ``not_watched``: what reaches into the day of the time in which nobody watched.
    """

    date: date
    state: SealState
    contacts: int | None
    freshchat: int | None
    fetched: int
    reason: SealReason | None
    compared_at: datetime | None
    queues: list[QueueDayBody]
    not_watched: list[NotWatchedBody]

    @classmethod
    def of(cls, seal: Seal, holes: Sequence[Incident]) -> Self:
        return cls(
            date=seal.day,
            state=seal.state,
            contacts=seal.contacts,
            freshchat=seal.freshchat,
            fetched=seal.fetched,
            reason=seal.reason,
            compared_at=seal.compared_at,
            queues=[
                QueueDayBody(queue=line.queue, contacts=line.contacts, freshchat=line.freshchat)
                for line in seal.queues
            ],
            not_watched=[
                NotWatchedBody(since=hole.opened_at, until=hole.closed_at, cause=hole.cause) for hole in holes
            ],
        )


class DayList(BaseModel):
    days: list[DayBody]


@router.get("/{integration_id}/days")
def list_days(
    system: TheSystem,
    integration_id: str,
    start: Annotated[
        str | None, Query(alias="from", description="a local date; 30 days before to if left out")
    ] = None,
    end: Annotated[str | None, Query(alias="to", description="exclusive; tomorrow if left out")] = None,
) -> DayList:
    """Return every local day of the span with what Freshchat's own figures say of it."""
    integration = system.integration_with_history(integration_id)
    now = system.clock()
    tomorrow = local_day(now, integration.zone) + timedelta(days=1)
    after = _day("to", end) if end else tomorrow
    first = _day("from", start) if start else after - timedelta(days=LOOKED_BACK)
    if not first < after:
        raise Problem(422, "bad_span", "to: must lie after from")
    if (after - first).days > MOST_DAYS:
        raise Problem(422, "bad_span", f"to: at most {MOST_DAYS} days at once")
    found = days(system, integration, first, after - timedelta(days=1), now)
    known = incidents(system.database, integration_id)
    spans = ((seal, local(seal.day, integration.zone)) for seal in counted(system, integration, found, now))
    return DayList(days=[DayBody.of(seal, not_watched(known, day.start, day.end)) for seal, day in spans])


def _day(field: str, text: str) -> date:
    """Read a local date. Raises Problem 422."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Problem(422, "bad_span", f"{field}: give a date such as 2026-03-02")
    return day
