"""When the verdict asks for a probe: hourly while all is calm, at once when suspicion arises."""

from datetime import datetime

from data.integrations import Integration
from data.once import Once
from data.probes import latest_probe
from data.watch import incidents, stored_verdict
from services.causes import BROKEN
from services.probing.judgement import Suspicion
from services.probing.probe import is_time, probe
from services.system import System
from services.watch.assessment import assess
from services.watch.findings import door_is_shut


def keep_asking(system: System, integration: Integration, now: datetime) -> None:
    """Probe the integration if its last verdict makes it time to."""
    if integration.paused_at is not None:
        return
    urgency = suspicion(system, integration.integration_id, now)
    if not is_time(system, integration, now, urgency):
        return
    look = Once(system.database)
    known = incidents(look, integration.integration_id)
    probe(
        system,
        integration,
        None,
        now,
        system.learned.fitted(integration, known, now, look).lag,
        since=max(
            (incident.closed_at for incident in known if incident.closed_at and not incident.queues),
            default=None,
        ),
        door_shut=urgency != "calm" and door_is_shut(assess(system, integration, now, look).evidence),
    )


def suspicion(system: System, integration_id: str, now: datetime) -> Suspicion:
    """Return how urgent a probe is.

    At once when the verdict turns, and again each time the trouble has lasted twice as long: a few chats
    have to be missing before Freshchat's figures prove anything.
    """
    verdict = stored_verdict(system.database, integration_id)
    last = latest_probe(system.database, integration_id)
    if verdict is None or verdict.data_flow not in (*BROKEN, "quieter_than_usual"):
        return "suspicious" if last is not None and not last.answered else "calm"
    if last is None or now - last.probed_at >= last.probed_at - verdict.since:
        return "at_once"
    return "suspicious"
