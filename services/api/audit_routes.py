"""The audit log: who did what, when and from where."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from fastapi import Query, Response
from pydantic import BaseModel

from services import audit
from services.api.access import TheSystem, admin_router
from services.api.contact_routes import read_instant
from services.api.problems import Problem
from services.audit import AuditEntry

router = admin_router("/v1/audit")
BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class EntryBody(BaseModel):
    """What somebody did. ``integration_id`` and ``subject``: what it was done to; ``address``: where from."""

    id: str
    at: datetime
    who: str
    role: str
    address: str | None
    action: str
    integration_id: str | None
    subject: str | None
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls(
            id=entry.entry_id,
            at=entry.done_at,
            who=entry.who,
            role=entry.role,
            address=entry.address or None,
            action=entry.action,
            integration_id=entry.integration_id or None,
            subject=entry.subject or None,
            before=dict(entry.before),
            after=dict(entry.after),
        )


class EntryList(BaseModel):
    """Newest first. ``complete``: whether there are no older ones in the span."""

    entries: list[EntryBody]
    complete: bool


@router.get(
    "",
    response_model=EntryList,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def get_audit(
    system: TheSystem,
    start: Annotated[
        str | None, Query(alias="from", description="a date of UTC, or an instant with offset")
    ] = None,
    end: Annotated[str | None, Query(alias="to", description="exclusive")] = None,
    format: Literal["json", "csv"] = "json",
) -> Any:
    """Return who did what in the span, newest first."""
    zone = ZoneInfo("UTC")
    begin = read_instant("from", start, zone) if start else BEGINNING
    finish = read_instant("to", end, zone) if end else END
    if finish <= begin:
        raise Problem(422, "bad_span", "to: must lie after from")
    listed = audit.entries(system, begin, finish)
    if format == "csv":
        return Response(audit.as_csv(listed), media_type="text/csv; charset=utf-8")
    return EntryList(
        entries=[EntryBody.of(entry) for entry in listed], complete=len(listed) < audit.MOST_LISTED
    )
