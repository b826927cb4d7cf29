"""The audit log: who did what, when and from where. Entries are added and, once they are old, forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import orjson

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row, stored_json

Action = Literal[
    "integration_added",
    "integration_changed",
    "integration_paused",
    "integration_resumed",
    "integration_deleted",
    "credentials_checked",
    "key_generated",
    "key_revoked",
    "days_closed",
    "days_opened",
    "backfill_requested",
    "false_alarm_marked",
    "false_alarm_withdrawn",
    "rhythm_learned",
    "channel_added",
    "channel_changed",
    "channel_removed",
    "channel_tested",
    "incident_acknowledged",
    "incident_silenced",
    "person_added",
    "person_invited",
    "person_changed",
    "person_removed",
    "signed_in",
    "signed_out",
    "token_made",
    "token_revoked",
]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """``before`` and ``after``: the values that were changed, by name; never a secret."""

    integration_id: str
    entry_id: str
    done_at: datetime
    person_id: str
    who: str
    role: str
    address: str
    action: Action
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def add_entry(transaction: Transaction, entry: AuditEntry) -> None:
    texts = [orjson.dumps(values, default=str).decode() for values in (entry.before, entry.after)]
    transaction.insert("audit_entry", [(*row(entry)[:-2], *texts)])


def audit_entries(database: Database, start: datetime, end: datetime, most: int) -> list[AuditEntry]:
    """Return what was done from ``start`` to before ``end``, newest first, at most so many entries."""
    rows = database.rows(sql("audit_entries"), start=start, end=end, most=most)
    return [_read(columns) for columns in rows]


def forget_entries(transaction: Transaction, before: datetime, most: int) -> int:
    """Forget the oldest entries from before then, and return how many these were."""
    return transaction.run(sql("forget_audit_entries"), before=before, most=most)


def _read(columns: Sequence[Any]) -> AuditEntry:
    entry = AuditEntry(*columns)
    what = f"the audit log's entry {entry.entry_id}"
    return replace(entry, before=stored_json(columns[-2], what), after=stored_json(columns[-1], what))
