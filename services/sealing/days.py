"""Days with their seals, as pages, exports and programs read them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from data.contacts import counts as stored_counts
from data.integrations import Integration
from data.seals import QueueFigures, Seal, SealReason, SealState, seals
from services.backfill.plan import OLDEST
from services.contacts.table import begins_at
from services.contacts.tally import counted_until
from services.intervals import local_day, midnight
from services.system import System, needs

__all__ = [
    "LOOKED_BACK",
    "STATES",
    "QueueFigures",
    "Seal",
    "SealReason",
    "SealState",
    "calendar",
    "compared_until",
    "complete_until",
    "counted",
    "days",
    "end_of",
    "is_sealed",
    "lately",
    "sealed_share",
]
LOOKED_BACK = 30
"""Days whose seals are summed up in one figure."""
CALENDAR_WEEKS = 12
STATES: tuple[SealState, ...] = get_args(SealState)


@needs("supervisor")
def days(
    system: System,
    integration: Integration,
    first: date,
    last: date,
    now: datetime,
    begins: datetime | None = None,
) -> list[Seal]:
    """Return a seal for every local day from ``first`` to ``last``, oldest first, also where none is stored.

    Days that have not begun are ``open`` and were not compared. ``begins``: when data begins; it is looked up
    for those who do not know it.
    """
    stored = {seal.day: seal for seal in seals(system.database, integration.integration_id, first, last)}
    begins = begins or begins_at(system.database, integration)
    begun = None if begins is None else local_day(begins, integration.zone)
    oldest = local_day(now - OLDEST, integration.zone)
    today = local_day(now, integration.zone)
    wanted = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return [
        known
        if (known := stored.get(day)) is not None and (known.compared_at is not None or day >= oldest)
        else _never_compared(integration, day, begun, oldest, today)
        for day in wanted
    ]


@needs("supervisor")
def lately(
    system: System, integration: Integration, now: datetime, begins: datetime | None = None
) -> list[Seal]:
    """Return the seals of the last 30 days and of today, without the days before data began."""
    today = local_day(now, integration.zone)
    found = days(system, integration, today - timedelta(days=LOOKED_BACK), today, now, begins)
    return [seal for seal in found if seal.reason != "before_connection"]


@needs("supervisor")
def calendar(system: System, integration: Integration, now: datetime) -> list[Seal]:
    """Return the seals of the last twelve weeks, oldest first: from a Monday to today."""
    today = local_day(now, integration.zone)
    monday = today - timedelta(days=today.weekday(), weeks=CALENDAR_WEEKS - 1)
    return days(system, integration, monday, today, now)


@needs("supervisor")
def counted(system: System, integration: Integration, found: Sequence[Seal], now: datetime) -> list[Seal]:
    """Return the seals with our own count of contacts also where nothing was compared, from when data began to now."""
    zone = integration.zone
    today = local_day(now, zone)
    rest = [
        seal.day
        for seal in found
        if seal.contacts is None and seal.reason != "before_connection" and seal.day <= today
    ]
    if not rest:
        return list(found)
    start, end = midnight(min(rest), zone), midnight(max(rest) + timedelta(days=1), zone)
    end = min(end, counted_until(now))
    counts = stored_counts(
        system.database,
        integration.integration_id,
        start=start,
        end=end,
        received_before=integration.paused_at,
    )
    contacts: Counter[date] = Counter()
    for at, amount in zip(counts["interval_start"], counts["contacts"], strict=True):
        contacts[local_day(at, zone)] += int(amount)
    return [replace(seal, contacts=contacts[seal.day]) if seal.day in rest else seal for seal in found]


def is_sealed(seal: Seal) -> bool:
    """Tell whether the day equals Freshchat's figures, also where it does because something was fetched."""
    return seal.state in ("equal", "fetched")


def sealed_share(found: Sequence[Seal]) -> float | None:
    """Return the share of days that are over which equal Freshchat's figures; None without any."""
    over = [seal for seal in found if seal.state != "open"]
    return sum(map(is_sealed, over)) / len(over) if over else None


def complete_until(found: Sequence[Seal], zone: ZoneInfo) -> datetime | None:
    """Return the instant up to which these days (in a row, oldest first) equal Freshchat's figures without a hole.

    None when not even the first of them does.
    """
    reached = None
    for seal in found:
        if is_sealed(seal):
            reached = end_of(seal, zone)
        elif seal.state == "open" and seal.proven:
            return seal.compared_until
        else:
            break
    return reached


def end_of(seal: Seal, zone: ZoneInfo) -> datetime:
    """Return the instant at which the seal's day is over."""
    return midnight(seal.day + timedelta(days=1), zone)


def compared_until(found: Sequence[Seal]) -> datetime | None:
    """Return the end of what was compared with Freshchat last, whatever came of it."""
    return max((seal.compared_until for seal in found if seal.compared_until is not None), default=None)


def _never_compared(
    integration: Integration, day: date, begun: date | None, oldest: date, today: date
) -> Seal:
    """Return what stands for a seal where there is none, with the reason why.

    ``begun``: the first day with data; ``oldest``: the first on which Freshchat still reports.
    """
    seal = Seal(integration.integration_id, day, "not_compared")
    if day >= today:
        return replace(seal, state="open")
    if begun is None or day < begun:
        return replace(seal, reason="before_connection")
    if day < oldest:
        return replace(seal, reason="too_old")
    if integration.freshchat_api_key is None:
        return replace(seal, reason="no_api_key")
    return replace(seal, reason="paused" if integration.paused_at is not None else "not_yet")
