"""Asking Freshchat how many chats it resolved, and remembering what it said."""

from datetime import datetime, timedelta

from data import probes
from data.chats import quarter_hour
from data.contacts import latest
from data.groups import freshchat_groups
from data.integrations import Integration
from data.probes import Probe
from data.watch import Incident, incidents
from services.asking import configuration
from services.connection import first_used_at
from services.freshchat.answers import Resolved
from services.freshchat.client import FreshchatClient
from services.freshchat.errors import FreshchatError
from services.intervals import full_minute
from services.probing.comparison import MINUTE, Window, compare
from services.probing.judgement import Suspicion, grace, is_due, threshold
from services.system import System

EDGE = timedelta(minutes=15)
"""Contacts at the edges of an outage are fetched with it: so far to each side."""

LONGEST_WINDOW = timedelta(days=1)
SHORTEST_WINDOW = timedelta(hours=1)


def is_time(system: System, integration: Integration, now: datetime, suspicion: Suspicion) -> bool:
    """Tell whether the integration is to be probed now; every turn asks, and few turns probe."""
    last = probes.latest_probe(system.database, integration.integration_id)
    seconds = system.settings.probe_seconds
    return is_due(last.probed_at if last else None, now, probe_seconds=seconds, suspicion=suspicion)


def probe(
    system: System,
    integration: Integration,
    client: FreshchatClient | None,
    now: datetime,
    lag: timedelta | None,
    *,
    since: datetime | None = None,
    door_shut: bool = False,
) -> Probe | None:
    """Ask Freshchat and store what came of it, also when there was no answer.

    None while there is nothing to compare.

    ``lag``: see judgement.grace(). ``since``: what is missing from before then is known already.
    ``door_shut``: no key opens anything, so nothing can be on its way and there is no grace. Without a
    ``client`` the integration's own is taken.
    """
    end = now.replace(microsecond=0) if door_shut else full_minute(now - grace(lag))
    window = _window(system, integration, now, end, since)
    if window is None:
        return None
    integration_id = integration.integration_id
    try:
        resolved = _ask(client or system.freshchat(integration), window)
    except FreshchatError as error:
        configuration.note(system, integration, error)
        found = Probe(integration_id, now, window.start, window.end, "unanswerable", error=error.problem)
    else:
        configuration.note(system, integration, None)
        found = _compared(system, integration_id, window, resolved, now)
    system.writer.write(lambda transaction: probes.save_probe(transaction, found))
    return found


def _ask(client: FreshchatClient, window: Window) -> list[Resolved]:
    return [
        told
        for start, end, interval in window.pieces()
        for told in client.resolved_interactions(start, end, interval)
    ]


def _compared(
    system: System, integration_id: str, window: Window, resolved: list[Resolved], now: datetime
) -> Probe:
    names = {group.group_id: group.name for group in freshchat_groups(system.database, integration_id)}
    over = [known for known in incidents(system.database, integration_id) if known.closed_at is not None]
    received = [
        (group_id, queue, minute, contacts)
        for group_id, queue, minute, pushed, contacts in probes.received_by_minute(
            system.database, integration_id, window.start, window.end
        )
        if pushed or any(_made_good(known, queue, minute) for known in over)
    ]
    seconds = system.settings.probe_seconds
    total, queues = compare(window, resolved, received, names, lambda streams: threshold(seconds, streams))
    outcome: probes.Outcome = "compared" if total.freshchat else "no_evidence"
    return Probe(integration_id, now, window.start, window.end, outcome, total, queues)


def _made_good(incident: Incident, queue: str, minute: datetime) -> bool:
    """Tell whether a contact that had to be fetched was lost in an outage that is over.

    Others still count as missing: a backfill brings contacts, and no connection.
    """
    concerned = not incident.queues or queue in incident.queues
    begin, end = incident.opened_at - EDGE, (incident.closed_at or minute) + EDGE
    return concerned and begin <= minute <= end


def _window(
    system: System, integration: Integration, now: datetime, end: datetime, since: datetime | None
) -> Window | None:
    """Return what to compare: since the last probe that missed nothing, at least an hour, at most a day.

    Nothing before the connection was first used (or, while it never was, before the integration was added),
    except a history that the app brought itself.
    """
    good = probes.last_good_probe(system.database, integration.integration_id)
    start = end - LONGEST_WINDOW
    if good is not None:
        start = max(start, min(good.window_end, end - SHORTEST_WINDOW))
    start = quarter_hour(start)
    begun_at = first_used_at(
        system.activity.totals(integration.integration_id),
        latest(system.database, integration.integration_id),
        now,
    )
    for earliest in (begun_at or integration.created_at, since):
        if earliest is not None and start < earliest:
            start = _full_minute_from(earliest)
    return Window(start, end) if start < end else None


def _full_minute_from(at: datetime) -> datetime:
    """Return the first full minute at or after an instant."""
    floor = full_minute(at)
    return floor if floor == at else floor + MINUTE
