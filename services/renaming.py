"""Naming contacts from long ago when their group's name becomes known: a few chats in each commit.

Whatever else waits to be written gets through in between. The work list is the contacts themselves, so it
survives a restart.
"""

from dataclasses import replace

import structlog

from data.chats import chats_of_groups
from data.database import Transaction
from data.known_groups import KnownGroup, groups_in_renaming, known_groups, save_known_groups
from services import ingest
from services.system import System

CHATS_A_COMMIT = 100
log = structlog.get_logger()


def keep_renaming(system: System) -> None:
    """Rename what is left to be renamed, of all integrations."""
    for group in groups_in_renaming(system.database):
        _rename(system, group)


def _rename(system: System, group: KnownGroup) -> None:
    # A chat that comes to this group from now on is named by what is known now, and need not be listed.
    listed = chats_of_groups(system.database, group.integration_id, [group.group_id or ""])
    for start in range(0, len(listed), CHATS_A_COMMIT):
        _rename_some(system, group.integration_id, listed[start : start + CHATS_A_COMMIT])
    system.writer.write(lambda transaction: _settle(transaction, group))
    log.info("group_renamed", integration=group.integration_id, group=group.group_id, chats=len(listed))


def _rename_some(system: System, integration_id: str, chat_ids: list[str]) -> None:
    system.writer.write(lambda transaction: ingest.rename(transaction, integration_id, chat_ids))


def _settle(transaction: Transaction, group: KnownGroup) -> None:
    """Note that all contacts have the names that the group had when we began, unless it has others by now."""
    now = known_groups(transaction, [group.group_key])[group.group_key]
    if now.names == group.names:
        save_known_groups(transaction, [replace(now, renaming=False)])
