"""A new rhythm: contacts that keep coming at other hours are not lost, and somebody may say so with one click."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from data.calendar import closed_spans
from data.integrations import Integration
from data.watch import Incident, incidents
from services.closed_days import LONGEST_SPAN, leave_out
from services.detector import Model
from services.intervals import local_day, midnight
from services.system import NotFound, System, needs
from services.watch.incidents import mark_false_alarm, only_figures

STAYS_AFTER = timedelta(days=5)
"""Unanswered for so long, while contacts keep coming at other hours, it is how things are."""


@needs("support")
def asked_since(system: System, integration_id: str) -> Mapping[str | None, datetime]:
    """Return since when contacts have come at other hours, by queue (None = all of them), where nobody has answered.

    Raises NotFound.
    """
    integration = system.integration_with_history(integration_id)
    if integration.deleted_at is not None:
        return {}
    known = incidents(system.database, integration_id)
    model = system.learned.fitted(integration, known, system.clock()).model
    return {} if model is None else model.moves


@needs("support", changes=True)
def follow(system: System, integration_id: str, since: datetime, queue: str | None = None) -> None:
    """Learn only from what came since a local midnight; what looked like an outage since then was none.

    ``queue``: whose contacts come at other hours, None = those of all. Raises NotFound.
    """
    system.integration(integration_id)
    known = closed_spans(system.database, integration_id)
    if not any((span.kind, span.ends_at, span.queue) == ("rhythm", since, queue) for span in known):
        leave_out(system, integration_id, since - LONGEST_SPAN, since, kind="rhythm", queue=queue)
    moved = {queue} | {span.queue for span in known if span.kind == "rhythm"}
    for incident in incidents(system.database, integration_id):
        concerned = queue is None or (bool(incident.queues) and moved.issuperset(incident.queues))
        if (
            concerned
            and incident.detected_at >= since
            and only_figures(incident)
            and not incident.false_alarm
        ):
            mark_false_alarm(system, integration_id, incident.incident_id)


def may_be_new_rhythm(incident: Incident) -> bool:
    """Tell whether all contacts, or all of a queue, stopped for a while as far as the figures tell."""
    return only_figures(incident) and (incident.data_flow == "silent" or incident.cause == "queue_gone")


@needs("support", changes=True)
def follow_from(system: System, integration_id: str, incident_id: str) -> None:
    """Say that an incident was the beginning of a new rhythm: that of its day. Raises NotFound."""
    zone = system.integration(integration_id).zone
    for incident in incidents(system.database, integration_id):
        if incident.incident_id == incident_id:
            since = midnight(local_day(incident.detected_at, zone), zone)
            for queue in incident.queues or (None,):
                follow(system, integration_id, since, queue)
            return
    raise NotFound(f"the integration has no incident {incident_id}")


def follow_unanswered(system: System, integration: Integration, model: Model | None, now: datetime) -> None:
    """Take a rhythm that has lasted for the one that is to stay."""
    for queue, since in model.moves.items() if model is not None else ():
        if now - since >= STAYS_AFTER:
            follow(system, integration.integration_id, since, queue)
