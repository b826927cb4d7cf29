"""The timeline of one integration: contacts, what was expected, refusals, signs of life and incidents in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import numpy as np

from data.activity import WRONG_KEY, Activity
from data.contacts import counts
from data.watch import Incident, incidents
from services.detector import Model, expected, expected_between
from services.intervals import QUARTER_HOUR
from services.system import System, needs

if TYPE_CHECKING:
    import pandas as pd


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Span = Literal["24h", "14d"]
STEPS: dict[Span, tuple[timedelta, int]] = {
    "24h": (QUARTER_HOUR, 96),
    "14d": (timedelta(hours=1), 14 * 24),
}


@dataclass(frozen=True, slots=True)
class Timeline:
    """All arrays run along ``starts``, the starts (UTC) of steps of equal length; the last one is under way.

    ``received``: contacts pushed to us, by their resolution; ``recovered``: those that only a backfill knows.
    ``expected`` with the band ``low`` to ``high``: contacts, None while the model is learning. ``refused`` and
    ``heartbeats``: requests, by their arrival. ``incidents``: those that touch the span, newest first.
    """

    step: timedelta
    starts: list[datetime]
    now: datetime
    received: np.ndarray
    recovered: np.ndarray
    refused: np.ndarray
    heartbeats: np.ndarray
    expected: np.ndarray | None
    low: np.ndarray | None
    high: np.ndarray | None
    incidents: list[Incident]

    @property
    def end(self) -> datetime:
        return self.starts[-1] + self.step


@needs("support")
def timeline(system: System, integration_id: str, span: Span, now: datetime) -> Timeline:
    """Return the last 24 hours by quarter hour, or the last 14 days by hour.

    Raises NotFound and StoreUnavailable.
    """
    integration = system.integration(integration_id)
    step, length = STEPS[span]
    starts = steps_until(now, step, length, integration.zone)
    contacts = counts(
        system.database, integration_id, start=starts[0], end=starts[-1] + step, received_before=None
    )
    known = incidents(system.database, integration_id)
    model = system.learned.fitted(integration, known, now).model
    return assemble(
        starts,
        step,
        now,
        contacts=contacts,
        activity=system.activity.since(integration_id, starts[0]),
        known=known,
        model=None if model is None or model.learning else model,
    )


def steps_until(now: datetime, step: timedelta, length: int, zone: ZoneInfo) -> list[datetime]:
    """Return the starts (UTC) of so many steps, of which the last holds ``now``, cut where the local clock is full."""
    offset = now.astimezone(zone).utcoffset() or timedelta()
    last = EPOCH + (now + offset - EPOCH) // step * step - offset
    return [last - step * back for back in reversed(range(length))]


def assemble(
    starts: list[datetime],
    step: timedelta,
    now: datetime,
    *,
    contacts: pd.DataFrame,
    activity: Sequence[Activity],
    known: Sequence[Incident],
    model: Model | None,
) -> Timeline:
    """Put everything on one axis. ``contacts``: quarter hours with pushed_contacts and contacts."""
    when = [at.to_pydatetime() for at in contacts["interval_start"]]
    pushed = contacts["pushed_contacts"].to_numpy(dtype=float)
    mean, low, high = _expected(model, starts, step) if model is not None else (None, None, None)
    return Timeline(
        step,
        starts,
        now,
        received=_summed(starts, step, when, pushed),
        recovered=_summed(starts, step, when, contacts["contacts"].to_numpy(dtype=float) - pushed),
        refused=_occurrences(starts, step, [entry for entry in activity if entry.kind in WRONG_KEY]),
        heartbeats=_occurrences(starts, step, [entry for entry in activity if entry.kind == "heartbeat"]),
        expected=mean,
        low=low,
        high=high,
        incidents=[
            incident for incident in known if incident.reaches_into(starts[0], starts[-1] + step, now)
        ],
    )


def _summed(
    starts: Sequence[datetime], step: timedelta, when: Sequence[datetime], amounts: np.ndarray
) -> np.ndarray:
    places = np.array([(at - starts[0]) // step for at in when], dtype=int)
    inside = (places >= 0) & (places < len(starts))
    return np.bincount(places[inside], weights=amounts[inside], minlength=len(starts))


def _occurrences(starts: Sequence[datetime], step: timedelta, entries: Sequence[Activity]) -> np.ndarray:
    amounts = np.array([entry.occurrences for entry in entries], dtype=float)
    return _summed(starts, step, [entry.interval_start for entry in entries], amounts)


def _expected(
    model: Model, starts: Sequence[datetime], step: timedelta
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if step == QUARTER_HOUR:
        frame = expected(model, None, starts)
        return frame["mean"].to_numpy(), frame["low"].to_numpy(), frame["high"].to_numpy()
    estimates = [expected_between(model, None, start, start + step) for start in starts]
    figures = np.array([(estimate.mean, estimate.low, estimate.high) for estimate in estimates])
    return figures[:, 0], figures[:, 1], figures[:, 2]
