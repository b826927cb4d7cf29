"""The watcher: looks at every integration in turn, keeps incidents, and leaves a sign of its own life."""

from datetime import datetime

import structlog

from data.integrations import Integration
from data.watch import WATCHER, StoredVerdict, incidents, save_incident, save_verdicts, stored_verdicts
from services.system import System
from services.watch.assessment import Assessment, assess
from services.watch.incidents import next_incidents

log = structlog.get_logger()


class Watcher:
    """Evaluates all integrations, one after the other; one that fails stops no other."""

    def __init__(self, system: System) -> None:
        self._system = system

    def tick(self) -> None:
        """Run one turn."""
        system = self._system
        now = system.clock()
        before = stored_verdicts(system.database)
        verdicts = []
        for integration in system.directory.active():
            try:
                verdicts.append(self._evaluate(integration, before.get(integration.integration_id), now))
            except Exception:
                log.exception("evaluation_failed", integration=integration.integration_id)
                verdicts.append(_failed(integration, before.get(integration.integration_id), now))
        verdicts.append(StoredVerdict(WATCHER, now, "", "", now))
        system.writer.write(lambda transaction: save_verdicts(transaction, verdicts))

    def _evaluate(
        self, integration: Integration, before: StoredVerdict | None, now: datetime
    ) -> StoredVerdict:
        assessment = assess(self._system, integration, now)
        self._keep_incidents(integration, assessment)
        verdict = assessment.verdict
        same = before is not None and (before.data_flow, before.cause) == (verdict.data_flow, verdict.cause)
        since = before.since if before is not None and same else (verdict.since or now)
        return StoredVerdict(integration.integration_id, now, verdict.data_flow, verdict.cause, since)

    def _keep_incidents(self, integration: Integration, assessment: Assessment) -> None:
        known = incidents(self._system.database, integration.integration_id)
        for incident in next_incidents(integration.integration_id, known, assessment):
            self._system.writer.write(
                lambda transaction, incident=incident: save_incident(transaction, incident)
            )
            log.info(
                "incident_changed",
                integration=integration.integration_id,
                incident=incident.incident_id,
                cause=incident.cause,
                open=incident.closed_at is None,
            )


def _failed(integration: Integration, before: StoredVerdict | None, now: datetime) -> StoredVerdict:
    since = before.since if before is not None and before.data_flow == "unknown" else now
    return StoredVerdict(integration.integration_id, now, "unknown", "none", since)
