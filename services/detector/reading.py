"""One look at an integration: what the statistics say now, in figures a person can check."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from services.detector.arl import loss_run_length, loss_share, silence_run_length
from services.detector.grid import (
    QUARTER_SECONDS,
    QUARTERS_A_WEEK,
    SLOTS,
    Axis,
    Floats,
    Ints,
    axis,
    count_matrix,
    instant,
    quarter,
)
from services.detector.model import Model, steps_of, working_days
from services.detector.records import Kind, OpenAlarm, Reading, StreamReading, Suspicion
from services.detector.statistics import State, Steps, Trace, evidence, run

AHEAD_DAYS = 8
_QUIET_SHARE = 0.25  # of the weekly mean: below, and below _QUIET_RATE, nothing is expected
_QUIET_RATE = 0.5 / 4  # contacts per quarter hour


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
    first, end = model.checkpoint, quarter(now) + 1
    time = axis(model.zone, first, AHEAD_DAYS * SLOTS + _round_up(end - first))
    contacts = np.zeros((len(model.queues) + 1, len(time)))
    contacts[:, : end - first] = count_matrix(recent, model.queues, first, end - first)
    horizon = (now - lag).timestamp()
    steps = steps_of(model, time, contacts)
    view = View(model, time, steps, end - first, now.timestamp(), horizon)
    trace = _judge(view, since, last_contact_at or {})
    readings = [_stream(view, trace, row, open_alarms or {}) for row in range(len(contacts))]
    total, queues = readings[0], readings[1:]
    if total.alarm or model.learning:
        queues = [_muted(queue) for queue in queues]
    if model.learning:
        total = _muted(total)
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
        steps.surprise[:, : view.seen] * weight,
        steps.evidence[:, : view.seen] * over,
        reset,
    )
    trace = run(partial, view.model.state, starts)
    return _to_the_second(view, trace, last_contact_at) if last_contact_at else trace


def _to_the_second(view: View, trace: Trace, last_contact_at: Mapping[str, datetime]) -> Trace:
    """Correct the current silence by the instant of the last contact, where that is known."""
    known = {queue: at.timestamp() for queue, at in last_contact_at.items() if at.timestamp() <= view.now}
    silence, since, expected = (
        x.copy() for x in (trace.silence, trace.silence_since, trace.silence_expected)
    )
    newest = max(known.values(), default=None)
    for row, at in enumerate([newest, *(known.get(queue) for queue in view.model.queues)]):
        if at is None or at < since[row, -1] - QUARTER_SECONDS:
            continue
        column = int(at // QUARTER_SECONDS) - view.time.first
        if not 0 <= column < view.seen:
            continue
        share = _share_after(view, at, column)
        silence[row, -1] = view.steps.surprise[row, column : view.seen] @ share
        expected[row, -1] = view.steps.expected[row, column : view.seen] @ share
        since[row, -1] = at
    return replace(trace, silence=silence, silence_since=since, silence_expected=expected)


def _share_after(view: View, at: float, column: int) -> Floats:
    """Return which share of each interval from ``column`` on lies between ``at`` and the horizon."""
    starts = view.time.starts[column : view.seen]
    end = np.clip(view.horizon, starts, starts + QUARTER_SECONDS)
    return np.asarray(np.maximum(end - np.maximum(starts, at), 0) / QUARTER_SECONDS)


def _stream(view: View, trace: Trace, row: int, open_alarms: Mapping[str | None, OpenAlarm]) -> StreamReading:
    model, state = view.model, trace.at(trace.loss.shape[1] - 1)
    queue = model.queues[row - 1] if row else None
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
        level=state.loss[row] / max(model.loss_height[row], 1e-9),
        weeks=loss_run_length(float(model.rho[row])).at(state.loss[row] / model.loss_factor[row]) / weekly,
        judged=bool(model.judged[row]),
    )
    alarm = open_alarms.get(queue)
    return StreamReading(
        queue,
        silence,
        loss,
        bool(model.judged[row]),
        expected_per_hour=float(view.steps.expected[row, view.seen - 1] * 4),
        nothing_expected_until=_next_expected(view, row),
        earliest_verdict_at=_earliest_verdict(view, state, row),
        recovered_at=recovered_at(view, row, alarm) if alarm else None,
    )


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


def _next_expected(view: View, row: int) -> datetime | None:
    rates = view.steps.expected[row, view.seen - 1 :]
    quiet = min(_QUIET_SHARE * float(view.model.weekly[row]) / QUARTERS_A_WEEK, _QUIET_RATE)
    due = np.flatnonzero(rates >= max(quiet, 1e-6))
    if len(due) and due[0] == 0:
        return None
    return instant(view.time.starts[view.seen - 1 + (due[0] if len(due) else len(rates) - 1)])


def _earliest_verdict(view: View, state: State, row: int) -> datetime | None:
    """Return when G or S would reach its threshold if nothing came from now on, the lag included."""
    model = view.model
    if not model.judged[row] or model.learning:
        return None
    begin = view.seen - 1
    starts = view.time.starts[begin:]
    left = np.clip((starts + QUARTER_SECONDS - view.horizon) / QUARTER_SECONDS, 0, 1)
    waits = []
    for statistic, height, added in (
        (state.silence[row], model.silence_height[row], view.steps.surprise[row, begin:]),
        (state.loss[row], model.loss_height[row], _evidence_of_nothing(view, row, begin)),
    ):
        reached = np.flatnonzero(statistic + np.cumsum(added * left) >= height)
        if len(reached):
            waits.append(float(starts[reached[0]]) + QUARTER_SECONDS)
    if not waits:
        return None
    return instant(max(view.now, min(waits) + view.now - view.horizon))


def _evidence_of_nothing(view: View, row: int, begin: int) -> Floats:
    model = view.model
    shape, rho, expected = model.shape[row] / 4, model.rho[row], view.steps.expected[row, begin:]
    result: Floats = shape * np.log1p(expected * (1 - rho) / (shape + rho * expected))
    return result


def recovered_at(view: View, row: int, alarm: OpenAlarm) -> datetime | None:
    """Return when the data of a stream began to flow normally again, None while that is not proven."""
    begin = max(0, quarter(alarm.at) - view.time.first)
    proof, since = recovery(view.model, view.time, view.steps.contacts, row, alarm.kind, begin, view.seen)
    if not len(proof) or proof[-1] < 1:
        return None
    return instant(view.time.starts[since[-1]])


def recovery(
    model: Model, time: Axis, contacts: Floats, row: int, kind: Kind, begin: int, end: int
) -> tuple[Floats, Ints]:
    """Return the proof that a stream recovered (1 = enough) after each interval, and since when it flows.

    The test is the partial-loss CUSUM turned round: evidence that all is well against a loss, gathered
    since the most favourable moment. A few contacts that trickle in clear nothing, and a partial loss is
    over only when the stream is nearer to its usual rate than to the slowest normal one. No late opening
    is allowed for here: a morning at half the usual rate must not pass for a full one.
    """
    rates = model.rates[row, time.cell[begin:end]].astype(float)
    expected = rates * working_days(time, model.holidays)[begin:end]
    rho = float(model.rho[row])
    if kind == "partial_loss":
        rho = loss_share(round((1 + (1 - rho) / -np.log(rho)) / 2, 2))
    shape = model.shape[row] / 4
    added = np.where(expected > 0, evidence(contacts[row, begin:end], expected, shape, rho), 0.0)
    total = np.cumsum(added)
    worst = np.maximum.accumulate(np.maximum(total, 0.0))
    last = np.maximum.accumulate(np.where((total >= worst) & (total > 0), np.arange(len(total)) + 1, 0))
    needed = max(float(np.log(20)), float(model.loss_height[row]) / 2)
    return (worst - total) / needed, begin + last
