"""What was counted of one integration, read once for all the tables of a view that are made of it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

import numpy as np

from data import contacts as stored_contacts
from data.chats import quarter_hour
from data.database import Database
from data.integrations import Integration
from data.once import Once
from data.turn import Reads
from services.contacts.sums import by_day, by_quarter_hour
from services.ingest.counting import UNDEFINED_QUEUE
from services.intervals import QUARTER_HOUR

Span = tuple[datetime, datetime]


class Tally:
    """Answers about one integration at ``now``, as of when each was first asked for; kept no longer than a view takes.

    Counts have a column for each of ``names``, all known source queues. A span inside one that was read is cut from it.
    What a sender dates ahead counts once its quarter hour has begun.
    ``refusing_since``: since when the store keeps nothing, so that nothing is known; None while it does.
    """

    def __init__(
        self,
        database: Database,
        integration: Integration,
        now: datetime,
        refusing_since: datetime | None = None,
    ) -> None:
        self.integration = integration
        self.now = now
        self._until = counted_until(now)
        self.refusing_since = refusing_since
        self.store = Once(database)
        self._database = database
        self._quarter_hours: dict[Span, np.ndarray] = {}
        self._days: dict[Span, np.ndarray] = {}

    @cached_property
    def names(self) -> list[str]:
        return known_queues(self.store, self.integration)

    def quarter_hours(self, start: datetime, end: datetime) -> np.ndarray:
        """Return the counts by quarter hour from ``start`` to before ``end``, [quarter hours, queues]."""
        held = self._held(start, end)
        if held is None:
            held = start, end
            self._quarter_hours[held] = by_quarter_hour(
                self._database, self.integration, self.names, start, end, self._until
            )
        first = (start - held[0]) // QUARTER_HOUR
        return self._quarter_hours[held][first : first + (end - start) // QUARTER_HOUR]

    def days(self, starts: Sequence[datetime], end: datetime) -> np.ndarray | None:
        """Return the counts by local day, [days, queues]; None where quarter hours are better.

        They are when they are held already, and for what was received before an integration was paused.
        """
        if self.integration.paused_at is not None or self._held(starts[0], end):
            return None
        span = starts[0], end
        if span not in self._days:
            self._days[span] = by_day(self._database, self.integration, self.names, starts, end, self._until)
        return self._days[span]

    def _held(self, start: datetime, end: datetime) -> Span | None:
        spans = (span for span in self._quarter_hours if span[0] <= start and end <= span[1])
        return next(spans, None)


def counted_until(now: datetime) -> datetime:
    """Return the end of the quarter hour under way: what a sender dates at it or later is not counted yet."""
    return quarter_hour(now) + QUARTER_HOUR


def known_queues(store: Reads, integration: Integration) -> list[str]:
    """Return the names of the source queues in alphabetical order, Undefined_Queue last."""
    found = stored_contacts.queues(store, integration.integration_id, integration.paused_at)
    names = [queue.queue for queue in found]
    return sorted(names, key=lambda name: (name == UNDEFINED_QUEUE, name))
