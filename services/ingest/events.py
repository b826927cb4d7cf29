"""Reading what the app sends: Freshworks product events as Freshchat makes them, or the compact form.

Only ids, the group and times are read. Nothing else of a payload is kept, and no value of it is repeated
in an error message: payloads hold names, addresses and texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from data.chats import Event
from services.ingest.event_forms import CompactEvent, Conversation, Group, ProductEvent

MOST_EVENTS = 500
CLOCK_SKEW = timedelta(days=1)
"""So far an event may lie ahead of our own clock, which may be wrong: what is refused is lost for good."""
AFTER_IT_WAS_TOLD = timedelta(hours=1)
"""How much later than the event itself its resolution may be, by the clock of those who tell both."""

OTHER_EVENTS = frozenset(
    {"onConversationCreate", "onMessageCreate", "onAgentActivityCreate", "onUserCreate", "onUserUpdate"}
)
"""Product events that tell of no resolution, whatever they hold: an onConversationUpdate comes with them."""

OLDEST = datetime(2015, 1, 1, tzinfo=UTC)


class BadEvent(Exception):
    """The item cannot be understood; the message says where it goes wrong, without repeating its content."""


class UnknownEvent(Exception):
    """An event by a name that nobody has told us of, which may well be a resolution: no fault of the sender."""


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
    unknown: int = 0
    """How many of the ignored have a name that nobody has told us of."""


def read_items(items: Sequence[Any], *, received_at: datetime) -> Reading:
    """Read the items of one request; an item that is wrong is named and keeps no other from being read."""
    reading = Reading()
    for index, item in enumerate(items):
        try:
            found = read_item(item, received_at=received_at)
        except BadEvent as error:
            reading.rejected.append(Rejected(index, str(error)))
            continue
        except UnknownEvent:
            reading.ignored += 1
            reading.unknown += 1
            continue
        if found is not None:
            reading.events.append(found)
        if found is None or found[1].kind != "resolved":
            reading.ignored += 1
    return reading


def read_item(item: Any, *, received_at: datetime) -> tuple[str, Event] | None:
    """Return (chat id, event), or None for a sign of life. Raises BadEvent and UnknownEvent."""
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
    if not _is_possible(at, received_at):
        raise BadEvent("the time of the event lies more than a day ahead, or before 2015")


def _is_possible(at: datetime, received_at: datetime) -> bool:
    return OLDEST <= at <= received_at + CLOCK_SKEW


def _compact_event(item: dict[str, Any], received_at: datetime) -> tuple[str, Event]:
    told = CompactEvent.model_validate(item)
    group = told.group or Group()
    event = Event.resolution(
        told.resolved_at,
        reporter="app",
        received_at=received_at,
        interaction_id=told.interaction_id,
        opened_at=_believable(told.opened_at, told.resolved_at),
        group_id=group.id,
        group_name=group.name,
    )
    return told.chat_id, event


def _product_event(item: dict[str, Any], received_at: datetime) -> tuple[str, Event] | None:
    if not isinstance(item["event"], str):
        raise BadEvent("event: give the event's name")
    if item["event"] in OTHER_EVENTS:
        return None
    before, after = _status_change(item)
    if "resolved" not in (before, after):
        return None
    if item["event"] != "onConversationUpdate":
        raise UnknownEvent
    told = ProductEvent.model_validate(item)
    conversation = told.data.conversation
    chat_id = conversation.conversation_id or conversation.id
    if chat_id is None:
        raise BadEvent("data.conversation.conversation_id: the chat's id is missing")
    if after != "resolved":
        return chat_id, Event.reopening(_told_at(told), reporter="app", received_at=received_at)
    group = (told.data.associations and told.data.associations.group) or Group()
    resolved_at = _resolved_at(conversation, told.timestamp, received_at) or _told_at(told)
    return chat_id, Event.resolution(
        resolved_at,
        reporter="app",
        received_at=received_at,
        interaction_id=conversation.interaction_id,
        opened_at=_believable(conversation.reopened_time or conversation.created_time, resolved_at),
        group_id=group.id or conversation.assigned_group_id,
        group_name=group.name,
    )


def _told_at(told: ProductEvent) -> datetime:
    if told.timestamp is None:
        raise BadEvent("timestamp: give milliseconds since 1970, or write 2026-03-02T08:00:00.000Z")
    return told.timestamp


def _resolved_at(
    conversation: Conversation, told_at: datetime | None, received_at: datetime
) -> datetime | None:
    """Return when the chat says that it was resolved, None when that cannot be this resolution.

    A time from before the chat was reopened belongs to an earlier one, and one from well after the event was told
    of, by the same clock, to none.
    """
    resolved_at, reopened_at = conversation.resolved_time, conversation.reopened_time
    if resolved_at is None or not _is_possible(resolved_at, received_at):
        return None
    if told_at is not None and resolved_at > told_at + AFTER_IT_WAS_TOLD:
        return None
    return None if reopened_at is not None and resolved_at < reopened_at else resolved_at


def _believable(opened_at: datetime | None, resolved_at: datetime) -> datetime | None:
    """Return when a chat was opened, None for a time that cannot be."""
    return opened_at if opened_at is not None and OLDEST <= opened_at <= resolved_at else None


def _status_change(item: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the old and the new status as folded words, None for both when another field changed."""
    value: Any = item
    for name in ("data", "changes", "model_changes"):
        value = value.get(name) if isinstance(value, dict) else None
    status = value.get("status") if isinstance(value, dict) else None
    if status is None:
        return None, None
    if not isinstance(status, list) or len(status) != 2:
        if item["event"] != "onConversationUpdate":
            return None, None
        raise BadEvent("data.changes.model_changes.status: give the old and the new status")
    before, after = map(folded, status)
    return before, after


def folded(word: Any) -> str | None:
    """Return a word such as a status as we spell it, however it is written; None for what is none."""
    return word.strip().casefold() if isinstance(word, str) else None


def first_problem(error: ValidationError) -> str:
    """Say where a payload goes wrong and how, without repeating anything of it."""
    problem = error.errors(include_input=False, include_url=False)[0]
    is_no_object = problem["type"] == "model_type"  # the message would name a class of ours
    told = "give a JSON object" if is_no_object else problem["msg"].removeprefix("Value error, ")
    return ": ".join([*filter(None, [".".join(str(part) for part in problem["loc"])]), told])
