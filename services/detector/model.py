"""What is normal for one integration, as learned once a night and held in memory."""

from collections.abc import Mapping, Sequence
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
    the number of a UTC quarter hour. ``moves``: the local midnight since which a stream's contacts (None = all)
    come at other hours than before; only what came since is learned. ``apart``: queues that moved alone, lately or
    for good. Their history tells nothing of the total's, which is learned without them.
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
    moves: Mapping[str | None, datetime]
    apart: Bools

    @property
    def moved_since(self) -> datetime | None:
        """Since when the contacts of all queues have come at other hours."""
        return self.moves.get(None)

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
    contacts: Floats,
    expected: Floats,
    strays: Spread,
    by_level: Bools,
    rho: Floats,
    reset: Bools,
    told: Bools,
) -> Steps:
    """Return what each interval adds to the statistics; the arrays are [streams] and [streams, intervals].

    ``told``: where a queue's loss is told already. What it lacks is not held against the total as well: one
    outage is one alarm. Its contacts, if any, still show that the total is alive.
    """
    gone = told[1:]
    held = contacts
    if gone.any():
        held, expected = contacts.astype(float), expected.copy()
        held[0] -= (contacts[1:] * gone).sum(axis=0)
        expected[0] = np.maximum(expected[0] - (expected[1:] * gone).sum(axis=0), 0.0)
    speaking = evidence(held, expected, (strays.shape / 4)[:, None], rho[:, None])
    return Steps(
        contacts, expected, hush(expected, strays, by_level), np.where(expected > 0, speaking, 0.0), reset
    )


def steps_of(model: Model, time: Axis, contacts: Floats, lacking: Sequence[str | None] = ()) -> Steps:
    """Return what each interval of the axis adds to the statistics of a model.

    ``lacking``: queues whose loss was told within the axis, beside those that the model knows of.
    """
    weekly = model.rates.astype(float)
    weekly[0] -= weekly[model.apart & model.young].sum(axis=0)  # too little is known of these to miss it
    rates = judged_rates(weekly, model.late)[:, time.cell]
    rates[model.young] = model.lowest[:, time.cell]
    never = [span for span in model.excluded if not span.judged]
    told = marked(time, [span for span in model.excluded if span.of_queues], model.queues)
    told[[1 + model.queues.index(queue) for queue in lacking if queue in model.queues]] = True
    return make_steps(
        contacts,
        rates * model.is_open(time),
        Spread(model.shape, model.least),
        model.by_level,
        model.rho,
        marked(time, never, model.queues),
        told,
    )
