"""One integration's evidence and the verdict on it, at one moment."""

from dataclasses import dataclass
from datetime import datetime

from data.integrations import Integration
from services.system import System
from services.watch.evidence import Evidence, gather
from services.watch.verdict import Verdict, decide


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict together with everything it rests on."""

    evidence: Evidence
    verdict: Verdict


def assess(system: System, integration: Integration, now: datetime) -> Assessment:
    """Gather the evidence and decide."""
    evidence = gather(system, integration, reading=None, now=now)
    return Assessment(evidence, decide(evidence))
