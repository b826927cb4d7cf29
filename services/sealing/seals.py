"""The errand of sealing: one day a turn is compared with Freshchat, and what differs is fetched, however little."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data import backfill as stored_backfill
from data import seals as stored
from data.groups import freshchat_groups
from data.integrations import Integration
from data.seals import Seal, SealReason
from services.asking import configuration
from services.backfill.jobs import BadSpan, TooManyJobs, request
from services.backfill.plan import OLDEST
from services.contacts.table import begins_at
from services.freshchat.errors import FreshchatError, Reason, Rejected
from services.intervals import full_minute, local_day, midnight
from services.sealing.figures import Figures, side_by_side
from services.sealing.schedule import AFTER_TROUBLE, IN_FLIGHT, MOST_REPORTS, Day, is_due, next_at, next_day
from services.system import System

CALM_FACTOR = 4
REASON_OF_REFUSAL: dict[Reason, SealReason] = {
    "unauthorised": "invalid_credentials",
    "forbidden": "missing_scope",
    "not_freshchat": "invalid_credentials",
    "no_key": "no_api_key",
    "unreadable_key": "invalid_credentials",
}


def keep_sealed(system: System, integration: Integration, now: datetime) -> None:
    """Compare the day that is due, if one is. A failure is remembered, not raised."""
    if integration.paused_at is not None or integration.freshchat_api_key is None:
        return
    oldest = local_day(now - OLDEST, integration.zone)  # what lies before it is never compared again
    known = {seal.day: seal for seal in stored.seals(system.database, integration.integration_id, oldest)}
    due = _due(system, integration, known, now)
    day = next_day(due, known, _being_fetched(system, integration), now) if due else None
    if day is None:
        return
    end = min(day.end, full_minute(now - IN_FLIGHT))
    try:
        figures = compared(system, integration, day.start, end)
    except FreshchatError as error:
        configuration.note(system, integration, error)
        _save(
            system, [_after_trouble(integration, other, known.get(other.date), error, now) for other in due]
        )
        return
    configuration.note(system, integration, None)
    before = known.get(day.date) or Seal(integration.integration_id, day.date, "open")
    _save(system, [_judged(system, day, before, figures, end, now)])


def _due(system: System, integration: Integration, known: Mapping[date, Seal], now: datetime) -> list[Day]:
    """Return the local days that are to be compared, none older than Freshchat's reports, oldest first."""
    begins = begins_at(system.database, integration)
    if begins is None:
        return []
    first, last = (local_day(at, integration.zone) for at in (max(begins, now - OLDEST), now))
    dates = (first + timedelta(days=count) for count in range((last - first).days + 1))
    # Most days are settled for good: their midnights need not be known.
    unsettled = [day for day in dates if day not in known or known[day].next_at is not None]
    days = [local(day, integration.zone) for day in unsettled]
    return [day for day in days if is_due(day, known.get(day.date), now)]


def local(day: date, zone: ZoneInfo) -> Day:
    """Return the day between its two midnights."""
    return Day(day, midnight(day, zone), midnight(day + timedelta(days=1), zone))


def compared(system: System, integration: Integration, start: datetime, end: datetime) -> Figures:
    """Ask Freshchat what it resolved from ``start`` to before ``end``, and line it up. Raises FreshchatError."""
    resolved = system.freshchat(integration).resolved_interactions(start, end, "1h")
    names = {
        group.group_id: group.name for group in freshchat_groups(system.database, integration.integration_id)
    }
    received = stored.received_by_group(system.database, integration.integration_id, start, end)
    return side_by_side(resolved, received, names)


def _judged(system: System, day: Day, before: Seal, figures: Figures, end: datetime, now: datetime) -> Seal:
    """Return the day's seal by these figures. What is missing of a day that is over is ordered from Freshchat."""
    found = replace(
        before,
        state="open" if end < day.end else "fetched" if figures.fetched else "equal",
        reason=None,
        contacts=figures.contacts,
        freshchat=figures.freshchat,
        fetched=figures.fetched,
        compared_until=end,
        compared_at=now,
        queues=figures.queues,
    )
    if found.state != "open" and not found.proven:
        found = _differing(system, day, before, found, figures)
    every = timedelta(seconds=CALM_FACTOR * system.settings.probe_seconds)
    return replace(found, next_at=next_at(day, found, now, every))


def _differing(system: System, day: Day, before: Seal, found: Seal, figures: Figures) -> Seal:
    """Return the seal with the reason for the difference. What is missing is ordered, unless a report just came."""
    told_elsewhere = figures.missing and figures.missing == figures.surplus
    if not figures.missing or (told_elsewhere and before.tries):
        return replace(found, state="differs", reason="other_group" if told_elsewhere else "more_here")
    lacking = replace(found, state="differs", reason="report_lacks")
    if before.reason == "fetching" or before.tries >= MOST_REPORTS:
        return lacking
    try:
        request(system, found.integration_id, day.start, day.end, "difference")
    except (BadSpan, TooManyJobs):
        return replace(lacking, tries=max(1, found.tries))
    return replace(found, state="differs", reason="fetching", tries=found.tries + 1)


def _after_trouble(
    integration: Integration, day: Day, before: Seal | None, error: FreshchatError, now: datetime
) -> Seal:
    """Return the seal with the reason why it could not be compared; what was compared before goes on to hold."""
    if before is None or before.compared_at is None:
        reason = REASON_OF_REFUSAL[error.reason] if isinstance(error, Rejected) else "unreachable"
        before = Seal(integration.integration_id, day.date, "not_compared", reason)
    return replace(before, next_at=now + AFTER_TROUBLE)


def _being_fetched(system: System, integration: Integration) -> list[tuple[datetime, datetime]]:
    """Return the spans whose reports are not taken in yet; of those that only look again later, nothing is awaited."""
    return [
        (part.span_start, part.span_end)
        for part, job in stored_backfill.unfinished(system.database)
        if part.integration_id == integration.integration_id and job.reason != "same_day"
    ]


def _save(system: System, changed: list[Seal]) -> None:
    system.writer.write(lambda transaction: stored.save_seals(transaction, changed))
