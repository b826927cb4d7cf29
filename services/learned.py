"""What is normal for each integration: fitted once a day, and when its calendar or its outages change."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from data.calendar import ClosedRule, ClosedSpan, closed_rules, closed_spans
from data.chats import quarter_hour
from data.contacts import contacts_between, counts, last_contacts, latest, push_lag, pushed_counts
from data.database import Database
from data.fits import StoredFit, stored_fit
from data.integrations import Integration
from data.turn import Reads
from data.watch import Incident
from services.causes import CAUSES
from services.detector import Excluded, Model, OpenAlarm, Reading, evaluate, fit
from services.fitted import HISTORY, Fitted, from_store, to_store
from services.public_holidays import public_holidays
from services.recurrence import occurrences

LIFE_OF_A_MODEL = timedelta(days=1)
NIGHT = timedelta(hours=4)
"""After midnight, in which the models are made anew."""

LIFE_WITH_NEW_QUEUES = timedelta(hours=6)
LIFE_WHILE_LEARNING = timedelta(hours=1)
NEW_HISTORY = 0.01
"""The share of contacts that came in under a model, from a backfill say, which makes it outdated."""

COUNTED_AGAIN = 0.001
"""The share of contacts that may come in before the history is counted again: all contacts ever are known at once."""

AHEAD = timedelta(days=10)
"""A model lives a day, and looks ahead for eight."""

LAG_HISTORY = timedelta(days=14)
USUAL_LAG = timedelta(minutes=2)
LONGEST_LAG = timedelta(hours=1)


class Learned:
    """The models of all integrations, in memory. The watcher stores them, so that they outlive a restart."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fitted: dict[str, Fitted] = {}
        self._to_store: dict[str, StoredFit] = {}

    def to_store(self) -> list[StoredFit]:
        """Return the models that were made since this was last asked."""
        made, self._to_store = self._to_store, {}
        return list(made.values())

    def fitted(
        self,
        integration: Integration,
        incidents: Sequence[Incident],
        now: datetime,
        store: Reads | None = None,
    ) -> Fitted:
        """Return the integration's model, made anew when it is a day old or something it rests on changed."""
        store = store or self._database
        spans = closed_spans(store, integration.integration_id)
        rules = closed_rules(store, integration.integration_id)
        depends_on = (
            integration.time_zone,
            integration.holidays,
            tuple(spans),
            tuple(rules),
            tuple(
                (incident.incident_id, incident.closed_at, incident.false_alarm)
                for incident in incidents
                if incident.closed_at
            ),
        )
        known = self._known(integration, depends_on, store)
        if known is not None and known.depends_on == depends_on and not _too_old(integration, known, now):
            known = self._counted(integration, known, store)
        else:
            known = None
        if known is None:
            all_spans = [*spans, *recurring_spans(rules, integration.zone, now)]
            known = self._fit(integration, incidents, all_spans, now, depends_on)
        self._fitted[integration.integration_id] = known
        return known

    def reading(
        self,
        integration: Integration,
        incidents: Sequence[Incident],
        now: datetime,
        since: datetime | None,
        store: Reads | None = None,
    ) -> Reading | None:
        """Judge what was pushed up to now; only what came after ``since`` when that is given."""
        fitted = self.fitted(integration, incidents, now, store)
        if fitted.model is None:
            return None
        store = store or self._database
        # From the day's beginning, so that many integrations have one question; the model leaves out what is older.
        start = fitted.model.watched_from(now).replace(hour=0, minute=0)
        return evaluate(
            fitted.model,
            pushed_counts(store, integration.integration_id, start, now),
            now=now,
            lag=min(max(fitted.lag or USUAL_LAG, USUAL_LAG), LONGEST_LAG),
            since=since,
            last_contact_at=last_contacts(store, integration.integration_id, start),
            open_alarms=open_alarms(incidents),
        )

    def _known(self, integration: Integration, depends_on: tuple[object, ...], store: Reads) -> Fitted | None:
        """Return what was fitted, by the process before this one if need be."""
        if integration.integration_id in self._fitted:
            return self._fitted[integration.integration_id]
        stored = stored_fit(store, integration.integration_id)
        return None if stored is None else from_store(stored, integration.zone, depends_on)

    def _counted(self, integration: Integration, fitted: Fitted, store: Reads) -> Fitted | None:
        """Return what was fitted, None when contacts of its history have come in or gone since."""
        ever = latest(store, integration.integration_id).contacts
        if abs(ever - fitted.ever) <= COUNTED_AGAIN * fitted.history:
            return fitted
        history = contacts_between(self._database, integration.integration_id, *fitted.span)
        if abs(history - fitted.history) > NEW_HISTORY * fitted.history:
            return None
        return replace(fitted, ever=ever)

    def _fit(
        self,
        integration: Integration,
        incidents: Sequence[Incident],
        spans: Sequence[ClosedSpan],
        now: datetime,
        depends_on: tuple[object, ...],
    ) -> Fitted:
        start = now - HISTORY
        history = counts(
            self._database, integration.integration_id, start=start, end=now, received_before=None
        )
        model = fit(
            history,
            zone=integration.zone,
            now=now,
            holidays=public_holidays(integration.holidays, range(start.year, now.year + 2)),
            excluded=excluded(incidents, spans, now),
        )
        lag = push_lag(self._database, integration.integration_id, now - LAG_HISTORY)
        learned_from = int(history["contacts"][history["interval_start"] < quarter_hour(now)].sum())
        ever = latest(self._database, integration.integration_id).contacts
        fitted = Fitted(model, lag, now, learned_from, ever, depends_on)
        if model is not None:
            self._to_store[integration.integration_id] = to_store(integration.integration_id, fitted, model)
        return fitted


