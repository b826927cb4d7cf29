"""Noting signs of life and refusals: counted in memory, written together, bounded whatever comes in."""

import threading
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from data.activity import Activity, ActivityKind, activity_since, activity_totals, add_activity, added_up
from data.chats import quarter_hour
from data.database import Database, StoreUnavailable
from data.turn import Reads
from data.writer import Writer

NOT_ATTRIBUTED = ""
"""Stands for the integration, or the key, of a request that names none of ours."""


_Key = tuple[str, str, ActivityKind, datetime]


class ActivityLog:
    """What happened since the last flush. One entry per key, kind and quarter hour, so a flood costs nothing.

    What is noted stays here until it is on disk, and is read from both places: a store that refuses changes
    for a while loses none of it.
    """

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self._entries: dict[_Key, Activity] = {}
        self._lock = threading.Lock()
        self._flushing = threading.Lock()

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
        """Write what was noted. Nothing noted costs nothing. Raises StoreUnavailable, and keeps it then."""
        with self._flushing:
            with self._lock:
                entries = dict(self._entries)
            if not entries:
                return
            self._writer.write(lambda transaction: add_activity(transaction, list(entries.values())))
            with self._lock:
                self._entries = {
                    key: entry if written is None else _rest(entry, written)
                    for key, entry in self._entries.items()
                    if (written := entries.get(key)) != entry
                }

    def totals(self, integration_id: str, store: Reads | None = None) -> list[Activity]:
        """Return one entry for each key and kind over all time, up to this moment, or to when the store was asked."""
        if store is None:
            self.try_to_flush()
        with self._flushing:
            stored = activity_totals(store or self._database, integration_id)
            return _merged(stored, self._noted(integration_id), lambda entry: (entry.key_id, entry.kind))

    def since(self, integration_id: str, since: datetime) -> list[Activity]:
        """Return what happened in quarter hours that begin at ``since`` or later, oldest first."""
        self.try_to_flush()
        with self._flushing:
            stored = activity_since(self._database, integration_id, since)
            noted = [entry for entry in self._noted(integration_id) if entry.interval_start >= since]
        found = _merged(stored, noted, lambda entry: (entry.key_id, entry.kind, entry.interval_start))
        return sorted(found, key=lambda entry: entry.interval_start)

    def try_to_flush(self) -> None:
        """Write what was noted, if the store takes it."""
        with suppress(StoreUnavailable):  # then it is read from here
            self.flush()

    def _noted(self, integration_id: str) -> list[Activity]:
        with self._lock:
            return [entry for entry in self._entries.values() if entry.integration_id == integration_id]


def _rest(entry: Activity, written: Activity) -> Activity:
    """Return what was noted after a part of an entry was taken to be written."""
    return replace(entry, occurrences=entry.occurrences - written.occurrences, first_at=entry.last_at)


def _merged(
    stored: Sequence[Activity], noted: Sequence[Activity], place: Callable[[Activity], Hashable]
) -> list[Activity]:
    """Return both, with those added up that have the same place."""
    found = {place(entry): entry for entry in stored}
    for entry in noted:
        known = found.get(place(entry))
        found[place(entry)] = entry if known is None else added_up(known, entry)
    return list(found.values())
