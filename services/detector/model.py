"""What is normal for one integration, learned once a night and held in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from services.detector.arl import loss_run_length, loss_share, silence_height
from services.detector.grid import (
    QUARTERS_A_PROMISE,
    QUARTERS_A_WEEK,
    SLOTS,
    Axis,
    Bools,
    Floats,
    axis,
    count_matrix,
    day_number,
    instant,
    quarter,
)
from services.detector.learning import by_day, judged_rates, learn
from services.detector.records import Excluded
from services.detector.spread import completed_peaks, spread, tail_factor
from services.detector.statistics import State, Steps, evidence, run, surprise

HISTORY_DAYS = 56
LEARNING_DAYS = 14
SURE_DAYS = 28
FEWEST_CONTACTS = 10  # of a queue that is judged alone


@dataclass(frozen=True, slots=True)
class Model:
    """What is normal for the streams of an integration: row 0 is the total, then one row per queue.

    ``rates``: contacts per quarter hour by local cell, [streams, 672]; ``late``: cells that open late.
    ``shape``, ``least``, ``rho``: of the statistics; ``*_factor``: tail factors c; ``*_height``: alarm
    thresholds of G and S; ``weekly``: expected contacts a week. ``judged``: rows judged alone.
    ``state``: the statistics at ``checkpoint`` (number of a UTC quarter hour).
    """

    zone: ZoneInfo
    fitted_at: datetime
    days_of_history: float
    queues: tuple[str, ...]
    rates: Floats
    late: Bools
    shape: Floats
    least: Floats
    rho: Floats
    silence_factor: Floats
    loss_factor: Floats
    silence_height: Floats
    loss_height: Floats
    weekly: Floats
    judged: Bools
    holidays: frozenset[int]
    excluded: tuple[Excluded, ...]
    checkpoint: int
    state: State

    @property
    def learning(self) -> bool:
        """Whether the history is too short for a promise."""
        return self.days_of_history < LEARNING_DAYS

    def watched_from(self, now: datetime) -> datetime:  # noqa: ARG002 - a later model may forget with time
        """Return from when on ``evaluate`` needs the counts."""
        return instant(self.checkpoint * 900)


def fit(
    history: pd.DataFrame,
    *,
    zone: ZoneInfo,
    now: datetime,
    holidays: Collection[date] = (),
    excluded: Sequence[Excluded] = (),
    promise: float = 1.0,
) -> Model | None:
    """Learn what is normal from the last 56 days; None where there is no history at all.

    ``history``: non-zero counts with the columns queue, interval_start (UTC quarter hour) and contacts;
    what lies before ``now`` - 56 days or after ``now`` is left out. ``promise``: false alarms per
    quarter of a year that are allowed to the integration as a whole.
    """
    end = quarter(now)
    starts = pd.DatetimeIndex(history["interval_start"]).as_unit("s").asi8 // 900
    inside = (starts >= end - HISTORY_DAYS * SLOTS) & (starts < end)
    if not inside.any():
        return None
    recent = history[inside]
    queues = tuple(sorted(recent["queue"].unique()))
    queues = queues if len(queues) > 1 else ()
    first = int(starts[inside].min())
    time = axis(zone, first, end - first)
    contacts = count_matrix(recent, queues, first, end - first)
    closed = frozenset(day_number(day) for day in holidays)
    return _fit(time, contacts, queues, zone, now, closed, tuple(excluded), promise)


def _fit(
    time: Axis,
    contacts: Floats,
    queues: tuple[str, ...],
    zone: ZoneInfo,
    now: datetime,
    closed: frozenset[int],
    excluded: tuple[Excluded, ...],
    promise: float,
) -> Model:
    working = working_days(time, closed)
    left_out = marked(time, excluded, queues)
    reset = marked(time, [span for span in excluded if not span.judged], queues)
    known = np.maximum.accumulate(contacts, axis=1) > 0  # a new queue has no zeros before its first day
    days = by_day(time, contacts, working & ~left_out & known)
    learned = learn(days)
    usual = days.learnable[None, :, None]
    strays = spread(days.contacts * usual, learned.predicted * days.visits * usual)
    rho = np.array([loss_share(round(float(share), 2)) for share in strays.quietest])
    history_days = known.sum(axis=1) / SLOTS
    predicted = learned.predicted[:, time.day - time.day[0], time.cell % SLOTS]
    steps = make_steps(
        contacts, predicted * working, strays.shape, strays.least, rho, reset | left_out | ~known
    )
    errors = np.where(history_days < SURE_DAYS, 1.0, 0.0)
    factors = _tail_factors(time, steps, days.learnable, errors)
    judged = judged_rates(learned.rates, learned.late)
    weekly = judged.sum(axis=1)
    heights = _heights(factors, weekly, rho, promise)
    # Judged again with what is normal now, so that the newest model carries on where the last one stood.
    now_steps = make_steps(
        contacts, judged[:, time.cell] * working, strays.shape, strays.least, rho, reset | ~known
    )
    back = min(len(time), SLOTS)
    trace = run(now_steps, State.fresh(len(contacts), time.first * 900.0), time.starts)
    alone = (history_days >= LEARNING_DAYS) & (contacts.sum(axis=1) >= FEWEST_CONTACTS)
    alone[0] = True
    single = np.float32
    return Model(
        zone=zone,
        fitted_at=now,
        days_of_history=float(history_days[0]),
        queues=queues,
        rates=learned.rates.astype(single),
        late=learned.late,
        shape=strays.shape,
        least=strays.least,
        rho=rho,
        silence_factor=factors[0],
        loss_factor=factors[1],
        silence_height=heights[0],
        loss_height=heights[1],
        weekly=weekly,
        judged=alone,
        holidays=closed,
        excluded=excluded,
        checkpoint=time.first + len(time) - back,
        state=trace.at(len(time) - back - 1)
        if len(time) > back
        else State.fresh(len(contacts), time.first * 900.0),
    )


def working_days(time: Axis, closed: frozenset[int]) -> Bools:
    """Return which intervals lie on a day that is no holiday."""
    if not closed:
        return np.ones(len(time), dtype=bool)
    return ~np.isin(time.day, np.fromiter(closed, dtype=np.int64))


def marked(time: Axis, spans: Sequence[Excluded], queues: Sequence[str]) -> Bools:
    """Return which intervals of which stream a span touches, [streams, intervals]."""
    touched = np.zeros((len(queues) + 1, len(time)), dtype=bool)
    starts = time.starts
    for span in spans:
        inside = (starts + 900 > span.start.timestamp()) & (starts < span.end.timestamp())
        rows = [1 + queues.index(queue) for queue in span.queues if queue in queues]
        touched[rows if span.queues else slice(None)] |= inside
    return touched


def make_steps(
    contacts: Floats, expected: Floats, shape: Floats, least: Floats, rho: Floats, reset: Bools
) -> Steps:
    """Return what each interval adds to the statistics."""
    an_interval = (shape / 4)[:, None]
    return Steps(
        contacts,
        expected,
        surprise(expected, an_interval, least[:, None]),
        np.where(expected > 0, evidence(contacts, expected, an_interval, rho[:, None]), 0.0),
        reset,
    )


def _tail_factors(time: Axis, steps: Steps, learnable: Bools, errors: Floats) -> tuple[Floats, Floats]:
    usual = learnable[time.day - time.day[0]]
    steps = Steps(steps.contacts, steps.expected, steps.surprise, steps.evidence, steps.reset | ~usual)
    trace = run(steps, State.fresh(len(steps.contacts), 0.0), time.starts)
    alive = (steps.contacts > 0) & ~steps.reset
    peaks = [completed_peaks(trace, alive, stream) for stream in range(len(steps.contacts))]
    return (
        np.array([tail_factor(silence, e) for (silence, _), e in zip(peaks, errors, strict=True)]),
        np.array([tail_factor(loss, e) for (_, loss), e in zip(peaks, errors, strict=True)]),
    )


def _heights(
    factors: tuple[Floats, Floats], weekly: Floats, rho: Floats, promise: float
) -> tuple[Floats, Floats]:
    """Return the thresholds: half of the promise is the total's, the queues share the other half."""
    queues = len(weekly) - 1
    share = np.full(len(weekly), promise / (4 * max(queues, 1)))
    share[0] = promise / (4 if queues else 2)
    lengths = weekly * (QUARTERS_A_PROMISE / QUARTERS_A_WEEK) / share
    loss = [loss_run_length(float(r)).height(float(length)) for r, length in zip(rho, lengths, strict=True)]
    return factors[0] * silence_height(lengths), factors[1] * np.array(loss)
