"""The two running statistics: G, the surprise of the current silence, and S, a CUSUM for partial loss.

Both run over the quarter hours of a stream, in expected contacts:

    silence   G = a ln(1 + H / b),  H = sum since the last contact of  max(K ln(1 + mu/K), f mu)
    partial   S = max(0, S + y ln(rho) + (y + K) ln((K + mu) / (K + rho mu)))

Two things make healthy streams stray. One is how busy the day is, one factor for hours on end, which the
hours before a silence have already shown: a and b are its gamma posterior (a / b = 1: as expected),

    a <- l a + (1 - l) a0 + y      b <- l b + (1 - l) a0 + mu      (l = exp(-1/24): it forgets within six hours)

and G takes them as they were at the last contact, for a level that went on falling while nothing comes would
explain every outage away. The other is single quiet hours, which no hour before announces: K is the shape of
the negative binomial (infinite = Poisson). Each stream is judged by the one that explains it better: by a
level (a0 = 50 contacts, K infinite), or by its hours (a0 infinite, so that a / b = 1). The replay that sets
its threshold decides (``thresholds``).
In S the same level learns a partial loss away; that was tried, and S does without.

An interval with y contacts leaves 1 / (y + 1) of itself in H, as do y contacts spread at random.
"""

from dataclasses import dataclass, fields

import numpy as np

from services.detector.grid import QUARTER_SECONDS, Bools, Floats
from services.detector.spread import Spread

_RESET = -1e9
DAY_PRIOR = 50.0
"""In contacts: a0, as much as a day's level is known before it begins."""

NO_LEVEL = 1e9
"""An a0 that no contacts move."""

_KEPT = float(np.exp(-1 / 24))
"""The share of the level's evidence that is left after a quarter hour."""

_BLOCK = 48
"""Quarter hours that one matrix product carries the level through."""

_AGES = np.arange(_BLOCK)
_DECAY = np.tril(_KEPT ** np.maximum(_AGES[:, None] - _AGES[None, :], 0)).T


@dataclass(frozen=True, slots=True)
class State:
    """Where the statistics of all streams stand at one instant; every array is [streams].

    ``seen`` and ``due``: a - a0 and b - a0 of the level by now; ``frozen_*``: as they were at the last
    contact. ``hush``: H. ``*_since``: Unix time in seconds. ``*_expected`` and ``*_received`` count contacts
    since then.
    """

    seen: Floats
    due: Floats
    frozen_seen: Floats
    frozen_due: Floats
    hush: Floats
    silence: Floats
    silence_since: Floats
    silence_expected: Floats
    loss: Floats
    loss_since: Floats
    loss_expected: Floats
    loss_received: Floats

    @staticmethod
    def fresh(streams: int, at: float) -> "State":
        """Return the state of streams that nothing speaks against."""
        zero, since = np.zeros(streams), np.full(streams, at)
        return State(zero, zero, zero, zero, zero, zero, since, zero, zero, since, zero, zero)


@dataclass(frozen=True, slots=True)
class Steps:
    """What each quarter hour adds: all [streams, intervals].

    ``contacts``: y, ``expected``: mu, ``hush``: added to H while silent, ``evidence``: added to S;
    ``reset``: intervals that nobody judges, where both start afresh.
    """

    contacts: Floats
    expected: Floats
    hush: Floats
    evidence: Floats
    reset: Bools

    def between(self, start: int, end: int | None) -> "Steps":
        """Return the steps of the intervals from ``start`` to before ``end``."""
        return Steps(*(getattr(self, part.name)[:, start:end] for part in fields(self)))

    def after(self, start: int) -> "Steps":
        """Return the steps from one interval on."""
        return self.between(start, None)


@dataclass(frozen=True, slots=True)
class Trace:
    """The statistics at the end of each quarter hour, [streams, intervals].

    ``peak`` is the surprise just before the first contact of the interval, the most that G reached in it.
    """

    peak: Floats
    seen: Floats
    due: Floats
    frozen_seen: Floats
    frozen_due: Floats
    hush: Floats
    silence: Floats
    silence_since: Floats
    silence_expected: Floats
    loss: Floats
    loss_since: Floats
    loss_expected: Floats
    loss_received: Floats

    def at(self, column: int) -> State:
        """Return the state at the end of one interval; copied, so that the trace itself can go."""
        return State(*(getattr(self, part.name)[:, column].copy() for part in fields(State)))


def prior_of(by_level: Bools) -> Floats:
    """Return a0 of streams that are judged by their level, or by their hours."""
    return np.where(by_level, DAY_PRIOR, NO_LEVEL)


def hush(expected: Floats, strays: Spread, by_level: Bools) -> Floats:
    """Return what intervals without contacts add to H, [streams, intervals]."""
    by_hours = np.flatnonzero(~by_level)
    result = np.asarray(expected, dtype=float).copy()
    shape, least = strays.shape[by_hours, None] / 4, strays.least[by_hours, None]
    own = result[by_hours]
    result[by_hours] = np.maximum(shape * np.log1p(own / shape), least * own)
    return result


def surprise(hushed: Floats, seen: Floats, due: Floats, prior: Floats) -> Floats:
    """Return G: how surprising a silence is at a level."""
    return np.asarray((prior + seen) * np.log1p(hushed / (prior + due)))


def hush_at(height: Floats | float, seen: Floats, due: Floats, prior: Floats | float) -> Floats:
    """Return the H with which G reaches a height at a level."""
    return np.asarray((prior + due) * np.expm1(height / (prior + seen)))


