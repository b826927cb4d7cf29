"""The connection through which contacts are pushed to us, as far as the contacts themselves tell of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from data.activity import PUSHED, REACHED_US, Activity
from data.contacts import Latest

BACKLOG = timedelta(minutes=15)
"""Pushes that lie further back than this bring a history."""
STILL_TELLING = timedelta(minutes=1)


def connected_at(contact: Latest, now: datetime) -> datetime | None:
    """Return from when on missing contacts count: the first push, unless the app brings its history itself.

    What it tells of the past then counts as if it had been told at the time, and so does a silence at its
    end; while it is still telling, only what follows its last word counts.
    """
    if contact.pushed_at is None or contact.pushed_until is None or 2 * contact.pushed < contact.contacts:
        return contact.first_pushed_at
    if contact.pushed_at - contact.pushed_until > BACKLOG and now - contact.pushed_at < STILL_TELLING:
        return contact.pushed_at
    return contact.pushed_from


def first_used_at(totals: Sequence[Activity], contact: Latest, now: datetime) -> datetime | None:
    """Return when the connection was first used for anything, None while it never was."""
    uses = [entry.first_at for entry in totals if entry.kind in REACHED_US]
    return min(filter(None, [*uses, connected_at(contact, now)]), default=None)


def data_begins_at(totals: Sequence[Activity], contact: Latest) -> datetime | None:
    """Return when data begins: with the first contact, or the first delivery of any kind."""
    deliveries = [entry.first_at for entry in totals if entry.kind in PUSHED]
    return min(filter(None, [*deliveries, contact.first_resolved_at]), default=None)
