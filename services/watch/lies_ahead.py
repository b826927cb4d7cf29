"""What was concluded while our own clock was ahead: dropped as soon as the clock is right again."""

from dataclasses import replace
from datetime import datetime

import structlog

from data.ahead import forget_what_lies_ahead
from data.watch import Incident, incidents
from services.causes import OUR_OWN
from services.system import System
from services.watch.incidents import save_incidents
from services.watch.own_clock import AHEAD, not_ahead

log = structlog.get_logger()


def drop_what_lies_ahead(system: System, now: datetime) -> None:
    """Forget comparisons, waits and incidents of a time that has not come yet."""
    forgotten = system.writer.write(lambda transaction: forget_what_lies_ahead(transaction, now + AHEAD))
    changed = []
    for integration in system.directory.integrations.values():
        known = incidents(system.database, integration.integration_id)
        changed += [new for incident in known if (new := _now(incident, now)) != incident]
    save_incidents(system, changed)
    if forgotten or changed:
        log.warning("dropped_what_lay_ahead", rows=forgotten, incidents=len(changed))


def _now(incident: Incident, now: datetime) -> Incident:
    """Return the incident as it is known now: one that was noticed in a time to come was none.

    That we were not there is no conclusion: of it what lies before now stays.
    """
    if incident.cause in OUR_OWN and incident.opened_at < now < incident.detected_at:
        return replace(incident, detected_at=now, closed_at=min(now, incident.closed_at or now))
    if not_ahead(incident.detected_at, now) is None:
        return replace(
            incident, opened_at=min(incident.opened_at, now), detected_at=now, closed_at=now, false_alarm=True
        )
    return replace(
        incident,
        closed_at=not_ahead(incident.closed_at, now),
        recovered_at=not_ahead(incident.recovered_at, now),
        recovery_checked_at=not_ahead(incident.recovery_checked_at, now),
    )
