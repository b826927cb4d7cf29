"""What is told although it is no incident: refused Freshchat credentials, the monitor itself, a day without a seal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.alerts import STILLWATCH, Alert, alert, alerts, open_alerts
from data.database import Transaction
from data.integrations import Configuration, Integration
from data.seals import Seal, SealReason, seals
from data.watch import Cause, StoredVerdict, stored_verdicts
from services.intervals import local_day
from services.notifications.kinds import alert_of_day, alert_of_trouble
from services.notifications.outbox import keep_alert
from services.notifications.plan import GIVEN_UP
from services.sealing.days import end_of
from services.system import System
from services.watch.sign_of_life import last_evaluation, watcher_is_late

REFUSED: frozenset[Configuration] = frozenset({"invalid_credentials", "missing_scope", "not_freshchat"})
TOLD_ELSEWHERE: frozenset[SealReason | None] = frozenset(
    {"before_connection", "too_old", "paused", "no_api_key", "invalid_credentials", "missing_scope"}
)
"""Reasons for which a day has no seal that are no news: somebody wants it so, or another alert tells it."""

UNKNOWN_FOR = timedelta(minutes=10)
"""So long a data flow may be unknown, after a sleep say, before it is the monitor that fails."""

SEALED_BY = timedelta(hours=26)
"""After its end a day is compared for the last time of its own accord a little earlier."""

ABOUT_OURSELVES: frozenset[Cause] = frozenset({"clock_wrong", "own_outage"})
"""Causes of an unknown data flow that are told as what they are."""

LOOKED_BACK = timedelta(days=8)
FOR_GOOD = timedelta(days=15)
"""A day that has no seal by then will hardly get one: nobody is held to it any longer."""


def note_troubles(system: System) -> None:
    """Save which troubles began, changed and ended, with the notifications that they need."""
    now = system.clock()
    changed = [
        *_credentials(system, now),
        *_monitor(system, now),
        *_days(system, now),
        *_without_integration(system, now),
    ]
    if not changed:
        return

    def job(transaction: Transaction) -> None:
        for found in changed:
            keep_alert(transaction, found, now)

    system.writer.write(job)


def _credentials(system: System, now: datetime) -> list[Alert]:
    found: list[Alert] = []
    for integration in system.directory.active():
        known = _open(system, integration.integration_id, "credentials")
        refused = integration.configuration in REFUSED and integration.paused_at is None
        if not refused or integration.freshchat_api_key is None:
            # What has not been tried yet says nothing.
            found += _closed(known, now) if integration.configuration is not None else []
            continue
        about = str(integration.configuration)
        if not known:
            since = integration.configuration_checked_at or now
            found.append(alert_of_trouble(integration.integration_id, "credentials", about, since, now))
        found += [replace(one, about=about) for one in known if one.about != about]
    return found


def _monitor(system: System, now: datetime) -> list[Alert]:
    """The monitor is one for all integrations: what fails it is told once."""
    about, since = _what_fails(system, now)
    known = _open(system, STILLWATCH, "monitor")
    if about is None:
        return _closed(known, now)
    if not known:
        return [alert_of_trouble(STILLWATCH, "monitor", about, since, now)]
    return [replace(one, about=about) for one in known if one.about != about]


def _what_fails(system: System, now: datetime) -> tuple[str | None, datetime]:
    failure = system.writer.failure
    if failure is not None:
        return "store_failing", failure.since
    evaluated_at = last_evaluation(system.database)
    if watcher_is_late(system, evaluated_at, now):
        return "watcher_late", max(evaluated_at or system.started_at, system.started_at)
    stored = stored_verdicts(system.database)
    active = [stored.get(integration.integration_id) for integration in system.directory.active()]
    unknown = [verdict for verdict in active if verdict is not None and _fails(verdict, now)]
    if not unknown:
        return None, now
    worst = min(unknown, key=lambda verdict: verdict.since)
    return worst.cause if worst.cause in ABOUT_OURSELVES else "evaluation_failed", worst.since


def _fails(verdict: StoredVerdict, now: datetime) -> bool:
    lasting = now - verdict.since >= UNKNOWN_FOR
    return verdict.data_flow == "unknown" and (lasting or verdict.cause == "clock_wrong")


def _days(system: System, now: datetime) -> list[Alert]:
    found: list[Alert] = []
    for integration in system.directory.active():
        integration_id = integration.integration_id
        today = local_day(now, integration.zone)
        known = {one.about: one for one in _open(system, integration_id, "unsealed_day")}
        for seal in seals(system.database, integration_id, today - FOR_GOOD, today):
            told = known.pop(seal.day.isoformat(), None)
            found += _day(system, integration, seal, told, now)
        for left in known.values():  # too long ago
            found.append(replace(left, closed_at=now, about=GIVEN_UP))
    return found


def _day(
    system: System, integration: Integration, seal: Seal, told: Alert | None, now: datetime
) -> Sequence[Alert]:
    ended = end_of(seal, integration.zone)
    unsealed = seal.state in ("differs", "not_compared") and seal.reason not in TOLD_ELSEWHERE
    if told is not None:
        return [] if unsealed else [replace(told, closed_at=now)]
    due = SEALED_BY <= now - ended <= LOOKED_BACK
    if not unsealed or not due or integration.paused_at is not None:
        return []
    new = alert_of_day(seal, ended, now)
    return [] if alert(system.database, new.integration_id, new.alert_id) else [new]


def _without_integration(system: System, now: datetime) -> list[Alert]:
    """End what was told of integrations that are deleted since; nobody is told that it is over."""
    present = {STILLWATCH, *(integration.integration_id for integration in system.directory.active())}
    return [
        replace(one, closed_at=now, about=GIVEN_UP)
        for one in open_alerts(system.database)
        if one.integration_id not in present
    ]


def _open(system: System, integration_id: str, kind: str) -> list[Alert]:
    return [
        one for one in alerts(system.database, integration_id) if one.kind == kind and one.closed_at is None
    ]


def _closed(known: Sequence[Alert], now: datetime) -> list[Alert]:
    return [replace(one, closed_at=now) for one in known]
