"""Reading what the app sends: Freshworks product events as Freshchat makes them, or the compact form.

Only ids, the group and times are read. Nothing else of a payload is kept, and no value of it is repeated
in an error message: payloads hold names, addresses and texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ValidationError, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from data.chats import Event

MOST_EVENTS = 500
LONGEST_ID = 200
LONGEST_NAME = 255
CLOCK_SKEW = timedelta(hours=1)
OLDEST = datetime(2015, 1, 1, tzinfo=UTC)
LATEST_STAMP = 1e14  # the year 5138


def _id(value: Any) -> str:
    """Read an id of any shape; some of Freshchat's are numbers."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise ValueError("give an id, as text or as a whole number")
    text = text.strip()
    if not 1 <= len(text) <= LONGEST_ID:
        raise ValueError(f"an id has 1 to {LONGEST_ID} characters")
    return text


def _id_unless_blank(value: Any) -> str | None:
    return None if value is None or (isinstance(value, str) and not value.strip()) else _id(value)


def _instant(value: Any) -> datetime:
    """Read an instant that is written out, into UTC."""
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError("write an instant such as 2026-03-02T08:00:00.000Z")


def _stamp(value: Any) -> datetime:
    """Read an instant that is written out or counted in milliseconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _instant(value)
    if not 0 <= value < LATEST_STAMP:
        raise ValueError("give milliseconds since 1970")
    return datetime.fromtimestamp(value / 1000, UTC)


def _stamp_if_readable(value: Any) -> datetime | None:
    try:
        return _stamp(value)
    except ValueError:
        return None


def _short_name(value: Any) -> Any:
    return (value.strip()[:LONGEST_NAME] or None) if isinstance(value, str) else value


_ID_SCHEMA: JsonSchemaValue = {"type": ["string", "integer"], "minLength": 1, "maxLength": LONGEST_ID}
_OPTIONAL_ID_SCHEMA: JsonSchemaValue = {"type": ["string", "integer", "null"], "maxLength": LONGEST_ID}
_STAMP_SCHEMA: JsonSchemaValue = {
    "anyOf": [
        {"type": "integer", "description": "milliseconds since 1970"},
        {"type": "string", "format": "date-time"},
    ]
}
Id = Annotated[str, BeforeValidator(_id), WithJsonSchema(_ID_SCHEMA)]
OptionalId = Annotated[str | None, BeforeValidator(_id_unless_blank), WithJsonSchema(_OPTIONAL_ID_SCHEMA)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Stamp = Annotated[datetime, BeforeValidator(_stamp), WithJsonSchema(_STAMP_SCHEMA)]
OptionalStamp = Annotated[datetime | None, BeforeValidator(_stamp_if_readable), WithJsonSchema(_STAMP_SCHEMA)]
GroupName = Annotated[str | None, BeforeValidator(_short_name)]


class Group(BaseModel):
    """The group that a chat was assigned to when it was resolved."""

    id: OptionalId = None
    name: GroupName = None


class CompactEvent(BaseModel):
    """One resolution, told in as few words as possible."""

    chat_id: Id
    resolved_at: Instant
    interaction_id: OptionalId = None
    opened_at: Instant | None = None
    group: Group | None = None


class _Conversation(BaseModel):
    conversation_id: OptionalId = None
    id: OptionalId = None
    interaction_id: OptionalId = None
    assigned_group_id: OptionalId = None
    created_time: OptionalStamp = None
    reopened_time: OptionalStamp = None
    resolved_time: OptionalStamp = None


class _Associations(BaseModel):
    group: Group | None = None


class _ModelChanges(BaseModel):
    status: tuple[Any, Any]


class _Changes(BaseModel):
    model_changes: _ModelChanges


class _Data(BaseModel):
    conversation: _Conversation
    associations: _Associations | None = None
    changes: _Changes


class ProductEvent(BaseModel):
    """A Freshworks ``onConversationUpdate`` that resolves or reopens a chat; unknown fields are left alone."""

    event: Literal["onConversationUpdate"]
    timestamp: Stamp
    data: _Data


class OtherProductEvent(BaseModel):
    """Any other product event: a sign of life."""

    event: str


class BadEvent(Exception):
    """The item cannot be understood; the message says where it goes wrong, without repeating its content."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One item of a request that was not kept."""

    index: int
    detail: str
    code: str = "bad_event"


