"""What is normal for one integration, as learned once a night and held in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from services.detector.grid import QUARTER_SECONDS, Axis, Bools, Floats, instant
from services.detector.learning import judged_rates
from services.detector.records import Excluded
from services.detector.spread import Spread
from services.detector.statistics import State, Steps, evidence, hush, prior_of

LEARNING_DAYS = 14
"""The first ones, under no promise about partial losses."""


@dataclass(frozen=True, slots=True)
class Model:
    """What is normal for the streams of an integration: row 0 is the total, then one row per queue.

    An integration with one queue has no queue rows: its queue is its total. ``rates``: contacts per
    quarter hour by local cell, [streams, 672]; ``late``: cells in which an opening may be late.
    ``shape`` (per hour), ``least`` and ``rho`` belong to the statistics; ``by_level``: whether a silence is
    judged by the day's level or by the hours' shape; ``*_factor``: tail factors c; ``*_height``: alarm
    thresholds of G and S; ``weekly``: expected contacts a week. ``judged``: rows that are judged alone.
    ``young``: rows of less than two weeks, judged for silence only, by ``lowest``, the rates of these rows.
    ``since``: Unix time in seconds of each row's first contact. ``state``: the statistics at ``checkpoint``,
    the number of a UTC quarter hour. ``moved_since``: the local midnight since which contacts come at other
    hours than before; only what came since is learned.
    """

    zone: ZoneInfo
    fitted_at: datetime
    days_of_history: float
    queues: tuple[str, ...]
    rates: Floats
    late: Bools
    shape: Floats
    least: Floats
    by_level: Bools
    rho: Floats
    silence_factor: Floats
    loss_factor: Floats
    silence_height: Floats
    loss_height: Floats
    weekly: Floats
    judged: Bools
    young: Bools
    lowest: Floats
    since: Floats
    holidays: frozenset[int]
    excluded: tuple[Excluded, ...]
    checkpoint: int
    state: State
    moved_since: datetime | None = None

    @property
    def learning(self) -> bool:
        """Whether the history is too short to tell more than a silence."""
        return self.days_of_history < LEARNING_DAYS

    def watched_from(self, now: datetime) -> datetime:  # noqa: ARG002 - what a model needs may come to depend on it
        """Return from when on ``evaluate`` needs the counts."""
        return instant(self.checkpoint * QUARTER_SECONDS)

    def is_open(self, time: Axis) -> Bools:
        """Return which intervals are neither on a holiday nor in a span that somebody closed."""
        working = working_days(time, self.holidays)
        closed = [span for span in self.excluded if span.closed]
        return working & ~marked(time, closed, ())[0] if closed else working

    @property
    def judged_for_loss(self) -> Bools:
        """Return the rows that are judged for a partial loss too."""
        return self.judged & ~self.young

    @property
    def prior(self) -> Floats:
        """Return a0 of the level, [streams]."""
        return prior_of(self.by_level)

    def row(self, queue: str | None) -> int | None:
        """Return the row of a queue (None = the total), None where the model does not know it."""
        if queue is None or not self.queues:
            return 0
        return 1 + self.queues.index(queue) if queue in self.queues else None


def working_days(time: Axis, closed: frozenset[int]) -> Bools:
    """Return which intervals lie on a day that is no holiday."""
    if not closed:
        return np.ones(len(time), dtype=bool)
    return ~np.isin(time.day, np.fromiter(closed, dtype=np.int64))


def marked(time: Axis, spans: Sequence[Excluded], queues: Sequence[str]) -> Bools:
    """Return which intervals of which stream the spans touch, [streams, intervals]."""
    touched = np.zeros((len(queues) + 1, len(time)), dtype=bool)
    for span in spans:
        first = max(0, int(span.start.timestamp() // QUARTER_SECONDS) - time.first)
        end = max(0, int(-(-span.end.timestamp() // QUARTER_SECONDS)) - time.first)
        if span.queues and queues:
            rows = [1 + queues.index(queue) for queue in span.queues if queue in queues]
            touched[rows, first:end] = True
        else:
            touched[:, first:end] = True
    return touched


def make_steps(
    contacts: Floats, expected: Floats, strays: Spread, by_level: Bools, rho: Floats, reset: Bools
) -> Steps:
    """Return what each interval adds to the statistics; the arrays are [streams] and [streams, intervals]."""
    speaking = evidence(contacts, expected, (strays.shape / 4)[:, None], rho[:, None])
    return Steps(
        contacts, expected, hush(expected, strays, by_level), np.where(expected > 0, speaking, 0.0), reset
    )


def steps_of(model: Model, time: Axis, contacts: Floats) -> Steps:
    """Return what each interval of the axis adds to the statistics of a model."""
    rates = judged_rates(model.rates, model.late)[:, time.cell].astype(float)
    rates[model.young] = model.lowest[:, time.cell]
    never = [span for span in model.excluded if not span.judged]
    return make_steps(
        contacts,
        rates * model.is_open(time),
        Spread(model.shape, model.least),
        model.by_level,
        model.rho,
        marked(time, never, model.queues),
    )
