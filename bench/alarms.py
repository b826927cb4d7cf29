"""Alarms and the episodes they open, as the walk through a history records them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from services.detector import Excluded, Model
from services.detector.arl import loss_run_length, silence_run_length
from services.detector.grid import QUARTER_SECONDS, Floats, instant
from services.detector.records import Kind
from services.detector.statistics import State, Steps, Trace, hush_at, peaks

LOOK_SECONDS = 60
"""What passes between two looks of the watcher."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm. ``queue`` None = the total; ``expected`` and ``received``: contacts since ``since``."""

    at: datetime
    queue: str | None
    kind: Kind
    since: datetime
    expected: float
    received: int
    once_in_weeks: float


@dataclass(slots=True)
class Episode:
    """An alarm until the data flows again (``ended``), or until it has lasted so long that it is the new
    normal (``accepted``)."""

    alarm: Alarm
    ended: datetime | None = None
    accepted: datetime | None = None

    @property
    def open(self) -> bool:
        return self.ended is None and self.accepted is None


def exclusions(
    episodes: Sequence[Episode], now: datetime, history: timedelta, rhythms: Mapping[str | None, datetime]
) -> tuple[Excluded, ...]:
    """Return what must not be learned: every outage; and for the new normal or rhythm, the time before it."""
    spans = [
        Excluded(now - history, since, () if queue is None else (queue,), forgotten=True)
        for queue, since in rhythms.items()
        if since > now - history
    ]
    for episode in episodes:
        queues = () if episode.alarm.queue is None else (episode.alarm.queue,)
        since = episode.alarm.since
        if episode.accepted:
            spans.append(Excluded(now - history, since, queues))
        else:
            end = episode.ended or now
            spans.append(Excluded(since, end, queues, judged=episode.open, unconfirmed=True))
    return tuple(span for span in spans if span.end > now - history)


def reached(steps: Steps, prior: Floats, state: State, trace: Trace) -> Floats:
    """Return the most that G was in each interval, at its end or before its first contact: [streams, intervals].

    ``trace``: of all steps, from ``state`` on.
    """
    most = trace.silence.copy()
    ended = peaks(steps, prior, state, trace.seen, trace.due)
    places = ended.row, ended.place
    most[places] = np.maximum(most[places], ended.surprise)
    return most


def alarm_of(
    model: Model,
    steps: Steps,
    row: int,
    before: State,
    trace: Trace,
    most: Floats,
    column: int,
    position: int,
    starts: Floats,
) -> Alarm:
    """Return the alarm that a stream raises in one interval.

    ``before``: the state at its start; ``most``: the most that G ``reached``; ``column``: of the trace;
    ``position``: of the steps and starts.
    """
    queue = model.queues[row - 1] if row else None
    weekly = max(float(model.weekly[row]), 1e-9)
    start = float(starts[position])
    height = float(model.silence_height[row])
    if most[row, column] >= height:
        enough = hush_at(height, before.frozen_seen[row], before.frozen_due[row], model.prior[row])
        share = _share(float(enough - before.hush[row]), float(steps.hush[row, position]))
        return Alarm(
            at=instant(math.ceil((start + share * QUARTER_SECONDS) / LOOK_SECONDS) * LOOK_SECONDS),
            queue=queue,
            kind="silence",
            since=instant(before.silence_since[row]),
            expected=float(before.silence_expected[row] + share * steps.expected[row, position]),
            received=0,
            once_in_weeks=float(silence_run_length(height / model.silence_factor[row])) / weekly,
        )
    run_length = loss_run_length(float(model.rho[row]))
    return Alarm(
        at=instant(start + QUARTER_SECONDS),
        queue=queue,
        kind="partial_loss",
        since=instant(trace.loss_since[row, column]),
        expected=float(trace.loss_expected[row, column]),
        received=round(float(trace.loss_received[row, column])),
        once_in_weeks=run_length.at(float(trace.loss[row, column] / model.loss_factor[row])) / weekly,
    )


def _share(missing: float, gained: float) -> float:
    """Return after which share of an interval what is missing for an alarm has been gained."""
    return float(np.clip(missing / gained, 0, 1)) if gained > 0 else 1.0
