"""A new rhythm: contacts that keep coming at other hours are not lost, and somebody may say so with one click."""

from datetime import datetime, timedelta

from data.calendar import closed_spans
from data.integrations import Integration
from data.watch import incidents
from services.causes import CAUSES
from services.closed_days import LONGEST_SPAN, leave_out
from services.detector import Model
from services.intervals import local_day, midnight
from services.system import NotFound, System, needs
from services.watch.incidents import mark_false_alarm

STAYS_AFTER = timedelta(days=5)
"""Unanswered for so long, while contacts keep coming at other hours, it is how things are."""


@needs("support")
def asked_since(system: System, integration_id: str) -> datetime | None:
    """Return since when contacts have come at other hours, where nobody has answered yet. Raises NotFound."""
    integration = system.integration_with_history(integration_id)
    if integration.deleted_at is not None:
        return None
    known = incidents(system.database, integration_id)
    model = system.learned.fitted(integration, known, system.clock()).model
    return None if model is None else model.moved_since


@needs("support", changes=True)
def follow(system: System, integration_id: str, since: datetime) -> None:
    """Learn only from what came since a local midnight; what looked like an outage since then was none.

    Raises NotFound.
    """
    system.integration(integration_id)
    known = closed_spans(system.database, integration_id)
    if not any(span.kind == "rhythm" and span.ends_at == since for span in known):
        leave_out(system, integration_id, since - LONGEST_SPAN, since, kind="rhythm")
    for incident in incidents(system.database, integration_id):
        alone = CAUSES[incident.cause].figures_alone and incident.data_flow != "confirmed_loss"
        if alone and not incident.false_alarm and incident.opened_at >= since - timedelta(days=1):
            mark_false_alarm(system, integration_id, incident.incident_id)


@needs("support", changes=True)
def follow_from(system: System, integration_id: str, incident_id: str) -> None:
    """Say that an incident was the beginning of a new rhythm: that of its day. Raises NotFound."""
    zone = system.integration(integration_id).zone
    for incident in incidents(system.database, integration_id):
        if incident.incident_id == incident_id:
            follow(system, integration_id, midnight(local_day(incident.detected_at, zone), zone))
            return
    raise NotFound(f"the integration has no incident {incident_id}")


def follow_unanswered(system: System, integration: Integration, model: Model | None, now: datetime) -> None:
    """Take a rhythm that has lasted for the one that is to stay."""
    if model is not None and model.moved_since is not None and now - model.moved_since >= STAYS_AFTER:
        follow(system, integration.integration_id, model.moved_since)
