"""Groups of Freshchat: their names give the source queues theirs, and groups that are gone end a queue."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from data import contacts, groups
from data.chats import quarter_hour
from data.database import Database, Transaction
from data.groups import FreshchatGroup, GroupSync
from data.integrations import Integration
from data.turn import Reads
from services import ingest
from services.asking import configuration
from services.freshchat.answers import Group
from services.freshchat.client import FreshchatClient
from services.freshchat.errors import FreshchatError
from services.ingest.counting import UNDEFINED_QUEUE
from services.system import System

EVERY = timedelta(days=1)
AFTER_TROUBLE = timedelta(minutes=10)
FOR_UNKNOWN_GROUP = timedelta(minutes=1)
"""The shortest distance between two synchronisations because of groups that the last one did not list."""


def keep_synchronised(system: System, integration: Integration, now: datetime) -> bool:
    """Synchronise the groups if it is time; tell whether it was. A failure is remembered, not raised."""
    if not is_due(system.database, integration.integration_id, now):
        return False
    try:
        synchronise(system, integration, system.freshchat(integration), now)
    except FreshchatError as error:
        _note_trouble(system, integration, error, now)
    return True


def is_due(database: Database, integration_id: str, now: datetime) -> bool:
    """Tell whether to synchronise: never done, a day old, or a group was seen that the last list had not."""
    sync = groups.group_sync(database, integration_id)
    if sync is None:
        return True
    if sync.synchronised_at is None or sync.error is not None:
        return now - sync.tried_at >= AFTER_TROUBLE
    if now - sync.synchronised_at >= EVERY:
        return True
    rested = now - sync.tried_at >= FOR_UNKNOWN_GROUP
    return rested and groups.unlisted_contacts(database, integration_id, sync.synchronised_at) > 0


def synchronise(system: System, integration: Integration, client: FreshchatClient, now: datetime) -> None:
    """Ask Freshchat for its groups, and name the contacts that wait for a name. Raises FreshchatError."""
    listed = client.groups()
    integration_id = integration.integration_id

    def job(transaction: Transaction) -> None:
        known = groups.freshchat_groups(transaction, integration_id)
        groups.save_freshchat_groups(transaction, compare(integration_id, known, listed, now))
        groups.save_group_sync(transaction, GroupSync(integration_id, now, now))
        ingest.learn_names(transaction, integration_id, {group.group_id: group.name for group in listed}, now)

    system.writer.write(job)


def compare(
    integration_id: str, known: Iterable[FreshchatGroup], listed: Iterable[Group], now: datetime
) -> list[FreshchatGroup]:
    """Return the groups that have changed: new, renamed, gone or back."""
    before = {group.group_id: group for group in known}
    present = {group.group_id: group.name for group in listed}
    changed = []
    for group_id, name in present.items():
        group = before.get(group_id)
        if group is None or group.missing_since is not None:
            changed.append(FreshchatGroup(integration_id, group_id, name, now))
        elif group.name != name:
            changed.append(replace(group, name=name))
    for group_id, group in before.items():
        if group_id not in present and group.missing_since is None:
            changed.append(replace(group, missing_since=now))
    return changed


def inactive_queues(database: Reads, integration: Integration) -> frozenset[str]:
    """Return the queues that have a history but no group any more: renamed, deleted, or the integration is."""
    if integration.deleted_at is not None:
        return frozenset(contacts.last_resolved(database, integration.integration_id))
    sync = groups.group_sync(database, integration.integration_id)
    if sync is None or sync.synchronised_at is None:
        return frozenset()
    # What has come since the groups were last listed may belong to a group that is newer than the list.
    listed_at = quarter_hour(sync.synchronised_at)
    present = {
        group.name
        for group in groups.freshchat_groups(database, integration.integration_id)
        if group.missing_since is None
    }
    last = contacts.last_resolved(database, integration.integration_id)
    old = {queue for queue, resolved_at in last.items() if quarter_hour(resolved_at) < listed_at}
    return frozenset(old - present - {UNDEFINED_QUEUE})


def _note_trouble(system: System, integration: Integration, error: FreshchatError, now: datetime) -> None:
    configuration.note(system, integration, error)

    def job(transaction: Transaction) -> None:
        known = groups.group_sync(transaction, integration.integration_id)
        synchronised_at = known.synchronised_at if known else None
        groups.save_group_sync(
            transaction, GroupSync(integration.integration_id, now, synchronised_at, error.problem)
        )

    system.writer.write(job)
