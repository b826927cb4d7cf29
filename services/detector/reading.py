"""One look at an integration: what the statistics say now, in figures a person can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from services.detector.ahead import earliest_verdicts, next_expected, usual_rates
from services.detector.arl import loss_run_length, silence_run_length
from services.detector.grid import (
    QUARTER_SECONDS,
    SLOTS,
    Axis,
    axis,
    count_matrix,
    instant,
    quarter,
)
from services.detector.model import Model, steps_of
from services.detector.records import Kind, OpenAlarm, Reading, StreamReading, Suspicion
from services.detector.recovery import recovered_at
from services.detector.statistics import LAST, State, Steps, Trace, run, surprise

if TYPE_CHECKING:
    import pandas as pd


AHEAD_DAYS = 8


def evaluate(
    model: Model,
    recent: pd.DataFrame,
    *,
    now: datetime,
    lag: timedelta,
    since: datetime | None = None,
    last_contact_at: Mapping[str, datetime] | None = None,
    open_alarms: Mapping[str | None, OpenAlarm] | None = None,
) -> Reading:
    """Judge every stream of the integration at ``now``.

    ``recent``: non-zero counts with the columns queue, interval_start (UTC quarter hour), contacts, at
    least from ``model.watched_from(now)`` on. ``lag``: how late a resolution may arrive; what is
    younger is not missed yet, but what did arrive counts as life. ``since``: judge only what came after
    (a resumed or repaired integration). ``last_contact_at``: the newest contact by queue, to the second.
    ``open_alarms``: the open alarm of each stream that has one (None = total); its ``recovered_at`` then
    says when the data began to flow again.
    """
    first = model.checkpoint
    end = max(quarter(now), first) + 1
    time = axis(model.zone, first, AHEAD_DAYS * SLOTS + _round_up(end - first))
    contacts = np.zeros((len(model.queues) + 1, len(time)))
    contacts[:, : end - first] = count_matrix(recent, model.queues, first, end - first)
    horizon = (now - lag).timestamp()
    steps = steps_of(model, time, contacts, list(open_alarms or ()))
    view = View(model, time, steps, end - first, now.timestamp(), horizon)
    trace = _judge(view, since, last_contact_at or {})
    readings = _streams(view, trace, open_alarms or {})
    total, queues = readings[0], readings[1:]
    if total.alarm:
        queues = [_muted(queue) for queue in queues]
    queues.sort(key=lambda reading: (-reading.alarm, -reading.level, reading.queue or ""))
    return Reading(now, model.learning, model.days_of_history, total, tuple(queues))


@dataclass(frozen=True, slots=True)
class View:
    """A model over an axis that reaches from its checkpoint into the future; the first ``seen``
    intervals have begun. ``now`` and ``horizon`` (what lies after it is not missed yet): Unix seconds."""

    model: Model
    time: Axis
    steps: Steps
    seen: int
    now: float
    horizon: float


def _round_up(intervals: int) -> int:
    """Round up to a day, so that few different axes are needed."""
    return -(-intervals // SLOTS) * SLOTS


def _judge(view: View, since: datetime | None, last_contact_at: Mapping[str, datetime]) -> Trace:
    starts = view.time.starts[: view.seen]
    weight = np.clip((view.horizon - starts) / QUARTER_SECONDS, 0, 1)
    over = weight >= 1  # partial loss is judged by finished intervals only
    steps = view.steps
    reset = steps.reset[:, : view.seen]
    if since is not None:
        reset = reset | (starts < since.timestamp())
    partial = Steps(
        steps.contacts[:, : view.seen],
        steps.expected[:, : view.seen] * weight,
        steps.hush[:, : view.seen] * weight,
        steps.evidence[:, : view.seen] * over,
        reset,
    )
    trace = run(partial, view.model.prior, view.model.state, starts, LAST)
    return _to_the_second(view, trace, last_contact_at) if last_contact_at else trace


def _to_the_second(view: View, trace: Trace, last_contact_at: Mapping[str, datetime]) -> Trace:
    """Correct the current silence by the instant of the last contact, where that is known."""
    known = {queue: at.timestamp() for queue, at in last_contact_at.items() if at.timestamp() <= view.now}
    hushed, since, expected = (x.copy() for x in (trace.hush, trace.silence_since, trace.silence_expected))
    newest = max(known.values(), default=None)
    starts = view.time.starts[: view.seen]
    ends = np.minimum(np.maximum(starts, view.horizon), starts + QUARTER_SECONDS)
    for row, at in enumerate([newest, *(known.get(queue) for queue in view.model.queues)]):
        if at is None or at < since[row, -1] - QUARTER_SECONDS:
            continue
        column = int(at // QUARTER_SECONDS) - view.time.first
        if not 0 <= column < view.seen:
            continue
        # Which share of each interval lies between the contact and the horizon.
        after = np.maximum(ends[column:] - np.maximum(starts[column:], at), 0)
        share = after / QUARTER_SECONDS
        hushed[row, -1] = view.steps.hush[row, column : view.seen] @ share
        expected[row, -1] = view.steps.expected[row, column : view.seen] @ share
        since[row, -1] = at
    silence = surprise(hushed, trace.frozen_seen, trace.frozen_due, view.model.prior[:, None])
    return replace(trace, hush=hushed, silence=silence, silence_since=since, silence_expected=expected)


def _streams(view: View, trace: Trace, open_alarms: Mapping[str | None, OpenAlarm]) -> list[StreamReading]:
    model, begin, state = view.model, view.seen - 1, trace.at(-1)
    starts = view.time.starts[begin:]
    rates = usual_rates(model, view.time, begin)
    due = next_expected(model, rates, starts)
    verdicts = earliest_verdicts(
        model, view.steps.after(begin), state, starts, now=view.now, horizon=view.horizon
    )
    readings = []
    for row, queue in enumerate((None, *model.queues)):
        silence, loss = _suspicions(view, state, row)
        alarm = open_alarms.get(queue)
        readings.append(
            StreamReading(
                queue,
                silence,
                loss,
                bool(model.judged[row]),
                expected_per_hour=float(rates[row, 0] * 4),
                nothing_expected_until=due[row],
                earliest_verdict_at=verdicts[row],
                recovered_at=recovered_at(model, view.time, view.steps.contacts, row, alarm, view.seen)
                if alarm
                else None,
            )
        )
    return readings


def _suspicions(view: View, state: State, row: int) -> tuple[Suspicion, Suspicion]:
    model = view.model
    weekly = max(float(model.weekly[row]), 1e-9)
    silence = _suspicion(
        "silence",
        view.now,
        since=state.silence_since[row],
        counts=(state.silence_expected[row], 0),
        level=state.silence[row] / max(model.silence_height[row], 1e-9),
        weeks=float(silence_run_length(min(state.silence[row] / model.silence_factor[row], 50.0))) / weekly,
        judged=bool(model.judged[row]),
    )
    loss = _suspicion(
        "partial_loss",
        view.now,
        since=state.loss_since[row],
        counts=(state.loss_expected[row], round(float(state.loss_received[row]))),
        level=state.loss[row] / max(model.loss_height[row], 1e-9) if model.judged_for_loss[row] else 0.0,
        weeks=loss_run_length(float(model.rho[row])).at(state.loss[row] / model.loss_factor[row]) / weekly,
        judged=bool(model.judged_for_loss[row]),
    )
    return silence, loss


def _suspicion(
    kind: Kind,
    now: float,
    *,
    since: float,
    counts: tuple[float, int],
    level: float,
    weeks: float,
    judged: bool,
) -> Suspicion:
    expected, received = counts
    return Suspicion(
        kind,
        instant(min(since, now)),
        max(0.0, float(expected)),
        received,
        float(level),
        weeks if level > 0 else None,
        judged and bool(level >= 1),
    )


def _muted(reading: StreamReading) -> StreamReading:
    return replace(
        reading,
        silence=replace(reading.silence, alarm=False),
        partial_loss=replace(reading.partial_loss, alarm=False),
    )
