"""Gathering what is known about one integration's data flow, once, so that the decision on it can be pure."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from data.activity import (
    ALIVE,
    NOT_TAKEN,
    PUSHED,
    TELLING,
    WRONG_KEY,
    Activity,
    ActivityKind,
    latest_of_kind,
)
from data.chats import quarter_hour
from data.contacts import Latest, latest, latest_pushed
from data.groups import GroupSync, group_sync
from data.integrations import Integration
from data.keys import InjixoKey
from data.probes import latest_probe
from data.turn import Reads
from data.watch import Incident
from services.asking.groups import inactive_queues
from services.connection import connected_at, data_begins_at
from services.integrations.keys import end_of, key_use
from services.system import System
from services.watch.closures import planned
from services.watch.evidence import CONTACTS_ABOUT_CLOCK, LATELY, Evidence, KeyFacts, Refusal
from services.watch.heartbeats import heartbeat_interval
from services.watch.own_clock import AHEAD, as_known, not_ahead

RECENT = timedelta(days=7)
BEATS = 100
"""Entries of heartbeats that tell their usual interval."""


def gather(
    system: System,
    integration: Integration,
    incidents: Sequence[Incident],
    *,
    now: datetime,
    store: Reads | None = None,
) -> Evidence:
    """Read what is known about the integration up to this moment. ``incidents``: those known so far."""
    totals = as_known(system.activity.totals(integration.integration_id, store), now)
    store = store or system.database
    contact = _believed(latest(store, integration.integration_id), now)
    keys = tuple(key_facts(key, totals, now) for key in system.directory.keys_of(integration.integration_id))
    sync = group_sync(store, integration.integration_id)
    beats = as_known(
        latest_of_kind(store, integration.integration_id, "heartbeat", since=now - RECENT, most=BEATS),
        now,
    )
    probe = latest_probe(store, integration.integration_id)
    started_at = max(system.started_at, system.awake_since)
    lately = latest_pushed(store, integration.integration_id, since=started_at, most=CONTACTS_ABOUT_CLOCK)
    dated_ahead = any(resolved_at > received_at for resolved_at, received_at in lately)
    return Evidence(
        now=now,
        started_at=started_at,
        woke_at=system.awake_since if system.away_since or system.awake_since != system.started_at else None,
        away_since=system.away_since,
        configuration=integration.configuration,
        paused_at=integration.paused_at,
        added_at=not_ahead(integration.created_at, now),
        store_failure=system.writer.failure,
        webhook=integration.webhook_public_key is not None,
        keys=keys,
        refusals=_refusals(keys, totals),
        last_event_at=max(filter(None, (_latest(totals, PUSHED), contact.pushed_at)), default=None),
        last_contact_pushed_at=contact.pushed_at,
        last_contact_resolved_at=contact.resolved_at,
        last_heartbeat_at=_latest(totals, {"heartbeat"}),
        last_accepted_at=_latest(totals, ALIVE),
        goodbye_at=_latest(totals, {"goodbye"}),
        heartbeat_interval=heartbeat_interval(beats, started_at),
        pushes=_pushes(system, integration, incidents, now),
        probe=probe if probe is None or not_ahead(probe.probed_at, now) else None,
        data_begins_at=data_begins_at(totals, contact),
        connected_at=connected_at(contact, now),
        credentials_checked_at=not_ahead(integration.configuration_checked_at, now),
        freshchat_answered_at=not_ahead(_answered_at(integration, sync), now),
        inactive_queues=inactive_queues(store, integration),
        closures=planned(store, integration, now),
        last_webhook_at=_latest(totals, {"webhook"}),
        pushed_lately=tuple(lately),
        times_told=_believable(system.times_told[integration.integration_id], started_at, now),
        told_to_anybody=_believable(
            chain.from_iterable(tuple(system.times_told.values())) if dated_ahead else (), started_at, now
        ),
        not_taken=_not_taken(system, integration, totals, now),
    )


def _believable(
    times_told: Iterable[tuple[datetime, datetime]], started_at: datetime, now: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((told, at) for told, at in tuple(times_told) if started_at <= at <= now + AHEAD)


def _believed(contact: Latest, now: datetime) -> Latest:
    """Return the newest contact without the times that our clock gave it when it was ahead."""
    first = not_ahead(contact.first_pushed_at, now)
    return replace(contact, first_pushed_at=first, pushed_at=not_ahead(contact.pushed_at, now) or first)


def key_facts(key: InjixoKey, totals: Sequence[Activity], now: datetime) -> KeyFacts:
    use = key_use(key, totals)
    ended = end_of(key, now)
    return KeyFacts(
        key.key_id,
        key.prefix,
        key.created_at,
        key.expires_at,
        ended,
        {"revoked_key": key.revoked_at, "expired_key": key.expires_at}[ended] if ended else None,
        use.first_used_at,
        use.last_used_at,
        _latest([entry for entry in totals if entry.key_id == key.key_id], TELLING),
    )


def _answered_at(integration: Integration, sync: GroupSync | None) -> datetime | None:
    if integration.freshchat_api_key is None:
        return None  # what it answered to a key that was taken away lets nobody miss its answers
    checked_at = integration.configuration_checked_at if integration.configuration == "operational" else None
    listed_at = sync.synchronised_at if sync else None
    return max(filter(None, (checked_at, listed_at)), default=None)


def _pushes(
    system: System, integration: Integration, incidents: Sequence[Incident], now: datetime
) -> tuple[Activity, ...]:
    """Return what was delivered since the first open incident was detected; nobody asks for more."""
    detected = [incident.detected_at for incident in incidents if incident.closed_at is None]
    if not detected:
        return ()
    since = quarter_hour(max(min(detected), now - RECENT))
    recent = system.activity.since(integration.integration_id, since)
    return tuple(entry for entry in recent if entry.kind in PUSHED)


def _not_taken(
    system: System, integration: Integration, totals: Sequence[Activity], now: datetime
) -> tuple[Activity, ...]:
    """Return what was not taken lately; while all is well, none of it has to be looked for."""
    last = _latest(totals, NOT_TAKEN)
    if last is None or last < now - RECENT:
        return ()
    taken = [at for at in (_latest(totals, {"events"}), _latest(totals, {"webhook"})) if at is not None]
    since = quarter_hour(max(min([*taken, now - LATELY]), now - RECENT))
    recent = as_known(system.activity.since(integration.integration_id, since), now)
    return tuple(entry for entry in recent if entry.kind in NOT_TAKEN)


def _refusals(keys: Sequence[KeyFacts], totals: Sequence[Activity]) -> tuple[Refusal, ...]:
    by_id = {key.key_id: key for key in keys}
    found = [
        Refusal(entry.kind, by_id[entry.key_id], entry.first_at, entry.last_at, entry.occurrences)
        for entry in totals
        if entry.kind in WRONG_KEY and entry.key_id in by_id
    ]
    return tuple(sorted(found, key=lambda refusal: refusal.last_at, reverse=True))


def _latest(totals: Sequence[Activity], kinds: Set[ActivityKind]) -> datetime | None:
    return max((entry.last_at for entry in totals if entry.kind in kinds), default=None)
