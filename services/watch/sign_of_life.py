"""The watcher's own sign of life: a monitor that has not run lately must say so."""

from datetime import datetime, timedelta

from data.database import Database
from data.watch import WATCHER, StoredVerdict, stored_verdict, stored_verdicts
from services.system import System

MISSED_TURNS = 3
SHORTEST_GRACE = timedelta(seconds=30)


def last_evaluation(database: Database) -> datetime | None:
    """Return when the watcher last kept what it found, None before its first. Raises StoreUnavailable."""
    own = stored_verdict(database, WATCHER)
    return own.evaluated_at if own else None


def evaluations_failed(system: System) -> list[str]:
    """Return the ids of integrations that the watcher could not judge in its last turn. Raises StoreUnavailable.

    That it judges nothing for the first minutes after an absence is no failure: a restart would begin them again.
    """
    stored = stored_verdicts(system.database)
    active = [integration.integration_id for integration in system.directory.active()]
    last = [stored[known] for known in active if known in stored]
    return [
        known.integration_id for known in last if known.data_flow == "unknown" and known.cause != "own_outage"
    ]


def counts_no_more(system: System, verdict: StoredVerdict, now: datetime) -> bool:
    """Tell whether a verdict is from before the start: the first turn has not come to its integration yet."""
    return verdict.evaluated_at < system.started_at <= now  # a start ahead of now was by a wrong clock


def watcher_is_late(system: System, evaluated_at: datetime | None, now: datetime) -> bool:
    """Tell whether the watcher missed three turns; right after the start it gets the time for its first."""
    grace = max(MISSED_TURNS * timedelta(seconds=system.settings.watch_seconds), SHORTEST_GRACE)
    return now - max(evaluated_at or system.started_at, system.started_at) > grace
