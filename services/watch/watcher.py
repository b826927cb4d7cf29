"""The watcher: looks at every integration in turn, keeps incidents, and leaves a sign of its own life."""

from collections import defaultdict
from collections.abc import Callable, Sequence
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
    save_incidents,
    total,
    with_confirmed,
    with_missed,
)
from services.watch.lies_ahead import drop_what_lies_ahead
from services.watch.not_watched import NotWatched, own_outages
from services.watch.own_clock import SHORTEST_ABSENCE, OwnClock
from services.watch.quiet import quiet_span
from services.watch.rhythm import follow_unanswered

log = structlog.get_logger()


class Watcher:
    """Evaluates all integrations, one after the other; one that fails stops no other."""

    def __init__(self, system: System, own_clock: OwnClock | None = None) -> None:
        self._system = system
        self._own_clock = own_clock
        self._not_watched: dict[str, list[NotWatched]] = defaultdict(list)
        """By integration: spans that are over and are to be kept among its incidents."""

    def look_at_clock(self, hurry: Callable[[], object]) -> None:
        """Tell whether the process slept or could keep nothing; if so, ``hurry`` to the turn that keeps it.

        Called every few seconds: a turn with many integrations may take minutes, and is no sleep.
        """
        slept = self._own_clock is not None and self._own_clock.look(self._system.clock())
        if slept or self._system.writer.has_outages:
            hurry()

    def tick(self) -> None:
        """Run one turn. What it finds is kept some integrations at a time: the first after a start takes minutes."""
        system = self._system
        now = system.clock()
        before = stored_verdicts(system.database)
        self._notice_own_outages(before.get(WATCHER), now)
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
        """Save verdicts, the models that were made for them, and that the watcher lives.

        Not that while deliveries are refused: a restart tells by it since when nobody watched.
        """
        at = self._system.clock()
        refusing = self._system.writer.refusing_since is not None
        own = [] if refusing else [StoredVerdict(WATCHER, at, "unknown", "none", at)]
        fits = self._system.learned.to_store()

        def save(transaction: Transaction) -> None:
            save_verdicts(transaction, [*verdicts, *own])
            save_fits(transaction, fits)

        self._system.writer.write(save)

    def _notice_own_outages(self, last_turn: StoredVerdict | None, now: datetime) -> None:
        """Remember in which spans nobody watched that this turn is the first to know of."""
        spans = [
            NotWatched(since, until, "store_failing")
            for since, until in self._system.writer.take_outages()
            if until - since > SHORTEST_ABSENCE
        ]
        spans += self._absences(last_turn, now)
        for integration in self._system.directory.active() if spans else ():
            self._not_watched[integration.integration_id] += spans

    def _absences(self, last_turn: StoredVerdict | None, now: datetime) -> list[NotWatched]:
        if self._own_clock is None:
            return []
        first = self._own_clock.not_asked
        absences = self._own_clock.absences(now, last_turn.evaluated_at if last_turn else None)
        if first or any(absence.jumped for absence in absences):
            drop_what_lies_ahead(self._system, now)
        for absence in absences:
            log.warning("watcher_was_away", since=str(absence.since), awake_since=absence.until.isoformat())
            self._system.awake_since, self._system.away_since = now, absence.since
        return [
            NotWatched(absence.since, absence.until, "own_outage")
            for absence in absences
            if absence.since is not None
        ]

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
        own = self._not_watched[integration.integration_id]
        found += own_outages(integration.integration_id, assessment, own)
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
        own.clear()

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
