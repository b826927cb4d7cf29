"""Outages of our own: spans in which we slept, were down, or could keep nothing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.watch import Cause, Incident
from services.ids import new_id
from services.watch.assessment import Assessment
from services.watch.closures import apart, open_parts


@dataclass(frozen=True, slots=True)
class NotWatched:
    """A span that is over in which we received nothing, whatever was sent, and the cause."""

    since: datetime
    until: datetime
    cause: Cause


def own_outages(
    integration_id: str, assessment: Assessment, not_watched: Sequence[NotWatched]
) -> list[Incident]:
    """Return the incidents that keep these spans: of each what no other outage covers already.

    None where nothing was ever connected. In a pause they are kept as well: after it, its time is shown too.
    """
    evidence = assessment.evidence
    if evidence.last_event_at is None:
        return []
    covered = [
        (known.opened_at, known.closed_at or evidence.now)
        for known in assessment.incidents
        if not (known.queues or known.false_alarm or known.recovered_at)
    ]
    found = []
    for span in sorted(not_watched, key=lambda span: span.since):
        found += [
            Incident(integration_id, new_id(), since, evidence.now, until, "unknown", span.cause)
            for since, until in open_parts(apart(covered), span.since, span.until)
        ]
        covered.append((span.since, span.until))
    return found
