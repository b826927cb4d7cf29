"""Walk through a history as if it were live: learn every night, judge every minute, one alarm an episode.

The engine is the product's (``services.detector``): the same fit, the same running statistics, the same
proof of recovery. Only the minutes are not visited one by one: inside a quarter hour the surprise of a
silence grows evenly, so the minute in which it reaches its threshold can be computed.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from bench.alarms import Alarm, Episode, alarm_of, exclusions, reached
from services.detector import Model, fit
from services.detector.fitting import HISTORY_DAYS
from services.detector.grid import (
    QUARTER_SECONDS,
    SLOTS,
    Axis,
    Bools,
    Floats,
    axis,
    count_matrix,
    instant,
    quarter,
)
from services.detector.model import steps_of
from services.detector.recovery import recovery
from services.detector.rhythm import STAYS_AFTER_DAYS
from services.detector.statistics import State, Steps, Trace, loss_path, run

ACCEPTED_AFTER = timedelta(days=14)
STAYS_AFTER = timedelta(days=STAYS_AFTER_DAYS)
LONGEST_DAY = SLOTS + 8
"""In quarter hours, a change of daylight saving time included."""


@dataclass(slots=True)
class Walk:
    """What a walk saw. ``days``: under a promise; ``expected``: contacts in them, by the nightly models.

    ``rhythms``: since when contacts (of a queue, None = all) have come at other hours than before, and go on to.
    """

    episodes: list[Episode] = field(default_factory=list)
    days: int = 0
    expected: float = 0.0
    rhythms: dict[str | None, datetime] = field(default_factory=dict)

    @property
    def alarms(self) -> list[Alarm]:
        return sorted((episode.alarm for episode in self.episodes), key=lambda alarm: alarm.at)


def walk(
    counts: pd.DataFrame,
    *,
    zone: ZoneInfo,
    holidays: Collection[date] = (),
    promise: float = 1.0,
    visit: Callable[[int, Model], None] | None = None,
) -> Walk:
    """Walk through ``counts`` (queue, interval_start in UTC, contacts) from the first day to the last.

    ``visit`` is told every night's model once it has two weeks to learn from, and the quarter hour from
    which on it is used.
    """
    counts = counts.sort_values("interval_start", ignore_index=True)
    starts = pd.DatetimeIndex(counts["interval_start"]).as_unit("s").asi8 // QUARTER_SECONDS
    result = Walk()
    if not len(starts):
        return result
    last = int(starts[-1])
    for night in _nights(int(starts[0]), last, zone):
        reach = np.searchsorted(starts, [night - HISTORY_DAYS * SLOTS, night + LONGEST_DAY])
        near = counts.iloc[int(reach[0]) : int(reach[1])]
        now = instant(night * QUARTER_SECONDS)
        _accept(result.episodes, now)
        excluded = exclusions(result.episodes, now, timedelta(days=HISTORY_DAYS), result.rhythms)
        model = fit(near, zone=zone, now=now, holidays=holidays, excluded=excluded, promise=promise)
        if model is not None:
            lasting = {queue: since for queue, since in model.moves.items() if now - since >= STAYS_AFTER}
            result.rhythms.update(lasting)
        if model is None or not model.judged.any():
            continue
        if not model.learning:
            if visit:
                visit(night, model)
            result.days += 1
        _Day(model, near, night, min(_next_night(night, zone), last + 1), result).live()
    return result


def _nights(first: int, last: int, zone: ZoneInfo) -> Iterator[int]:
    """Yield the quarter hour of each local midnight."""
    night = _next_night(first, zone)
    while night <= last:
        yield night
        night = _next_night(night, zone)


def _next_night(after: int, zone: ZoneInfo) -> int:
    day = instant(after * QUARTER_SECONDS).astimezone(zone).date() + timedelta(days=1)
    return quarter(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))


def _accept(episodes: list[Episode], now: datetime) -> None:
    """Take what has lasted for two weeks for the new normal."""
    for episode in episodes:
        if episode.open and now - episode.alarm.at >= ACCEPTED_AFTER:
            episode.accepted = now


class _Day:
    """One day under one model: from alarm to recovery to alarm."""

    def __init__(self, model: Model, counts: pd.DataFrame, first: int, end: int, result: Walk) -> None:
        self.model, self.result = model, result
        self.time: Axis = axis(model.zone, model.checkpoint, end - model.checkpoint)
        self.starts = self.time.starts
        self.contacts = count_matrix(counts, model.queues, model.checkpoint, len(self.time))
        self.steps: Steps = self._steps()
        self.position = first - model.checkpoint
        self.names: tuple[str | None, ...] = (None, *model.queues)
        self.state = model.state
        if self.position:
            before = run(
                self.steps.between(0, self.position), model.prior, model.state, self.starts[: self.position]
            )
            self.state = before.at(self.position - 1)
        if not model.learning:
            result.expected += float(self.steps.expected[0, self.position :].sum())

    def live(self) -> None:
        """Go from event to event until the day is over."""
        while self.position < len(self.time):
            ahead = self.steps.after(self.position)
            trace = run(ahead, self.model.prior, self.state, self.starts[self.position :])
            most = reached(ahead, self.model.prior, self.state, trace)
            over = self._over(trace, most)
            columns = np.flatnonzero(over.any(axis=0))
            if not len(columns):
                return
            column = int(columns[0])
            row = int(over[:, column].argmax())  # the total comes before its queues
            before = trace.at(column - 1) if column else self.state
            self.state = trace.at(column)
            self.position += column
            episode = self._open().get(self.names[row])
            if episode is None:
                self._raise(row, before, trace, most, column)
            else:
                self._end(row, episode)
            self.position += 1

    def _steps(self) -> Steps:
        """Return the steps; what queues lack that alarmed meanwhile is not held against the total."""
        begin = instant(self.starts[0])
        lately = [e for e in self.result.episodes if e.open or (e.ended is not None and e.ended > begin)]
        return steps_of(self.model, self.time, self.contacts, [e.alarm.queue for e in lately])

    def _open(self) -> dict[str | None, Episode]:
        return {e.alarm.queue: e for e in self.result.episodes if e.open}

    def _over(self, trace: Trace, most: Floats) -> Bools:
        """Return in which intervals something happens to which stream: an alarm, or the end of one."""
        model, open_now = self.model, self._open()
        over = most >= model.silence_height[:, None]
        over &= model.judged[:, None]
        over |= (trace.loss >= model.loss_height[:, None]) & model.judged_for_loss[:, None]
        over &= None not in open_now
        for row, name in enumerate(self.names):
            if name in open_now:
                over[row] = self._ended(row, open_now[name])
        return over

    def _ended(self, row: int, episode: Episode) -> Bools:
        """Return after which intervals an episode is over."""
        begin = self._after(episode)
        proof, _ = recovery(
            self.model, self.time, self.steps.contacts, row, episode.alarm.kind, begin, len(self.time)
        )
        over = np.zeros(len(self.time) - self.position, dtype=bool)
        skipped = max(0, self.position - begin)
        over[len(over) - len(proof) + skipped :] |= proof[skipped:] >= 1
        return over

    def _after(self, episode: Episode) -> int:
        return max(0, quarter(episode.alarm.at) + 1 - self.time.first)

    def _raise(self, row: int, before: State, trace: Trace, most: Floats, column: int) -> None:
        if row == 0:  # what began in a queue has become everybody's
            for episode in self._open().values():
                episode.ended = instant(self.starts[self.position])
        alarm = alarm_of(self.model, self.steps, row, before, trace, most, column, self.position, self.starts)
        self.result.episodes.append(Episode(alarm))
        if row:
            self.steps = self._steps()
            seen = self.steps.between(0, self.position + 1)
            path = loss_path(seen.evidence, seen.reset, self.model.state.loss)
            self.state.loss[0] = min(self.state.loss[0], path[0, -1])

    def _end(self, row: int, episode: Episode) -> None:
        now = float(self.starts[self.position]) + QUARTER_SECONDS
        begin = self._after(episode)
        _, since = recovery(
            self.model, self.time, self.steps.contacts, row, episode.alarm.kind, begin, self.position + 1
        )
        episode.ended = instant(self.starts[since[-1]])
        self.state = _afresh(self.state, slice(None) if row == 0 else slice(row, row + 1), now)


def _afresh(state: State, rows: slice, at: float) -> State:
    """Start the statistics of some streams anew."""
    fresh = State.fresh(len(state.silence), at)
    changed = {}
    for part in fields(state):
        values = getattr(state, part.name).copy()
        values[rows] = getattr(fresh, part.name)[rows]
        changed[part.name] = values
    return replace(state, **changed)
