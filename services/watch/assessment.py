"""One integration's evidence and the verdict on it, at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.integrations import Integration
from data.turn import Reads
from data.watch import Incident, incidents
from services.causes import CAUSES
from services.system import System
from services.watch.evidence import Evidence
from services.watch.gathering import gather
from services.watch.verdict import Verdict, decide


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict together with everything it rests on. ``incidents``: those known so far, newest first."""

    evidence: Evidence
    verdict: Verdict
    incidents: tuple[Incident, ...] = ()


def assess(system: System, integration: Integration, now: datetime, store: Reads | None = None) -> Assessment:
    """Gather the evidence and decide. ``store``: what is read for a look or a turn already."""
    known = incidents(store or system.database, integration.integration_id)
    evidence = gather(system, integration, known, now=now, store=store)
    since = connection_good_since(evidence, known)
    reading = system.learned.reading(integration, known, now, since, store)
    evidence = replace(evidence, mended_at=since, reading=reading)
    return Assessment(evidence, decide(evidence), tuple(known))


def connection_good_since(evidence: Evidence, known: Sequence[Incident]) -> datetime | None:
    """Return from when on missing contacts count: since the connection was first made or last repaired, or we woke.

    What is missing from before then is known already, or our own fault, and is not held against the connection.
    """
    moments = [evidence.connected_at, evidence.woke_at]
    moments += [incident.closed_at for incident in known if not incident.queues]
    moments += [mended_at(incident, evidence) for incident in known if incident.closed_at is None]
    return max(filter(None, moments), default=None)


def is_mended_by_events(incident: Incident) -> bool:
    """Tell whether events that come again end it. Those of other queues say nothing about the ones that it is of."""
    return CAUSES[incident.cause].mended_by_events and not incident.queues


def mended_at(incident: Incident, evidence: Evidence) -> datetime | None:
    """Return when events came again after an outage whose cause was the key or the app.

    None while they have not, and for other incidents: only their figures can tell that they are over.
    """
    if not is_mended_by_events(incident):
        return None
    # A delivery that was under way when its key ended is noted after that, and shows no key that opens.
    ended = {key.key_id for key in evidence.keys if key.ended is not None}
    return evidence.flows_again_at(incident.detected_at, not_by=ended)
