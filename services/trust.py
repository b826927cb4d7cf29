"""How far the figures of a shown span can be trusted, and up to when. Pure; pages only word it.

Complete is said of nothing that was not compared with Freshchat and found equal, per source queue, and never of
what came after the comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from data.seals import Seal
from data.watch import DataFlow, Incident
from services.backfill.jobs import status
from services.causes import OUR_OWN
from services.contacts.table import reaching, unrecovered
from services.intervals import local_day, midnight
from services.sealing.days import complete_until, days, end_of
from services.system import System, needs
from services.watch.data_flow import Freshness

Kind = Literal[
    "nothing_yet",
    "missing",
    "fetching",
    "gap",
    "differs",
    "missing_today",
    "complete",
    "complete_until",
    "not_compared",
]
"""What is said of the span, the worst first: one of them holds."""


INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Trust:
    """What can be said of a span.

    ``until``: up to where everything equals Freshchat's figures, None for nothing. ``since``: when contacts began
    to be missing. ``contacts``: how many are missing, None where nobody knows. ``without_data``: how long, and
    ``ours`` when only because we ourselves did not watch. ``day``: the first one that is not equal, with its reason.
    ``more``: further days that are not compared, after one that is not. ``data_flow``: what holds of the time after
    ``until``; None when the span is over.
    """

    kind: Kind
    until: datetime | None = None
    since: datetime | None = None
    contacts: int | None = None
    without_data: timedelta = timedelta()
    ours: bool = False
    day: Seal | None = None
    more: int = 0
    data_flow: DataFlow | None = None


@needs("supervisor")
def trust_in(system: System, shown: Freshness, start: datetime, end: datetime) -> Trust:
    """Say how far the integration's figures from ``start`` to before ``end`` can be trusted now.

    While it is paused, nothing newer than the pause is shown, and nothing is said of it.
    """
    integration, verdict = shown.integration, shown.verdict
    now = min(shown.assessment.evidence.now, integration.paused_at or shown.assessment.evidence.now)
    zone = integration.zone
    first, last = local_day(start, zone), local_day(max(start, min(end, now) - INSTANT), zone)
    jobs = status(system, integration.integration_id)
    return trust(
        start,
        end,
        now,
        zone=zone,
        data_flow=verdict.data_flow,
        broken_since=(verdict.since or now) if verdict.broken else None,
        holes=unrecovered(shown.assessment.incidents),
        fetching=any(job.state == "running" for job in jobs),
        seals=days(system, integration, first, last, now, shown.assessment.evidence.data_begins_at),
    )


def trust(
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    zone: ZoneInfo,
    data_flow: DataFlow,
    broken_since: datetime | None,
    holes: Sequence[Incident],
    fetching: bool,
    seals: Sequence[Seal],
) -> Trust:
    """Say how far the figures from ``start`` to before ``end`` can be trusted.

    ``broken_since``: when the data stopped, None while it flows. ``holes``: incidents whose contacts are not all
    back. ``fetching``: whether a backfill is under way. ``seals``: of every local day of the span since data
    began, oldest first.
    """
    shown_until = min(end, now)
    begun = [seal for seal in seals if seal.reason != "before_connection"]
    if data_flow == "waiting" or shown_until <= start or not begun:
        return Trust("nothing_yet")
    state = data_flow if end > now else None
    proven = complete_until(begun, zone)
    until = min(proven, shown_until) if proven is not None else None
    if broken_since is not None and end > now:
        return Trust("missing", _before(until, broken_since), broken_since, data_flow=state)
    missing = _holes(start, shown_until, holes, now)
    if missing is not None:
        first, without_data, contacts, ours = missing
        kind: Kind = "fetching" if fetching else "gap"
        return Trust(kind, _before(until, first), first, contacts, without_data, ours, data_flow=state)
    return _by_seals(begun, until, shown_until, zone, state)


def _by_seals(
    seals: Sequence[Seal],
    until: datetime | None,
    shown_until: datetime,
    zone: ZoneInfo,
    state: DataFlow | None,
) -> Trust:
    if until is not None and until >= shown_until:
        return Trust("complete", until, data_flow=state)
    unproven = next(seal for seal in seals if until is None or end_of(seal, zone) > until)
    if unproven.state == "differs":
        return Trust(
            "differs",
            until,
            contacts=sum(queue.missing for queue in unproven.queues),
            day=unproven,
            data_flow=state,
        )
    if unproven.state == "open" and unproven.compared_until is not None and not unproven.proven:
        since = midnight(unproven.day, zone)
        return Trust(
            "missing_today",
            until,
            since,
            sum(queue.missing for queue in unproven.queues),
            day=unproven,
            data_flow=state,
        )
    if until is not None and unproven.state == "open":
        return Trust("complete_until", until, day=unproven, data_flow=state)
    others = [seal for seal in seals if seal.state == "not_compared" and seal is not unproven]
    return Trust("not_compared", until, day=unproven, more=len(others), data_flow=state)


def _holes(
    start: datetime, end: datetime, holes: Sequence[Incident], now: datetime
) -> tuple[datetime, timedelta, int | None, bool] | None:
    """Return where the first hole begins, how long all are, the contacts still missing, and whether all are ours."""
    inside = reaching(holes, start, end, now)
    if not inside:
        return None
    spans = sorted((max(hole.opened_at, start), min(hole.closed_at or now, end)) for hole in inside)
    without_data, reached = timedelta(), spans[0][0]
    for begin, finish in spans:
        without_data += max(timedelta(), finish - max(begin, reached))
        reached = max(reached, finish)
    known = [hole.missed - hole.recovered for hole in inside if hole.missed is not None]
    contacts = max(0, sum(known)) if len(known) == len(inside) else None
    return spans[0][0], without_data, contacts, all(hole.cause in OUR_OWN for hole in inside)


def _before(until: datetime | None, at: datetime) -> datetime | None:
    return until if until is None else min(until, at)