def evidence(contacts: Floats, expected: Floats, shape: Floats | float, rho: Floats | float) -> Floats:
    """Return the log likelihood ratio of "only the share rho arrives" against "all is well"."""
    ratio = np.log1p(expected * (1 - rho) / (shape + rho * expected))
    return np.asarray(contacts * np.log(rho) + (contacts + shape) * ratio)


def run(steps: Steps, prior: Floats, state: State, starts: Floats) -> Trace:
    """Run both statistics from ``state`` over the intervals that begin at ``starts`` (Unix seconds).

    ``prior``: a0, [streams].
    """
    life = _Last((steps.contacts > 0) | steps.reset)
    left = _left(steps)
    expected, received = np.cumsum(steps.expected, axis=1), np.cumsum(steps.contacts, axis=1)
    loss = loss_path(steps.evidence, steps.reset, state.loss)
    calm = _Last(loss <= 0)
    ends = np.broadcast_to(starts + QUARTER_SECONDS, loss.shape)
    peak, seen, due, frozen_seen, frozen_due, hushed, surprised = _silence(steps, prior, state, life, left)
    return Trace(
        peak=peak,
        seen=seen,
        due=due,
        frozen_seen=frozen_seen,
        frozen_due=frozen_due,
        hush=hushed,
        silence=surprised,
        silence_since=life.of(ends - QUARTER_SECONDS * left, state.silence_since),
        silence_expected=expected - life.of(expected - steps.expected * left, -state.silence_expected),
        loss=loss,
        loss_since=calm.of(ends, state.loss_since),
        loss_expected=expected - calm.of(expected, -state.loss_expected),
        loss_received=received - calm.of(received, -state.loss_received),
    )


def peaks(steps: Steps, prior: Floats) -> tuple[Floats, Floats]:
    """Return G just before the first contact of each interval from a fresh start, and b - a0 at its end."""
    fresh = State.fresh(len(prior), 0.0)
    life = _Last((steps.contacts > 0) | steps.reset)
    peak, _, due, *_ = _silence(steps, prior, fresh, life, _left(steps))
    return peak, due


def _left(steps: Steps) -> Floats:
    """Return the share of each interval that lies after its last contact."""
    return np.where(steps.reset, 0.0, 1 / (steps.contacts + 1))


def _silence(steps: Steps, prior: Floats, state: State, life: "_Last", left: Floats) -> tuple[Floats, ...]:
    """Return the peaks, a and b now and frozen, H, and G."""
    seen, due = levels(steps, state.seen, state.due)
    frozen = life.of(seen, state.frozen_seen), life.of(due, state.frozen_due)
    total = np.cumsum(steps.hush, axis=1)
    hushed = total - life.of(total - steps.hush * left, -state.hush)
    until = _before(hushed, state.hush) + np.where(steps.contacts > 0, left, 1.0) * steps.hush
    levels_before = _before(frozen[0], state.frozen_seen), _before(frozen[1], state.frozen_due)
    peak = np.where(steps.reset, 0.0, surprise(until, *levels_before, prior[:, None]))
    return peak, seen, due, *frozen, hushed, surprise(hushed, *frozen, prior[:, None])


def _before(values: Floats, start: Floats) -> Floats:
    """Return the values at the beginning of each interval."""
    return np.concatenate([start[:, None], values[:, :-1]], axis=1)


def levels(steps: Steps, seen: Floats, due: Floats) -> tuple[Floats, Floats]:
    """Return a - a0 and b - a0 of the level at the end of each interval.

    A burst counts like the most that is still usual, so that a mass closing makes no busy day.
    """
    usual = 3 * steps.expected + 3 * np.sqrt(steps.expected) + 3
    judged = ~steps.reset
    return (
        _decayed(np.minimum(steps.contacts, usual) * judged, seen),
        _decayed(steps.expected * judged, due),
    )


def _decayed(added: Floats, start: Floats) -> Floats:
    """Return the running sums of what is added, of which a little is forgotten in every interval."""
    streams, length = added.shape
    blocks = -(-length // _BLOCK)
    padded = np.zeros((streams, blocks * _BLOCK))
    padded[:, :length] = added
    within = padded.reshape(streams, blocks, _BLOCK) @ _DECAY
    carried = np.empty((streams, blocks))
    for block in range(blocks):
        carried[:, block] = start
        start = start * _KEPT**_BLOCK + within[:, block, -1]
    within += carried[:, :, None] * _KEPT ** (_AGES + 1)
    return np.asarray(within.reshape(streams, -1)[:, :length])


def loss_path(added: Floats, reset: Bools, start: Floats) -> Floats:
    """Return S at the end of each interval."""
    total = np.cumsum(np.where(reset, _RESET, added), axis=1)
    return np.asarray(total - np.minimum.accumulate(np.minimum(total, -start[:, None]), axis=1))


class _Last:
    """The last event up to each interval, [streams, intervals]."""

    def __init__(self, event: Bools) -> None:
        last = np.maximum.accumulate(np.where(event, np.arange(event.shape[1]), -1), axis=1)
        self._never = last < 0
        self._last = np.maximum(last, 0)

    def of(self, values: Floats, before: Floats) -> Floats:
        """Return the value at that event, ``before`` where there was none."""
        return np.where(self._never, before[:, None], np.take_along_axis(values, self._last, 1))
