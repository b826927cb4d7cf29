"""Noting signs of life and refusals: counted in memory, written together, bounded whatever comes in."""

import threading
from dataclasses import replace
from datetime import datetime

from data.activity import Activity, ActivityKind, activity_since, activity_totals, add_activity
from data.chats import quarter_hour
from data.database import Database
from data.writer import Writer

NOT_ATTRIBUTED = ""
"""Stands for the integration, or the key, of a request that names none of ours."""


class ActivityLog:
    """What happened since the last flush. One entry per key, kind and quarter hour, so a flood costs nothing."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self._entries: dict[tuple[str, str, ActivityKind, datetime], Activity] = {}
        self._lock = threading.Lock()

    def note(
        self, integration_id: str, key_id: str, kind: ActivityKind, at: datetime, occurrences: int = 1
    ) -> None:
        interval_start = quarter_hour(at)
        key = (integration_id, key_id, kind, interval_start)
        with self._lock:
            known = self._entries.get(key)
            if known is None:
                self._entries[key] = Activity(*key, occurrences, at, at)
            else:
                self._entries[key] = replace(
                    known, occurrences=known.occurrences + occurrences, last_at=max(known.last_at, at)
                )

    def flush(self) -> None:
        """Write what was noted. Nothing noted costs nothing."""
        with self._lock:
            entries, self._entries = list(self._entries.values()), {}
        if entries:
            self._writer.write(lambda transaction: add_activity(transaction, entries))

    def totals(self, integration_id: str) -> list[Activity]:
        """Return one entry for each key and kind over all time, up to this moment."""
        self.flush()
        return activity_totals(self._database, integration_id)

    def since(self, integration_id: str, since: datetime) -> list[Activity]:
        """Return what happened in quarter hours that begin at ``since`` or later, oldest first."""
        self.flush()
        return activity_since(self._database, integration_id, since)
