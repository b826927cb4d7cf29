"""Break healthy streams at random moments and measure how long it takes until somebody notices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.alarms import reached
from services.detector import Model
from services.detector.arl import loss_run_length, silence_height
from services.detector.grid import (
    QUARTER_SECONDS,
    QUARTERS_A_PROMISE,
    QUARTERS_A_WEEK,
    SLOTS,
    Floats,
    axis,
    count_matrix,
)
from services.detector.model import steps_of
from services.detector.statistics import Steps, Trace, hush_at, run

HORIZON = 7 * 96
"""In quarter hours."""

MARGIN = 4 * 96
"""Quarter hours of the series before the first fault: as far back as a model's checkpoint may lie."""

LOOK = 1 / 15
"""The watcher looks once a minute; in quarter hours."""

EACH_BUDGET = 0.5
"""The share of the promise for each of the two statistics of a stream alone."""

TRIES = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """From ``at`` (quarter hours since 1970, with a fraction) on only a share of the contacts comes.

    ``contacts``: what arrives, [quarter hours], starting with number ``first``. ``last_contact``: when
    the last one before the fault came, in quarter hours, if it came in the same quarter hour.
    """

    at: float
    first: int
    contacts: Floats
    last_contact: float | None
    model: Model

    @property
    def broken(self) -> int:
        """The place of the quarter hour in which the fault begins."""
        return int(self.at) - self.first


@dataclass(frozen=True, slots=True)
class Trial:
    """Delays in hours from the fault to the alarm; infinite = missed within seven days.

    ``bound``: what an ideal detector needs on average. ``is_open``: contacts were due at the time.
    """

    delay: float
    bound: float
    is_open: bool


def faults(
    models: Sequence[tuple[int, Model]],
    counts: pd.DataFrame,
    *,
    arriving: float,
    wanted: int,
    seed: int,
    avoid: Sequence[tuple[int, int]] = (),
) -> list[Fault]:
    """Break a stream at ``wanted`` random wall-clock times, so that only the share ``arriving`` comes.

    ``models``: each night's model with the quarter hour from which on it is used; the one in force when
    a fault begins judges all of it. ``avoid``: spans of quarter hours that are broken by nature.
    """
    rng = np.random.default_rng(seed)
    nights = np.array([night for night, _ in models])
    starts = pd.DatetimeIndex(counts["interval_start"]).as_unit("s").asi8 // QUARTER_SECONDS
    last = int(starts.max()) - HORIZON
    origin = int(nights[0]) - MARGIN
    series = count_matrix(counts, (), origin, last + HORIZON + 2 - origin)[0].astype(int)
    result: list[Fault] = []
    for _ in range(wanted * TRIES):
        if len(result) == wanted:
            break
        at = float(rng.uniform(nights[0], last))
        if any(start - HORIZON < at < end for start, end in avoid):
            continue
        night, model = models[int(np.searchsorted(nights, at, side="right")) - 1]
        if at - night > SLOTS + MARGIN / 2:
            continue  # nights without a model that judges everything: a new rhythm is being learned
        fault = _break(model, series, origin, at, arriving, rng)
        if _calm_before(fault):
            result.append(fault)
    return result


def _break(
    model: Model, series: Floats, origin: int, at: float, arriving: float, rng: np.random.Generator
) -> Fault:
    first = model.checkpoint
    broken, fraction = int(at) - first, at % 1
    contacts = series[first - origin : first - origin + broken + 1 + HORIZON].copy()
    before = int(rng.binomial(contacts[broken], fraction))
    rest = contacts[broken:].copy()
    rest[0] -= before
    contacts[broken:] = rng.binomial(rest, arriving)
    contacts[broken] += before
    last = first + broken + fraction * rng.random() ** (1 / before) if before else None
    return Fault(at, first, contacts.astype(float), last, model)


def _replay(fault: Fault) -> tuple[Steps, Trace, Floats]:
    """Return the steps of a fault, the statistics, and the most that G was in each interval."""
    time = axis(fault.model.zone, fault.first, MARGIN + HORIZON)
    contacts = np.zeros((1, len(time)))
    contacts[0, : len(fault.contacts)] = fault.contacts
    steps = steps_of(fault.model, time, contacts)
    start = fault.model.prior, fault.model.state
    trace = run(steps, *start, time.starts)
    return steps, trace, reached(steps, *start, trace)[0]


def _calm_before(fault: Fault) -> bool:
    _, trace, most = _replay(fault)
    model, earlier = fault.model, slice(0, fault.broken)
    alarming = (trace.loss[0, earlier] >= model.loss_height[0]) | (most[earlier] >= model.silence_height[0])
    return not alarming.any()


def notice(fault: Fault, arriving: float, *, to_the_second: bool = True) -> Trial:
    """Return how long the detector takes to notice a fault.

    ``to_the_second``: whether it knows the second of the last contact, as it does live.
    """
    steps, trace, most = _replay(fault)
    model, broken = fault.model, fault.broken
    after = slice(broken, len(fault.contacts))
    found = []
    loss = np.flatnonzero(trace.loss[0, after] >= model.loss_height[0])
    if len(loss):
        found.append(broken + loss[0] + 1.0)
    silence = _silence(fault, steps, trace, most[after], after, known=arriving == 0 and to_the_second)
    if silence is not None:
        found.append(silence + LOOK)
    delay = (min(found) - (fault.at - fault.first)) / 4 if found else np.inf
    soon = steps.expected[0, broken : broken + 4].sum()
    usual = float(model.weekly[0]) / 168
    return Trial(delay, bound(fault, steps.expected[0], arriving), bool(soon > usual / 4))


def _silence(
    fault: Fault, steps: Steps, trace: Trace, most: Floats, after: slice, *, known: bool
) -> float | None:
    """Return the place on the axis, with a fraction, at which G reaches its threshold.

    ``known``: nothing comes any more, and the time of the last contact is known.
    """
    height = float(fault.model.silence_height[0])
    hits = np.flatnonzero(most >= height)
    enough = hush_at(height, trace.frozen_seen[0], trace.frozen_due[0], fault.model.prior[0])[after]
    hushed = trace.hush[0, after]
    if known and fault.last_contact is not None:
        hushed = np.cumsum(steps.hush[0, after])
        hushed -= steps.hush[0, after.start] * (fault.last_contact - fault.first - after.start)
        hits = np.flatnonzero(hushed >= enough)
    if not len(hits):
        return None
    place = after.start + int(hits[0])
    too_much = (hushed[hits[0]] - enough[hits[0]]) / max(float(steps.hush[0, place]), 1e-12)
    return float(place + 1 - np.clip(too_much, 0, 1))


def bound(fault: Fault, expected: Floats, arriving: float) -> float:
    """Return the hours an ideal detector needs on average, one that knows the rate and the fault."""
    length = float(fault.model.weekly[0]) * QUARTERS_A_PROMISE / QUARTERS_A_WEEK / EACH_BUDGET
    if arriving == 0:
        contacts = float(silence_height(length))
    else:
        contacts = loss_run_length(arriving, arriving).at(loss_run_length(arriving).height(length))
    begin = fault.at - fault.first
    total = np.cumsum(expected[fault.broken :]) - expected[fault.broken] * (begin % 1)
    if total[-1] < contacts:
        return np.inf
    place = int(np.argmax(total >= contacts))
    missing = (total[place] - contacts) / max(float(expected[fault.broken + place]), 1e-12)
    return float(fault.broken + place + 1 - missing - begin) / 4
