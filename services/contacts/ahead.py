"""What is to be expected: the detector's expectation for the hours and days to come, with its band."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from data.watch import incidents
from services.contacts.export import BYTE_ORDER_MARK, figure, local_parts
from services.contacts.periods import Period, today_in
from services.detector import Model, expected_in
from services.intervals import interval_end, interval_starts
from services.system import System, needs
from services.translation import N_, Words

DAYS_AHEAD = 8
"""How far a model looks: beyond, closed days that recur are not known."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Expected contacts by interval, with the band that 95 of 100 intervals keep to.

    ``starts``: local times of the intervals that have not begun yet. ``rest``: mean, low and high of all of them
    together.
    """

    starts: list[datetime]
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rest: tuple[float, float, float]


@needs("supervisor")
def ahead(
    system: System, integration_id: str, period: Period, interval: str, queues: Sequence[str], now: datetime
) -> Ahead | None:
    """Return what is expected of the rest of a period, as far as the detector looks; None when it cannot say.

    It can not while it learns, of an integration that is paused or deleted, and of what is over.
    Raises NotFound and StoreUnavailable.
    """
    integration = system.integration_with_history(integration_id)
    if integration.paused_at is not None or integration.deleted_at is not None:
        return None
    known = incidents(system.database, integration_id)
    model = system.learned.fitted(integration, known, now, system.database).model
    if model is None or model.learning:
        return None
    start, end = period.span(integration.zone)
    end = min(end, now + timedelta(days=DAYS_AHEAD))
    starts = [at for at in interval_starts(start, end, interval, integration.zone) if at > now]
    if not starts:
        return None
    borders = [*starts, interval_end(starts[-1], interval, integration.zone)]
    return of_model(model, queues, borders, integration.time_zone)


@needs("supervisor")
def days_to_come(
    system: System, integration_id: str, interval: str, queues: Sequence[str], now: datetime
) -> Ahead | None:
    """Return what is expected of the rest of today and the seven days after it; see ``ahead``."""
    today = today_in(system.integration_with_history(integration_id).zone, now)
    span = Period.between(today, today + timedelta(days=DAYS_AHEAD - 1))
    return ahead(system, integration_id, span, interval, queues, now)


def of_model(model: Model, queues: Sequence[str], borders: Sequence[datetime], time_zone: str) -> Ahead:
    """Return the expectation between the borders."""
    mean, low, high = expected_in(model, queues, borders)
    rest = expected_in(model, queues, [borders[0], borders[-1]])
    words = Words(time_zone=time_zone)
    return Ahead(
        [words.local(at) for at in borders[:-1]],
        mean,
        low,
        high,
        (float(rest[0][0]), float(rest[1][0]), float(rest[2][0])),
    )


def ahead_csv(found: Ahead, words: Words) -> bytes:
    """Return a row for each interval to come, as a spreadsheet of the language reads it."""
    dialect = words.dialect
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow([words.text(name) for name in AHEAD_COLUMNS])
    for start, *values in zip(found.starts, found.mean, found.low, found.high, strict=True):
        writer.writerow([*local_parts(start, dialect), *(figure(value, dialect) for value in values)])
    writer.writerow([])
    writer.writerow([words.text(WHAT_IT_IS)])
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")


AHEAD_COLUMNS = (
    N_("Date"),
    N_("Time"),
    N_("Offset from UTC"),
    N_("Expected"),
    N_("Expected at least"),
    N_("Expected at most"),
)
WHAT_IT_IS = N_(
    "Expected: what the last eight weeks, holidays and closed days let expect; 95 of 100 intervals keep to the band. "
    "It knows nothing of campaigns, seasons or anything that was not there before, and is no staffing forecast."
)
