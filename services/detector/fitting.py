"""Learn a model from a history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from services.detector.grid import (
    CELLS,
    QUARTER_SECONDS,
    SLOTS,
    Bools,
    Floats,
    axis,
    count_matrix,
    day_number,
    instant,
    quarter,
)
from services.detector.learning import Days, Learned, along, by_day, judged_rates, learn, learn_again
from services.detector.model import Model, make_steps, marked
from services.detector.oddities import outage_hours
from services.detector.records import Excluded
from services.detector.seen import Seen, before_move, moves, see, shown_by_days, since_moves
from services.detector.spread import Spread, spread
from services.detector.statistics import LAST, State, prior_of, run
from services.detector.thresholds import Thresholds, for_young, longest_run, thresholds
from services.detector.young import FIRST_DAYS, by_whole_days, charged_factor, is_young, lowest_rates

if TYPE_CHECKING:
    import pandas as pd


HISTORY_DAYS = 56
SURE_DAYS = 28
FEWEST_CONTACTS = 10
"""Contacts in the history of a queue that is judged alone."""

CHECKPOINT_DAYS = 1
"""How far before the fit the statistics start anew, for what arrives late."""


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
    import pandas as pd

    end = quarter(now)
    starts = pd.DatetimeIndex(history["interval_start"]).as_unit("s").asi8 // QUARTER_SECONDS
    inside = (starts >= end - HISTORY_DAYS * SLOTS) & (starts < end)
    if not inside.any():
        return None
    recent = history[inside]
    queues = tuple(sorted(recent["queue"].unique()))
    queues = queues if len(queues) > 1 else ()
    first = int(starts[inside].min())
    seen = see(
        axis(zone, first, end - first),
        count_matrix(recent, queues, first, end - first),
        queues,
        frozenset(day_number(day) for day in holidays),
        tuple(excluded),
    )
    return _fit(seen, zone, now, promise)


def _fit(seen: Seen, zone: ZoneInfo, now: datetime, promise: float) -> Model:
    time, known, apart = seen.time, seen.known, seen.apart
    fair = seen.working & ~seen.marked() & known
    days = by_day(time, seen.contacts, fair)
    if seen.moves is None and (found := moves(seen, days)):
        return _fit(since_moves(seen, found), zone, now, promise)
    days, learned, broken = _without_outages(seen, days, fair)
    predicted = _predicted(seen, learned)
    usual = days.learnable[None, :, None]
    strays = spread(days.contacts * usual, learned.predicted * days.visits * usual)
    history_days = known.sum(axis=1) / SLOTS
    young = is_young(history_days)
    rates = _judged_by(seen, days, fair, learned, young)
    before = before_move(seen) * young[:, None]
    weekly = np.maximum(rates, before).sum(axis=1)
    weekly[0] += rates[apart].sum()
    errors = np.where(history_days < SURE_DAYS, 2.0, 1.0)  # of the tail factors, to be on the safe side
    limits = _thresholds(seen, days, broken, predicted, strays, weekly, promise, errors)
    limits = for_young(limits, young, charged_factor(history_days))
    rates = np.maximum(rates, by_whole_days(before, limits.silence_height))
    strays = Spread(strays.shape, np.where(young, 1.0, strays.least))
    checkpoint = max(0, len(time) - CHECKPOINT_DAYS * SLOTS)
    alone = (rates.sum(axis=1) > 0) & (seen.contacts.sum(axis=1) >= FEWEST_CONTACTS)
    alone[0] |= not young[0]
    normal = learned.rates.astype(np.float32)
    normal[0] += normal[apart].sum(axis=0)
    return Model(
        zone=zone,
        fitted_at=now,
        days_of_history=float(history_days[0]),
        queues=seen.queues,
        rates=normal,
        late=learned.late,
        shape=strays.shape,
        least=strays.least,
        by_level=limits.by_level,
        rho=limits.rho,
        silence_factor=limits.silence_factor,
        loss_factor=limits.loss_factor,
        silence_height=limits.silence_height,
        loss_height=limits.loss_height,
        weekly=rates.sum(axis=1),
        judged=alone,
        young=young,
        lowest=rates[young].astype(np.float32),
        since=seen.time.starts[known.argmax(axis=1)],
        holidays=seen.holidays,
        excluded=seen.excluded,
        checkpoint=time.first + checkpoint,
        state=_state(
            seen,
            rates / np.where(young, 1.0, np.maximum(learned.level, 1.0))[:, None],
            strays,
            limits,
            checkpoint,
        ),
        moves={(None, *seen.queues)[row]: instant(at) for row, at in (seen.moves or {}).items()},
        apart=apart,
    )


def _without_outages(seen: Seen, days: Days, fair: Bools) -> tuple[Days, Learned, Bools]:
    """Return the days and what they teach without the hours of outage that they show, and these hours."""
    learned = learn(days)
    broken = _outage_hours(seen, days, _predicted(seen, learned))
    if broken.any():
        fewer = np.asarray(broken.any(axis=1))
        days, learned = learn_again(seen.time, seen.contacts, fair & ~broken, fewer, days, learned)
    return days, learned, broken


def _judged_by(seen: Seen, days: Days, fair: Bools, learned: Learned, young: Bools) -> Floats:
    """Return the rates that the streams are judged by; a young one by the lowest that its days allow."""
    rates = judged_rates(learned.rates, learned.late)
    if young.any():
        shown = shown_by_days(seen, days, fair)
        shown = replace(shown, contacts=shown.contacts[young], visits=shown.visits[young])
        rates[young] = lowest_rates(shown).reshape(-1, CELLS)
    return rates


def _predicted(seen: Seen, learned: Learned) -> Floats:
    """Return the history as it would have been predicted, [streams, intervals]."""
    return along(seen.time, learned.predicted) * seen.working


def _outage_hours(seen: Seen, days: Days, predicted: Floats) -> Bools:
    """Return the hours of outage that nobody marked, or that only the statistics did."""
    usual = days.learnable[seen.time.day - seen.time.day[0]]
    judged = seen.known & usual & ~seen.marked(unconfirmed=False)
    return outage_hours(seen.time, seen.contacts, predicted * judged)


def _thresholds(
    seen: Seen,
    days: Days,
    broken: Bools,
    predicted: Floats,
    strays: Spread,
    weekly: Floats,
    promise: float,
    errors: Floats,
) -> Thresholds:
    """Replay the history as it would have been predicted.

    What is excluded is not replayed, nor is an hour of outage that nobody marked. Alarms that nothing
    confirmed are, other than the longest and those far beyond the stream's other silences: a stream that
    raises several in eight weeks is one that strays, and to leave them out of the replay would lower its
    thresholds until it alarmed for ever.
    """
    confirmed = seen.marked(unconfirmed=False)
    unconfirmed = seen.marked(unconfirmed=True)
    unusual = ~days.learnable[seen.time.day - seen.time.day[0]]
    left_out = confirmed | longest_run(unconfirmed) | broken | ~seen.known | unusual
    return thresholds(seen.contacts, predicted, left_out, strays, weekly, promise, errors)


def _state(seen: Seen, rates: Floats, strays: Spread, limits: Thresholds, checkpoint: int) -> State:
    """Judge the history by what is normal now, so that the new model carries on where the last one stood.

    ``rates`` leave out a level above 1: the weeks before a growth were no loss.
    """
    fresh = State.fresh(len(rates), seen.time.first * float(QUARTER_SECONDS))
    if not checkpoint:
        return fresh
    time = seen.time
    steps = make_steps(
        seen.contacts[:, :checkpoint],
        (rates[:, time.cell] * seen.working)[:, :checkpoint],
        strays,
        limits.by_level,
        limits.rho,
        (seen.marked(judged=False) | ~seen.known)[:, :checkpoint],
        marked(time, [span for span in seen.excluded if span.of_queues], seen.queues)[:, :checkpoint],
    )
    waits = seen.known_from[:, None] + FIRST_DAYS * 86_400.0 > time.starts[:checkpoint]
    steps = replace(steps, evidence=np.where(waits, 0.0, steps.evidence))  # not judged for a loss yet
    return run(steps, prior_of(limits.by_level), fresh, time.starts[:checkpoint], LAST).at(-1)
