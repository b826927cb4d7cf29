"""Closed days, half days and recurring closings: what the detector neither judges nor learns from."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from data.calendar import ClosedRule, ClosedSpan
from services import closed_days, recurring
from services.api.access import TheSystem, admin_router
from services.api.asked import Asked
from services.api.contact_routes import read_instant
from services.api.problems import problems

router = admin_router()


class Closing(Asked):
    """A span (``to`` exclusive): dates in the integration's zone, or instants with offset.

    Of the kinds of spans, and of those of one source queue, only this one is entered here.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"id"})

    start: str = Field(alias="from", max_length=64)
    end: str = Field(alias="to", max_length=64)
    note: str = Field("", max_length=1000)
    kind: Literal["closed"] = "closed"
    queue: None = None


class Recurring(Asked):
    """Some hours of every year (``day`` 12-24) or week (``day`` 1 = Monday to 7), by the local clock."""

    shown: ClassVar[frozenset[str]] = frozenset({"id"})

    repeats: Literal["yearly", "weekly"]
    day: str = Field(max_length=8)
    start: str = Field("00:00", alias="from", max_length=8)
    end: str = Field("24:00", alias="to", max_length=8)
    note: str = Field("", max_length=1000)


def _which(wanted: Any) -> str:
    return "recurring" if isinstance(wanted, dict) and "repeats" in wanted else "closing"


Wanted = Annotated[
    Annotated[Recurring, Tag("recurring")] | Annotated[Closing, Tag("closing")], Discriminator(_which)
]
"""Told apart by one field, so that what is wrong is said of the one that was meant."""


class SpanBody(BaseModel):
    model_config = ConfigDict(validate_by_name=True)

    id: str
    kind: str
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    note: str
    queue: str | None

    @classmethod
    def of(cls, span: ClosedSpan) -> Self:
        return cls(
            id=span.span_id,
            kind=span.kind,
            start=span.starts_at,
            end=span.ends_at,
            note=span.note,
            queue=span.queue,
        )


class RuleBody(BaseModel):
    model_config = ConfigDict(validate_by_name=True)

    id: str
    repeats: str
    day: str
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    note: str

    @classmethod
    def of(cls, rule: ClosedRule) -> Self:
        return cls(
            id=rule.rule_id,
            repeats=rule.repeats,
            day=rule.day,
            start=rule.starts,
            end=rule.ends,
            note=rule.note,
        )


class OfferBody(BaseModel):
    """A half day of the integration's country that nobody entered yet."""

    date: date
    yearly: bool
    name: str


class ClosedList(BaseModel):
    closed: list[SpanBody]
    recurring: list[RuleBody]
    offered: list[OfferBody]


@router.get("/{integration_id}/closed")
def list_closed(system: TheSystem, integration_id: str) -> ClosedList:
    """Return what is entered, and the half days that are offered."""
    return ClosedList(
        closed=[SpanBody.of(span) for span in closed_days.spans(system, integration_id)],
        recurring=[RuleBody.of(rule) for rule in recurring.rules(system, integration_id)],
        offered=[
            OfferBody(date=offer.day, yearly=offer.yearly, name=offer.name)
            for offer in recurring.offers(system, integration_id)
        ],
    )


@router.post("/{integration_id}/closed", status_code=201, responses=problems(422))
def close(system: TheSystem, integration_id: str, wanted: Wanted) -> SpanBody | RuleBody:
    """Close a span, or some hours of every year or week."""
    if isinstance(wanted, Recurring):
        rule = recurring.add_rule(
            system, integration_id, wanted.repeats, wanted.day, wanted.start, wanted.end, wanted.note
        )
        return RuleBody.of(rule)
    zone = system.integration(integration_id).zone
    start, end = read_instant("from", wanted.start, zone), read_instant("to", wanted.end, zone)
    span = closed_days.close_span(system, integration_id, start, end, kind="closed", note=wanted.note)
    return SpanBody.of(span)


@router.delete("/{integration_id}/closed/{closed_id}", status_code=204)
def reopen(system: TheSystem, integration_id: str, closed_id: str) -> Response:
    """Judge and learn from a span, or from the hours of a recurring closing, again."""
    closed_days.reopen(system, integration_id, closed_id)
    recurring.remove_rule(system, integration_id, closed_id)
    return Response(status_code=204)
