"""Addresses in a message: the page that shows exactly this, and a signed link to answer it once."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from data.alerts import STILLWATCH, Alert, Notification, alert, notification
from data.channels import Channel, channels
from services.system import NotFound, System
from services.vault import Unreadable

ANSWER_PATH = "/alerts/"
LINK_LASTS = timedelta(days=7)
_PURPOSE = "answer"


def page_link(system: System, integration_id: str, incident_id: str = "") -> str:
    """Return the address of the data flow page, at the incident that is named."""
    if integration_id == STILLWATCH:
        return system.settings.own_url + "/"
    query = {"integration": integration_id} | ({"incident": incident_id} if incident_id else {})
    return f"{system.settings.own_url}/freshness?{urlencode(query)}"


def channels_link(system: System) -> str:
    return system.settings.own_url + "/channels"


def answer_link(system: System, one: Notification) -> str:
    """Return the address at which a receiver of the notification acknowledges or silences its alert, once."""
    token = system.vault.lock(f"{_PURPOSE}/{one.integration_id}/{one.notification_id}")
    return system.settings.own_url + ANSWER_PATH + token


def asked_by(system: System, token: str) -> tuple[Notification, Alert, Channel]:
    """Return the notification whose link this is, its alert, and the channel that it went through.

    Raises NotFound for any link but our own, and once the channel is removed.
    """
    try:
        purpose, _, named = system.vault.unlock(token).partition("/")
    except (Unreadable, ValueError):
        purpose, named = "", ""
    integration_id, _, notification_id = named.partition("/")
    one = notification(system.database, integration_id, notification_id) if purpose == _PURPOSE else None
    told_of = alert(system.database, one.integration_id, one.alert_id) if one is not None else None
    known = {channel.channel_id: channel for channel in channels(system.database)}
    if one is None or told_of is None or one.channel_id not in known:
        raise NotFound("this link is none of ours")
    return one, told_of, known[one.channel_id]


def is_old(one: Notification, now: datetime) -> bool:
    """Tell whether the notification's link has ended; what lasts is reminded of with a new one."""
    return now - (one.claimed_at or one.created_at) >= LINK_LASTS
