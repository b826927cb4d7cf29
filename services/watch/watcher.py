"""The watcher: looks at every integration in turn, keeps incidents, and leaves a sign of its own life."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from data.contacts import pushed_and_recovered
from data.database import Transaction
from data.fits import save_fits
from data.integrations import Integration
from data.turn import Turn, turns
from data.watch import WATCHER, Incident, StoredVerdict, save_verdicts, stored_verdicts
from services.closed_days import close_span
from services.detector import expected_between
from services.system import System
from services.watch.assessment import Assessment, assess
from services.watch.closures import open_parts
from services.watch.incidents import (
    next_incidents,
    own_outage,
    save_incidents,
    total,
    with_confirmed,
    with_missed,
)
from services.watch.lies_ahead import drop_what_lies_ahead
from services.watch.own_clock import OwnClock
from services.watch.quiet import quiet_span
from services.watch.rhythm import follow_unanswered

log = structlog.get_logger()


class Watcher:
    """Evaluates all integrations, one after the other; one that fails stops no other."""

    def __init__(self, system: System, own_clock: OwnClock | None = None) -> None:
        self._system = system
        self._own_clock = own_clock
        self._down_since: datetime | None = None
        """Since when the process was not there that this turn is the first of."""

    def tick(self) -> None:
        """Run one turn. What it finds is kept some integrations at a time: the first after a start takes minutes."""
        system = self._system
        now = system.clock()
        before = stored_verdicts(system.database)
        self._down_since = self._notice_absence(before.get(WATCHER), now)
        active = {integration.integration_id: integration for integration in system.directory.active()}
        for some, turn in turns(system.database, list(active)):
            system.activity.try_to_flush()
            verdicts = []
            for integration_id in some:
                integration, known = active[integration_id], before.get(integration_id)
                try:
                    verdicts.append(self._evaluate(integration, known, now, turn))
                except Exception:
                    log.exception("evaluation_failed", integration=integration_id)
                    verdicts.append(_failed(integration, known, now))
            self._keep(verdicts)
        if not active:
            self._keep([])

    def _keep(self, verdicts: Sequence[StoredVerdict]) -> None:
        """Save verdicts, the models that were made for them, and that the watcher lives."""
        at = self._system.clock()
        own = StoredVerdict(WATCHER, at, "unknown", "none", at)
        fits = self._system.learned.to_store()

        def save(transaction: Transaction) -> None:
            save_verdicts(transaction, [*verdicts, own])
            save_fits(transaction, fits)

        self._system.writer.write(save)

    def _notice_absence(self, last_turn: StoredVerdict | None, now: datetime) -> datetime | None:
        """Remember an absence that ends with this turn; return since when the whole process was down, if it was."""
        if self._own_clock is None:
            return None
        first = self._own_clock.not_looked
        absence = self._own_clock.absence(now, last_turn.evaluated_at if last_turn else None)
        if first or (absence is not None and absence.since is None):
            drop_what_lies_ahead(self._system, now)
        if absence is None:
            return None
        log.warning("watcher_was_away", since=str(absence.since), awake_since=now.isoformat())
        self._system.awake_since, self._system.away_since = now, absence.since
        return absence.since if absence.down else None

    def _evaluate(
        self, integration: Integration, before: StoredVerdict | None, now: datetime, turn: Turn
    ) -> StoredVerdict:
        assessment = assess(self._system, integration, now, turn)
        self._keep_incidents(integration, assessment, turn)
        quiet = quiet_span(assessment.evidence)
        if quiet is not None and quiet[0] < quiet[1]:
            close_span(self._system, integration.integration_id, *quiet, kind="quiet")
        model = self._system.learned.fitted(integration, assessment.incidents, now, turn).model
        follow_unanswered(self._system, integration, model, now)
        verdict = assessment.verdict
        same = before is not None and (before.data_flow, before.cause) == (verdict.data_flow, verdict.cause)
        since = before.since if before is not None and same else now
        return StoredVerdict(integration.integration_id, now, verdict.data_flow, verdict.cause, since)

    def _keep_incidents(self, integration: Integration, assessment: Assessment, turn: Turn) -> None:
        found = next_incidents(integration.integration_id, assessment)
        if self._down_since is not None:
            own = own_outage(integration.integration_id, assessment, self._down_since)
            found += [own] if own is not None else []
        before = {incident.incident_id: incident for incident in assessment.incidents}
        changed = []
        for incident in found:
            estimated = self._estimated(integration, incident, assessment, turn)
            estimated = with_confirmed(estimated, assessment.evidence.probe)
            known = before.get(incident.incident_id)
            if estimated != known:
                changed.append(estimated)
            if known is None or estimated.closed_at != known.closed_at or estimated.cause != known.cause:
                _report(estimated)
        save_incidents(self._system, changed)

    def _estimated(
        self, integration: Integration, incident: Incident, assessment: Assessment, turn: Turn
    ) -> Incident:
        """Return the incident with what was to be expected in it; nothing was while it was closed."""
        now = assessment.evidence.now
        model = self._system.learned.fitted(integration, assessment.incidents, now, turn).model
        if model is None or model.learning:
            return incident
        parts = open_parts(assessment.evidence.closures, incident.opened_at, incident.closed_at or now)
        estimates = [
            expected_between(model, queue, *part) for part in parts for queue in incident.queues or (None,)
        ]
        pushed = sum(
            pushed_and_recovered(self._system.database, integration.integration_id, *part, incident.queues)[0]
            for part in parts
        )
        return with_missed(incident, total(estimates), pushed)


def _report(incident: Incident) -> None:
    log.warning(
        "incident_closed" if incident.closed_at else "incident",
        integration=incident.integration_id,
        incident=incident.incident_id,
        data_flow=incident.data_flow,
        cause=incident.cause,
        opened_at=incident.opened_at.isoformat(),
    )


def _failed(integration: Integration, before: StoredVerdict | None, now: datetime) -> StoredVerdict:
    since = before.since if before is not None and before.data_flow == "unknown" else now
    return StoredVerdict(integration.integration_id, now, "unknown", "none", since)
