"""Deliveries in a row that were not taken: how many, since when, and whether that is enough to say so."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.activity import Activity, ActivityKind

ENOUGH = 3
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Streak:
    """``kind`` is that of the last one. ``count`` is a lower bound: activity is counted per quarter hour."""

    kind: ActivityKind
    first_at: datetime
    last_at: datetime
    count: int

    def tells(self, now: datetime) -> bool:
        """Whether it is no chance: several in a row, or a while in which nothing else came."""
        return self.count >= ENOUGH or now - self.first_at >= PATIENCE


def streak(entries: Iterable[Activity], kinds: Set[ActivityKind], after: datetime | None) -> Streak | None:
    """Return what came of these kinds after a moment, None for nothing."""
    later = [entry for entry in entries if entry.kind in kinds and (after is None or entry.last_at > after)]
    if not later:
        return None
    whole = {entry: after is None or entry.first_at > after for entry in later}
    last = max(later, key=lambda entry: entry.last_at)
    return Streak(
        last.kind,
        min(entry.first_at if whole[entry] else entry.last_at for entry in later),
        last.last_at,
        sum(entry.occurrences if whole[entry] else 1 for entry in later),
    )
