"""What a migration has to do with stored JSON, which SQL that all engines understand cannot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import duckdb
import orjson

from data.chats import Event
from data.database import Transaction
from data.engine import Cursor
from data.histories import decode, encode
from data.known_groups import (
    MOST_SIGHTINGS,
    KnownGroup,
    changes_of,
    group_key,
    groups_in_renaming,
    save_known_groups,
)


def _know_groups(transaction: Transaction) -> None:
    """Give every group one row, and every event of a group that it tells by id alone the name it goes by."""
    names: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
    for integration_id, group_id, name, seen_at in transaction.rows("SELECT * FROM group_name"):
        names.setdefault((integration_id, group_id), []).append((seen_at, name))
    groups = [
        KnownGroup(group_key(*group, None), group[0], tuple(sorted(seen))) for group, seen in names.items()
    ]
    save_known_groups(transaction, groups)
    known = {group.group_key: group for group in groups}

    def looked_up(integration_id: str, event: Event) -> Event:
        if event.group_id is None or event.group_name is not None:
            return event
        group = known.get(group_key(integration_id, event.group_id, None))
        return replace(event, looked_up=group.name_at(event.occurred_at) if group else None)

    chats = transaction.rows(
        "SELECT * FROM chat WHERE chat_key IN "
        "(SELECT integration_id || '/' || chat_id FROM contact WHERE naming = 'looked_up')"
    )
    transaction.upsert(
        "chat",
        [
            (
                chat_key,
                integration_id,
                encode(looked_up(integration_id, event) for event in decode(orjson.loads(text))),
            )
            for chat_key, integration_id, text in chats
        ],
    )
    transaction.rows("DROP TABLE group_name")


def _remember_names_in_turn(transaction: Transaction) -> None:
    """Give every group that had several names the changes between them, as its contacts told them."""
    renamed = groups_in_renaming(transaction)
    for group in renamed:
        told = transaction.rows(
            "SELECT resolved_at, queue FROM contact "
            "WHERE integration_id = $integration_id AND group_id = $group_id AND naming = 'reported'",
            integration_id=group.integration_id,
            group_id=group.group_id,
        )
        names = changes_of([*group.names, *told])[-MOST_SIGHTINGS:]
        save_known_groups(transaction, [replace(group, names=names)])


def convert(number: int, connection: duckdb.DuckDBPyConnection) -> None:
    """Do what belongs to the migration of this number, after its SQL and in its transaction."""
    if number in _CONVERSIONS:
        _CONVERSIONS[number](Transaction(Cursor(connection)))


_CONVERSIONS: dict[int, Callable[[Transaction], None]] = {5: _know_groups, 11: _remember_names_in_turn}
