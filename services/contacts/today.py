"""The contacts of the day so far against the same weekday before, in one line: for a list of many integrations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from data.integrations import Integration
from services.contacts.periods import WEEKDAYS_COMPARED, Period, today_in
from services.contacts.table import FINEST, ContactTable, contact_table
from services.contacts.tally import Tally
from services.contacts.usual import totals_before, until_now
from services.ingest.counting import UNDEFINED_QUEUE
from services.system import System, needs


@dataclass(frozen=True, slots=True)
class Today:
    """The local day of the integration, added up from midnight by quarter hour, without Undefined_Queue.

    ``contacts`` is NaN where nothing is known: in the future, which begins after ``begun`` intervals, and where the
    connection was broken. ``usual`` is the median of the same weekdays before, None when too little is known of
    them; ``usual_so_far`` leaves out what is not known of today, as on the contacts page.
    """

    begun: int
    contacts: np.ndarray
    usual: np.ndarray | None
    so_far: int
    usual_so_far: float | None

    @property
    def whole(self) -> bool:
        """Tell whether all that has begun is known: only then is the usual so far that of the time of day."""
        return not np.isnan(self.contacts[: self.begun]).any()


@needs("supervisor")
def weekdays_before(system: System, integration_id: str, now: datetime) -> list[ContactTable]:
    """Return the same weekday of the last six weeks, all source queues in one column, the nearest first.

    It changes only when something is fetched back. Raises NotFound and StoreUnavailable.
    """
    integration = system.integration(integration_id)
    today = Period.around("day", today_in(integration.zone, now))
    days = [period.first for period in today.compared_with("usual")]
    start, end = replace(
        today, first=today.first - timedelta(weeks=WEEKDAYS_COMPARED), after=today.first
    ).span(integration.zone)
    # At once: six tables would cost six times as much.
    table = contact_table(
        Tally(system.database, integration, now, system.writer.refusing_since),
        start=start,
        end=end,
        interval=FINEST,
    )
    return [
        _in_one_column(table, [place for place, at in enumerate(table.starts) if at.date() == day])
        for day in days
    ]


@needs("supervisor")
def today_of(
    system: System, integration: Integration, before: Sequence[ContactTable], now: datetime
) -> Today | None:
    """Return the contacts of today; None while none was ever counted for a group. Raises StoreUnavailable."""
    start, end = Period.around("day", today_in(integration.zone, now)).span(integration.zone)
    tally = Tally(system.database, integration, now, system.writer.refusing_since)
    table = contact_table(tally, start=start, end=end, interval=FINEST)
    if not set(table.queues) - {UNDEFINED_QUEUE}:
        return None
    return against_usual(_in_one_column(table, range(len(table.starts))), before, now)


def against_usual(table: ContactTable, before: Sequence[ContactTable], now: datetime) -> Today:
    """Add up the day and the days before. All are by quarter hour, with one column."""
    contacts = table.contacts[:, 0]
    known = ~np.isnan(contacts)
    days = np.nan_to_num(totals_before(table, before, weekly=False))
    usual = np.median(days.cumsum(axis=1), axis=0) if len(days) else None
    so_far = until_now(table, before, now, weekly=False)
    return Today(
        sum(start <= now for start in table.starts),
        np.where(known, np.nan_to_num(contacts).cumsum(), np.nan),
        usual,
        int(np.nansum(contacts)),
        None if so_far is None else float(np.median(so_far.earlier)),
    )


def _in_one_column(table: ContactTable, rows: Sequence[int]) -> ContactTable:
    """Return these intervals with the sum of all source queues that stand for a group.

    An interval of which some queues are without data is incomplete.
    """
    places = list(rows)
    columns = [place for place, name in enumerate(table.queues) if name != UNDEFINED_QUEUE]
    contacts = table.contacts[places][:, columns]
    unknown = np.isnan(contacts)
    total = np.where(unknown.all(axis=1), np.nan, np.nansum(contacts, axis=1))
    incomplete = (unknown | table.incomplete[places][:, columns]).any(axis=1)
    return replace(
        table,
        starts=[table.starts[place] for place in places],
        queues=["all"],
        contacts=total[:, None],
        incomplete=(incomplete & ~np.isnan(total))[:, None],
    )
