"""What the app inside Freshchat calls with its injixo API key."""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, StringConstraints, ValidationError

from data.activity import ActivityKind
from services import ingest
from services.api.access import app_caller
from services.api.body import has_body, read_json
from services.api.problems import Problem, RejectedEvent, problems
from services.ingest.event_forms import CompactEvent, OtherProductEvent, ProductEvent
from services.ingest.events import MOST_EVENTS, Reading, first_problem, read_items

router = APIRouter(prefix="/v1", tags=["app"], responses=problems(401, 429, 503))
BODY_PROBLEMS = problems(400, 408, 413, 415, 422)


class IntegrationName(BaseModel):
    id: str
    name: str


class KeyLife(BaseModel):
    id: str
    created_at: datetime
    expires_at: datetime | None


class Connection(BaseModel):
    """The answer to the installation page's check."""

    integration: IntegrationName
    key: KeyLife
    server_time: datetime


class EventsAnswer(BaseModel):
    """What became of a request's events; everything accepted is on disk."""

    accepted: int
    duplicates: int
    ignored: int
    rejected: list[RejectedEvent] | None = None


class EventBatch(BaseModel):
    """Up to 500 events."""

    events: list[CompactEvent | ProductEvent | OtherProductEvent]


class Heartbeat(BaseModel):
    """What the app may say of itself; ``uninstalled`` is its last word."""

    app_version: Annotated[str, StringConstraints(max_length=50)] | None = None
    state: Literal["running", "uninstalled"] | None = None


HEARTBEAT_BODY = {
    "requestBody": {
        "required": False,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Heartbeat"}}},
    }
}
EVENTS_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": f"#/components/schemas/{model.__name__}"}
                        for model in (CompactEvent, ProductEvent, OtherProductEvent, EventBatch)
                    ]
                }
            }
        },
    }
}


@router.get("/connection")
async def connection(request: Request) -> Connection:
    """Say which integration the key belongs to."""
    caller = app_caller(request)
    integration, key = caller.integration, caller.key
    now = caller.system.clock()
    caller.note("connection", now)
    return Connection(
        integration=IntegrationName(id=integration.integration_id, name=integration.name),
        key=KeyLife(id=key.key_id, created_at=key.created_at, expires_at=key.expires_at),
        server_time=now,
    )


@router.post(
    "/events",
    status_code=202,
    response_model=EventsAnswer,
    response_model_exclude_none=True,
    responses=BODY_PROBLEMS,
    openapi_extra=EVENTS_BODY,
)
async def events(request: Request) -> Response:
    """Take one event or a batch; whatever is accepted is on disk before the answer."""
    caller = app_caller(request)
    items = _items(await read_json(request))
    now = caller.system.clock()
    reading = read_items(items, received_at=now)
    if items and len(reading.rejected) == len(items):
        raise Problem(422, "bad_event", reading.rejected[0].detail, rejected=_named(reading))
    receipt = ingest.Receipt()
    if reading.events:
        delivery = ingest.Delivery(
            caller.integration.integration_id,
            reading.events,
            once_per_chat=caller.integration.counting == "once_per_chat",
        )
        receipt = await caller.system.writer.keep(ingest.record, delivery, len(reading.events))
    amounts: tuple[tuple[ActivityKind, int], ...] = (
        ("events", len(items) - len(reading.rejected) - reading.unknown or int(not items)),
        ("bad_event", len(reading.rejected)),
        ("unknown_event", reading.unknown),
    )
    for kind, amount in amounts:
        if amount:
            caller.note(kind, now, amount)
    answer: dict[str, Any] = {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "ignored": reading.ignored,
    }
    if reading.rejected:
        answer["rejected"] = _named(reading)
    return Response(orjson.dumps(answer), 202, media_type="application/json")


@router.post("/heartbeat", status_code=204, responses=BODY_PROBLEMS, openapi_extra=HEARTBEAT_BODY)
async def heartbeat(request: Request) -> Response:
    """Note the app's proof that it can reach us with its key, or its good-bye. The body is optional."""
    caller = app_caller(request)
    told = Heartbeat()
    if has_body(request):
        try:
            told = Heartbeat.model_validate(await read_json(request))
        except ValidationError as error:
            raise Problem(422, "bad_heartbeat", first_problem(error)) from None
    caller.note("goodbye" if told.state == "uninstalled" else "heartbeat", caller.system.clock())
    return Response(status_code=204)


def _items(body: Any) -> list[Any]:
    """Return the events of a body: one, or those under "events"."""
    if isinstance(body, dict) and "events" in body:
        items = body["events"]
        if not isinstance(items, list):
            raise Problem(422, "bad_event", "events: give a list of events")
        if len(items) > MOST_EVENTS:
            raise Problem(
                413, "too_large", f"at most {MOST_EVENTS} events in one request, these are {len(items)}"
            )
        return items
    return [body]


def _named(reading: Reading) -> list[dict[str, Any]]:
    return [
        {"index": rejected.index, "code": rejected.code, "detail": rejected.detail}
        for rejected in reading.rejected
    ]