@dataclass(slots=True)
class Reading:
    """What a request holds: (chat id, event) in their order, signs of life, and items that are wrong."""

    events: list[tuple[str, Event]] = field(default_factory=list)
    ignored: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def read_items(items: Sequence[Any], *, received_at: datetime) -> Reading:
    """Read the items of one request; an item that is wrong is named and keeps no other from being read."""
    reading = Reading()
    for index, item in enumerate(items):
        try:
            found = read_item(item, received_at=received_at)
        except BadEvent as error:
            reading.rejected.append(Rejected(index, str(error)))
            continue
        if found is not None:
            reading.events.append(found)
        if found is None or found[1].kind != "resolved":
            reading.ignored += 1
    return reading


def read_item(item: Any, *, received_at: datetime) -> tuple[str, Event] | None:
    """Return (chat id, event), or None for a sign of life. Raises BadEvent."""
    if not isinstance(item, dict):
        raise BadEvent("an event is a JSON object")
    try:
        found = _product_event(item, received_at) if "event" in item else _compact_event(item, received_at)
    except ValidationError as error:
        raise BadEvent(first_problem(error)) from None
    if found is not None:
        refuse_impossible_time(found[1].occurred_at, received_at)
    return found


def refuse_impossible_time(at: datetime, received_at: datetime) -> None:
    """Raise BadEvent for the time of an event that cannot have happened."""
    if not OLDEST <= at <= received_at + CLOCK_SKEW:
        raise BadEvent("the time of the event lies in the future, or before 2015")


def _compact_event(item: dict[str, Any], received_at: datetime) -> tuple[str, Event]:
    told = CompactEvent.model_validate(item)
    group = told.group or Group()
    event = Event(
        "resolved",
        told.resolved_at,
        told.interaction_id,
        told.opened_at,
        group.id,
        group.name,
        "app",
        received_at,
    )
    return told.chat_id, event


def _product_event(item: dict[str, Any], received_at: datetime) -> tuple[str, Event] | None:
    if not isinstance(item["event"], str):
        raise BadEvent("event: give the event's name")
    if item["event"] != "onConversationUpdate" or "resolved" not in _status_change(item):
        return None
    told = ProductEvent.model_validate(item)
    conversation = told.data.conversation
    chat_id = conversation.conversation_id or conversation.id
    if chat_id is None:
        raise BadEvent("data.conversation.conversation_id: the chat's id is missing")
    _, after = told.data.changes.model_changes.status
    if after != "resolved":
        return chat_id, Event("reopened", told.timestamp, None, None, None, None, "app", received_at)
    group = (told.data.associations and told.data.associations.group) or Group()
    resolved_at = _resolved_at(conversation, told.timestamp)
    opened_at = conversation.reopened_time or conversation.created_time
    return chat_id, Event(
        "resolved",
        resolved_at,
        conversation.interaction_id,
        opened_at if opened_at and opened_at <= resolved_at else None,
        group.id or conversation.assigned_group_id,
        group.name,
        "app",
        received_at,
    )


def _resolved_at(conversation: _Conversation, told_at: datetime) -> datetime:
    """Return when the chat was resolved; a time from before it was reopened belongs to an earlier resolution."""
    resolved_at, reopened_at = conversation.resolved_time, conversation.reopened_time
    if resolved_at is None or (reopened_at is not None and resolved_at < reopened_at):
        return told_at
    return resolved_at


def _status_change(item: dict[str, Any]) -> list[Any]:
    """Return the old and the new status, nothing when another field changed."""
    value: Any = item
    for name in ("data", "changes", "model_changes"):
        value = value.get(name) if isinstance(value, dict) else None
    status = value.get("status") if isinstance(value, dict) else None
    if status is None:
        return []
    if not isinstance(status, list) or len(status) != 2:
        raise BadEvent("data.changes.model_changes.status: give the old and the new status")
    return status


def first_problem(error: ValidationError) -> str:
    """Say where a payload goes wrong and how, without repeating anything of it."""
    problem = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}"
