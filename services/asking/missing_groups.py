"""Finding the group of contacts that Freshchat's webhook reported without one.

The work list is the contacts themselves, so it survives a restart; what was answered is noted beside them.
"""

from datetime import datetime, timedelta
from typing import Any, Protocol

from data.chats import Event
from data.database import Transaction
from data.group_look_ups import GroupLookUp, WithoutGroup, contacts_without_group, save_look_ups
from data.integrations import Integration
from services import ingest
from services.asking import configuration
from services.fields import if_readable, read_id
from services.freshchat.errors import FreshchatError
from services.system import System

MOST_A_RUN = 50
WORTH_ASKING = timedelta(days=2)
"""How long after its resolution; later, a backfill's own rows say more than what the chat has become."""

_group_id = if_readable(read_id)


class Conversations(Protocol):
    """The part of a Freshchat client that is needed here."""

    def conversation(self, chat_id: str) -> dict[str, Any] | None: ...


def keep_looking_up(system: System, integration: Integration, now: datetime) -> int:
    """Look groups up with the integration's own client; return how many were found. A failure is noted, not raised."""
    if integration.webhook_public_key is None:
        return 0
    try:
        return look_up_missing_groups(system, integration, system.freshchat(integration, attempts=1), now)
    except FreshchatError as error:
        configuration.note(system, integration, error)
        return 0


def look_up_missing_groups(
    system: System, integration: Integration, client: Conversations, now: datetime
) -> int:
    """Ask Freshchat for the groups of contacts that came without one; return how many were found.

    At most MOST_A_RUN chats are asked about. What Freshchat's client raises ends the run, after what was
    answered until then is on disk; the rest is asked about in the next run.
    """
    waiting = contacts_without_group(
        system.database,
        integration.integration_id,
        reporter="webhook",
        since=now - WORTH_ASKING,
        most=MOST_A_RUN,
    )
    answered: list[tuple[WithoutGroup, str | None]] = []
    try:
        for contact in waiting:
            chat = client.conversation(contact.chat_id)
            answered.append((contact, group_at_resolution(chat, contact)))
    finally:
        if answered:
            _save(system, integration, answered, now)
    return sum(group_id is not None for _, group_id in answered)


def group_at_resolution(chat: dict[str, Any] | None, contact: WithoutGroup) -> str | None:
    """Return the group that a chat had when it was resolved, as far as its present state can tell.

    A deleted chat has none, and one that has moved on since (reopened, or in another interaction) may have
    come to another group: its contact stays in Undefined_Queue.
    """
    if chat is None or chat.get("status") != "resolved":
        return None
    interaction_id = chat.get("interaction_id")
    if contact.interaction_id and interaction_id and interaction_id != contact.interaction_id:
        return None
    return _group_id(chat.get("assigned_group_id"))


def _save(
    system: System, integration: Integration, answered: list[tuple[WithoutGroup, str | None]], now: datetime
) -> None:
    found = [
        (contact.chat_id, _with_group(contact, group_id, now)) for contact, group_id in answered if group_id
    ]
    look_ups = [
        GroupLookUp(integration.integration_id, contact.chat_id, contact.resolved_at, now)
        for contact, _ in answered
    ]

    def job(transaction: Transaction) -> None:
        ingest.record(transaction, [ingest.Delivery(integration.integration_id, found)])
        save_look_ups(transaction, look_ups)

    system.writer.write(job)


def _with_group(contact: WithoutGroup, group_id: str, now: datetime) -> Event:
    """Return another report of the same resolution, which now names the group."""
    return Event.resolution(
        contact.resolved_at,
        reporter="webhook",
        received_at=now,
        interaction_id=contact.interaction_id,
        group_id=group_id,
    )
