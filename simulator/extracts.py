"""The rows of the raw reports: one CSV per event, times in UTC, a header line, a byte order mark."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from simulator import shapes
from simulator.entities import Interaction
from simulator.times import read_instant, report_time
from simulator.world import World

COMMON = (
    "conversation_id", "interaction_id", "created_at", "channel_id", "channel_name", "group_id", "group_name",
    "agent_id", "agent_name", "actor_type", "actor_id", "actor_name", "reopened", "conversation_url",
)  # fmt: skip
TRANSCRIPT = (
    "message_id", "conversation_id", "created_time", "actor_type", "actor_id", "actor_email", "actor_first_name",
    "actor_last_name", "message_type", "message_source", "message", "channel_id", "channel_name", "customer_id",
)  # fmt: skip
PERSONAL = ("agent_name", "actor_name", "actor_email", "actor_first_name", "actor_last_name", "message")
EMPTY_EVENTS = (
    "Conversation-Resolution-Label", "Agent-Activity", "Agent-Intelliassign-Activity", "CSAT-Score",
    "Team-Performance-Report", "agent-performance", "Interaction-Report", "classic",
)  # fmt: skip

Row = dict[str, str]
When = Callable[[Interaction], datetime | None]


def _resolved_at(it: Interaction) -> datetime | None:
    return it.resolved_at


def _first_response_at(it: Interaction) -> datetime | None:
    return it.first_response_at if it.agent else None


def _nothing(_: Interaction) -> Row:
    return {}


def _seconds(start: datetime, end: datetime | None) -> Row:
    return {"value_in_seconds": str((end - start).total_seconds()) if end else ""}


BY_INTERACTION: dict[str, tuple[When, Callable[[Interaction], Row]]] = {
    "Conversation-Created": (lambda it: it.opened_at, _nothing),
    "Conversation-Resolved": (_resolved_at, _nothing),
    "Conversation-Agent-Assigned": (lambda it: it.assigned_at if it.agent else None, _nothing),
    "Conversation-Group-Assigned": (lambda it: it.assigned_at if it.group else None, _nothing),
    "First-Response-Time": (_first_response_at, lambda it: _seconds(it.assigned_at, it.first_response_at)),
    "Response-Time": (_first_response_at, lambda it: _seconds(it.assigned_at, it.first_response_at)),
    "Resolution-Time": (_resolved_at, lambda it: _seconds(it.opened_at, it.resolved_at)),
}
BY_MESSAGE = ("Message-Sent", "Chat-Transcript")
EVENTS = (*BY_INTERACTION, *BY_MESSAGE, *EMPTY_EVENTS)


def rows(world: World, event: str, start: datetime, end: datetime) -> list[tuple[Interaction, Row]]:
    """Return the rows of an event between two past instants, each with the interaction that it tells of."""
    if event in BY_MESSAGE:
        return list(_message_rows(world, start, end))
    if event not in BY_INTERACTION:
        return []
    when, values = BY_INTERACTION[event]
    found: Iterable[Interaction] = world.interactions()
    if when is _resolved_at:
        found = world.resolved_between(start, end)
    timed = [(at, it) for it in found if (at := when(it)) is not None and start <= at < end]
    timed.sort(key=lambda pair: pair[0])
    return [(it, _common(it, at) | values(it)) for at, it in timed]


def header(event: str) -> tuple[str, ...]:
    if event in BY_MESSAGE:
        return TRANSCRIPT
    return (*COMMON, "value_in_seconds") if event.endswith("Time") else COMMON


def as_csv(event: str, found: Iterable[Row], *, without_personal_data: bool) -> bytes:
    """Write a CSV with a byte order mark."""
    text = io.StringIO()
    columns = [name for name in header(event) if not (without_personal_data and name in PERSONAL)]
    writer = csv.DictWriter(text, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue().encode("utf-8-sig")


def as_zip(name: str, content: bytes) -> bytes:
    """Return a ZIP archive with one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def _common(it: Interaction, at: datetime) -> Row:
    talk = it.conversation
    agent_name = f"{it.agent.first_name} {it.agent.last_name}" if it.agent else ""
    by_agent = it.resolver == "agent" and it.agent is not None
    return {
        "conversation_id": talk.id,
        "interaction_id": it.id,
        "created_at": report_time(at),
        "channel_id": talk.channel.id,
        "channel_name": talk.channel.name,
        "group_id": it.group.id if it.group else "",
        "group_name": it.group_name or (it.group.name if it.group else ""),
        "agent_id": it.agent.id if it.agent else "",
        "agent_name": agent_name,
        "actor_type": it.resolver,
        "actor_id": it.agent.id if by_agent and it.agent else "",
        "actor_name": agent_name if by_agent else "",
        "reopened": "true" if it.reopened else "false",
        "conversation_url": f"https://simulated-account.freshchat.com/conversation/{talk.internal_id}",
    }


def _message_rows(world: World, start: datetime, end: datetime) -> Iterator[tuple[Interaction, Row]]:
    for it in world.interactions():
        if it.opened_at >= end or (it.resolved_at is not None and it.resolved_at < start):
            continue
        user = it.conversation.user
        for message in shapes.interaction_messages(it, world.cast.app_id):
            at = read_instant(message["created_time"])
            if not start <= at < end:
                continue
            person = {"user": user, "agent": it.agent}.get(message["actor_type"])
            yield (
                it,
                {
                    "message_id": message["id"],
                    "conversation_id": it.conversation.id,
                    "created_time": report_time(at),
                    "actor_type": message["actor_type"],
                    "actor_id": message["actor_id"],
                    "actor_email": person.email if person else "",
                    "actor_first_name": person.first_name if person else "",
                    "actor_last_name": person.last_name if person else "",
                    "message_type": message["message_type"],
                    "message_source": message["message_source"],
                    "message": message["message_parts"][0]["text"]["content"],
                    "channel_id": it.conversation.channel.id,
                    "channel_name": it.conversation.channel.name,
                    "customer_id": user.id,
                },
            )