def _too_old(integration: Integration, fitted: Fitted, now: datetime) -> bool:
    if fitted.model is None or not timedelta(0) <= now - fitted.fitted_at < _life(fitted.model):
        return True
    return _night(integration, now) != _night(integration, fitted.fitted_at)


def _night(integration: Integration, at: datetime) -> date:
    """Return the local day to which the night before belongs: what a day has shown is learned in its night.

    The integrations take turns, for a night's learning takes minutes when there are many.
    """
    turn = timedelta(seconds=zlib.crc32(integration.integration_id.encode()) % NIGHT.total_seconds())
    return (at.astimezone(integration.zone) - turn).date()


def _life(model: Model) -> timedelta:
    """Return how long a model holds: the shorter, the less it has seen."""
    if model.learning:
        return LIFE_WHILE_LEARNING
    return LIFE_WITH_NEW_QUEUES if model.young.any() else LIFE_OF_A_MODEL


def open_alarms(incidents: Sequence[Incident]) -> dict[str | None, OpenAlarm]:
    """Return the alarms that are open, by stream: the total's is under None."""
    return {
        queue: OpenAlarm(_kind(incident), incident.detected_at)
        for incident in incidents
        if incident.closed_at is None
        for queue in (incident.queues or (None,))
    }


def _kind(incident: Incident) -> Literal["silence", "partial_loss"]:
    return "silence" if incident.data_flow == "silent" or incident.cause == "queue_gone" else "partial_loss"


def excluded(incidents: Sequence[Incident], spans: Sequence[ClosedSpan], now: datetime) -> list[Excluded]:
    """Return what is not learned: outages for ever (open ones go on being judged), and spans people closed."""
    outages = [
        Excluded(
            incident.opened_at,
            incident.closed_at or now,
            incident.queues,
            judged=incident.closed_at is None,
            unconfirmed=incident.data_flow != "confirmed_loss" and CAUSES[incident.cause].figures_alone,
        )
        for incident in incidents
        if not incident.false_alarm
    ]
    return outages + [
        Excluded(
            span.starts_at,
            span.ends_at,
            () if span.queue is None else (span.queue,),
            forgotten=span.kind == "rhythm",
            closed=span.kind in ("closed", "downtime"),
        )
        for span in spans
    ]


def recurring_spans(rules: Sequence[ClosedRule], zone: ZoneInfo, now: datetime) -> list[ClosedSpan]:
    """Return the closings of the rules from the beginning of the history to as far as is looked ahead."""
    first, last = (now - HISTORY).date(), (now + AHEAD).date()
    return [
        ClosedSpan(rule.integration_id, rule.rule_id, start, end, "closed")
        for rule in rules
        for start, end in occurrences(rule, zone, first, last)
    ]
