"""What becomes an alert: an incident, Freshchat's credentials, the monitor itself, a day without a seal. Pure."""

from datetime import datetime

from data.alerts import Alert, AlertState
from data.seals import Seal
from data.watch import Cause, Incident
from services.notifications.plan import FALSE_ALARM

ABOUT_KEYS: frozenset[Cause] = frozenset(
    {"key_revoked", "key_expired", "key_unknown", "key_not_installed", "webhook_refused"}
)
"""Causes that are a refused key, or one that was never installed."""


def alert_of_incident(incident: Incident) -> Alert:
    """Return the alert that tells of an incident."""
    states: list[AlertState] = [incident.data_flow]  # type: ignore[list-item]  # one in which contacts are lost
    if incident.queues:
        states.append("one_queue")
    if incident.cause in ABOUT_KEYS:
        states.append("refused_key")
    about = FALSE_ALARM if incident.false_alarm else f"{incident.data_flow}/{incident.cause}"
    return Alert(
        incident.integration_id,
        incident.incident_id,
        "incident",
        about,
        tuple(states),
        incident.opened_at,
        incident.detected_at,
        incident.closed_at,
    )


def nothing_more_to_come(incident: Incident, *, can_fetch: bool) -> bool:
    """Tell whether an incident that is over has got its contacts back, or cannot get any."""
    return incident.false_alarm or incident.recovered_at is not None or not can_fetch


def alert_of_trouble(integration_id: str, kind: str, about: str, since: datetime, now: datetime) -> Alert:
    """Return the alert that tells of what is no incident: ``kind`` is credentials or monitor."""
    state: AlertState = "freshchat_credentials" if kind == "credentials" else "unknown"
    return Alert(
        integration_id,
        f"{kind}-{integration_id or 'stillwatch'}-{since:%Y%m%d%H%M%S}",
        kind,  # type: ignore[arg-type]
        about,
        (state,),
        since,
        now,
    )


def alert_of_day(seal: Seal, since: datetime, now: datetime) -> Alert:
    """Return the alert that tells of a day that could not be sealed."""
    return Alert(
        seal.integration_id,
        f"day-{seal.day.isoformat()}",
        "unsealed_day",
        seal.day.isoformat(),
        ("unsealed_day",),
        since,
        now,
    )
