"""One integration's evidence and the verdict on it, at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.integrations import Integration
from data.watch import Incident, incidents
from services.system import System
from services.watch.evidence import Evidence, gather
from services.watch.verdict import Verdict, decide


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict together with everything it rests on. ``incidents``: those known so far, newest first."""

    evidence: Evidence
    verdict: Verdict
    incidents: tuple[Incident, ...] = ()


def assess(system: System, integration: Integration, now: datetime) -> Assessment:
    """Gather the evidence and decide."""
    known = incidents(system.database, integration.integration_id)
    evidence = gather(system, integration, now=now)
    evidence = evidence.with_reading(
        system.models.reading(integration, known, now, judged_since(evidence, known))
    )
    return Assessment(evidence, decide(evidence), tuple(known))


def judged_since(evidence: Evidence, known: Sequence[Incident]) -> datetime | None:
    """Return from when on contacts count for the statistics: since the connection was last repaired.

    An outage with a known cause ends with the first events after it was mended. What is missing from
    before then is known already and must not be held against the mended connection.
    """
    mended = [
        incident.closed_at for incident in known if incident.closed_at is not None and not incident.queues
    ]
    mended += [at for incident in known if (at := evidence.mended_at(incident)) is not None]
    return max(mended, default=None)
