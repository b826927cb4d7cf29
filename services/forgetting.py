"""Detail that is older than the settings keep it is forgotten; the figures that were made of it stay.

Chats and contacts are no such detail: a chat that is told of again after years is known to be counted by them alone.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from data.activity import forget_activity
from data.alerts import forget_alerts, forget_lone_notifications
from data.audit import forget_entries
from data.backfill import forget_jobs
from data.database import Transaction
from data.fits import forget_fits
from data.probes import forget_probes
from data.watch import stored_verdicts
from services.learned import LIFE_OF_A_MODEL
from services.settings import Settings
from services.system import System
from services.watch.sign_of_life import last_evaluation, watcher_is_late

ROWS_A_COMMIT = 1000
"""So few that everybody else's changes get through between two of them."""
COMMITS_A_TURN = 200
"""Of each kind; the rest is forgotten in the next turn."""
SETTLED = timedelta(hours=1)
"""So long the watcher has to have watched without a sleep or a jump of the clock before anything is forgotten."""

Forget = Callable[[Transaction, datetime, int], int]


def _kept(settings: Settings) -> Iterator[tuple[int | None, Forget]]:
    """Yield for so many days (None: for ever) what is kept, and how the rows from before are forgotten."""
    yield settings.audit_days, forget_entries
    yield settings.activity_days, forget_activity
    yield settings.probe_days, forget_probes
    yield settings.backfill_days, forget_jobs
    yield settings.alert_days, forget_alerts
    yield settings.alert_days, forget_lone_notifications
    yield LIFE_OF_A_MODEL.days, forget_fits  # of integrations that are paused or deleted


def keep_forgetting(system: System) -> None:
    """Forget what is older than the settings keep it, a few rows in each commit, while our clock can be believed."""
    now = system.clock()
    if not _believes_its_clock(system, now):
        return
    for days, forget in _kept(system.settings):
        if days is not None:
            _forget(system, forget, now - timedelta(days=days))


def _forget(system: System, forget: Forget, before: datetime) -> None:
    for _ in range(COMMITS_A_TURN):
        forgotten = system.writer.write(lambda transaction: forget(transaction, before, ROWS_A_COMMIT))
        if forgotten < ROWS_A_COMMIT:
            return


def _believes_its_clock(system: System, now: datetime) -> bool:
    """Tell whether the age of what is stored can be believed: a clock that is wrong would make all of it old."""
    awake_since = max(system.started_at, system.awake_since)
    evaluated_at = last_evaluation(system.database)
    if evaluated_at is None or watcher_is_late(system, evaluated_at, now) or now - awake_since < SETTLED:
        return False
    return all(verdict.cause != "clock_wrong" for verdict in stored_verdicts(system.database).values())
