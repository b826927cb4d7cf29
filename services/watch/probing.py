"""When the verdict asks for a probe: hourly while all is calm, at once when suspicion arises."""

from datetime import datetime

from data.integrations import Integration
from data.probes import latest_probe
from data.watch import incidents, stored_verdicts
from services.probing.judgement import Suspicion
from services.probing.probe import keep_probed
from services.system import System
from services.watch.verdict import BROKEN


def keep_asking(system: System, integration: Integration, now: datetime) -> None:
    """Probe the integration if its last verdict makes it time to."""
    if integration.paused_at is not None:
        return
    known = incidents(system.database, integration.integration_id)
    keep_probed(
        system,
        integration,
        now,
        suspicion=suspicion(system, integration.integration_id),
        lag=system.models.fitted(integration, known, now).lag,
        since=max(
            (incident.closed_at for incident in known if incident.closed_at and not incident.queues),
            default=None,
        ),
    )


def suspicion(system: System, integration_id: str) -> Suspicion:
    """Return how urgent a probe is: at once when the verdict has turned since the last one."""
    verdict = stored_verdicts(system.database).get(integration_id)
    if verdict is None or verdict.data_flow not in (*BROKEN, "quieter_than_usual"):
        return "calm"
    last = latest_probe(system.database, integration_id)
    return "at_once" if last is None or last.probed_at < verdict.since else "suspicious"
