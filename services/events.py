"""Reading what the app sends: Freshworks product events as Freshchat makes them, or the compact form.

Only ids, the group and times are read. Nothing else of a payload is kept, and no value of it is repeated
in an error message: payloads hold names, addresses and texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, StringConstraints, ValidationError

from data.chats import Event

MOST_EVENTS = 500
LONGEST_ID = 200
LONGEST_NAME = 255
CLOCK_SKEW = timedelta(hours=1)
OLDEST = datetime(2015, 1, 1, tzinfo=UTC)


def _text_of_id(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _written_out(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("write an instant such as 2026-03-02T08:00:00.000Z")
    return value


def _milliseconds(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _written_out(value)
    return datetime.fromtimestamp(value / 1000, UTC) if 0 <= value < 1e14 else value


def _short_name(value: Any) -> Any:
    return (value.strip()[:LONGEST_NAME] or None) if isinstance(value, str) else value


Id = Annotated[
    str,
    BeforeValidator(_text_of_id),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_ID),
]
OptionalId = Annotated[Id | None, BeforeValidator(lambda value: None if value == "" else value)]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
Stamp = Annotated[AwareDatetime, BeforeValidator(_milliseconds)]
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
    created_time: Stamp | None = None
    reopened_time: Stamp | None = None
    resolved_time: Stamp | None = None


class _Associations(BaseModel):
    group: Group | None = None


class _ModelChanges(BaseModel):
    status: tuple[str | None, str | None]


class _Changes(BaseModel):
    model_changes: _ModelChanges


class _Data(BaseModel):
    conversation: _Conversation
    associations: _Associations | None = None
    changes: _Changes


class ProductEvent(BaseModel):
    """A Freshworks ``onConversationUpdate`` whose status changed; unknown fields are left alone."""

    event: str
    timestamp: Stamp
    data: _Data


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
        told.resolved_at.astimezone(UTC),
        told.interaction_id,
        told.opened_at and told.opened_at.astimezone(UTC),
        group.id,
        group.name,
        "app",
        received_at,
    )
    return told.chat_id, event


def _product_event(item: dict[str, Any], received_at: datetime) -> tuple[str, Event] | None:
    if not isinstance(item["event"], str):
        raise BadEvent("event: give the event's name")
    if item["event"] != "onConversationUpdate" or not _changes_status(item):
        return None
    told = ProductEvent.model_validate(item)
    before, after = told.data.changes.model_changes.status
    conversation = told.data.conversation
    chat_id = conversation.conversation_id or conversation.id
    if chat_id is None:
        raise BadEvent("data.conversation.conversation_id: the chat's id is missing")
    if after == "resolved":
        group = (told.data.associations and told.data.associations.group) or Group()
        resolved_at = (conversation.resolved_time or told.timestamp).astimezone(UTC)
        opened_at = conversation.reopened_time or conversation.created_time
        return chat_id, Event(
            "resolved",
            resolved_at,
            conversation.interaction_id,
            opened_at.astimezone(UTC) if opened_at and opened_at <= resolved_at else None,
            group.id or conversation.assigned_group_id,
            group.name,
            "app",
            received_at,
        )
    if before == "resolved":
        reopened_at = told.timestamp.astimezone(UTC)
        return chat_id, Event("reopened", reopened_at, None, None, None, None, "app", received_at)
    return None


def _changes_status(item: dict[str, Any]) -> bool:
    value: Any = item
    for name in ("data", "changes", "model_changes"):
        value = value.get(name) if isinstance(value, dict) else None
    return isinstance(value, dict) and "status" in value


def first_problem(error: ValidationError) -> str:
    """Say where a payload goes wrong and how, without repeating anything of it."""
    problem = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}"
