"""Freshness: configuration status and data flow of an integration, side by side and never mixed."""

from dataclasses import dataclass
from datetime import datetime

from data.integrations import Integration
from data.once import Once
from data.seals import Seal
from data.turn import Turn
from data.watch import Incident, incidents, stored_verdict
from services.sealing.days import compared_until, complete_until, lately
from services.system import System, needs
from services.watch.assessment import Assessment, assess
from services.watch.evidence import Refusal
from services.watch.faq import Path, not_asked, path, step_for_gap
from services.watch.sign_of_life import last_evaluation, watcher_is_late
from services.watch.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Freshness:
    """What can be said about an integration's data now.

    ``evaluated_at``: the watcher's last turn. ``seals``: of the last 30 days with data and of today, oldest first.
    """

    integration: Integration
    assessment: Assessment
    verdict: Verdict
    path: Path
    since: datetime | None
    evaluated_at: datetime | None
    seals: tuple[Seal, ...] = ()

    @property
    def last_refusal(self) -> Refusal | None:
        return next(iter(self.assessment.evidence.refusals), None)

    @property
    def complete_until(self) -> datetime | None:
        """Up to when the last 30 days equal Freshchat's figures without a hole; None when nothing can be said."""
        return complete_until(self.seals, self.integration.zone)

    @property
    def compared_until(self) -> datetime | None:
        """Up to when anything was compared with Freshchat, whatever came of it."""
        return compared_until(self.seals)


@needs("supervisor")
def freshness(system: System, integration_id: str, turn: Turn | None = None) -> Freshness:
    """Return the freshness of the integration; ``turn``: in which others are looked at too.

    Raises NotFound and StoreUnavailable.
    """
    integration = system.integration(integration_id)
    now = system.clock()
    evaluated_at = last_evaluation(system.database)
    assessment = assess(system, integration, now, turn or Once(system.database))
    verdict = assessment.verdict
    if verdict.cause != "store_failing" and watcher_is_late(system, evaluated_at, now):
        verdict = Verdict("unknown", "none")
    stored = stored_verdict(system.database, integration_id)
    same = stored is not None and (stored.data_flow, stored.cause) == (verdict.data_flow, verdict.cause)
    since = verdict.since or (stored.since if stored is not None and same else None)
    has_api_key = integration.freshchat_api_key is not None
    gap = step_for_gap(assessment.incidents, now, has_api_key=has_api_key)
    way = path(verdict, not_asked(assessment.evidence), for_gap=gap)
    seals = tuple(lately(system, integration, now, assessment.evidence.data_begins_at))
    return Freshness(integration, assessment, verdict, way, since, evaluated_at, seals)


@needs("support")
def incident_history(system: System, integration_id: str) -> list[Incident]:
    """Return the incidents of an integration, newest first; a deleted one's too. Raises NotFound."""
    system.integration_with_history(integration_id)
    return incidents(system.database, integration_id)
