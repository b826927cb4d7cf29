"""The two running statistics: G, the surprise of the current silence, and S, a CUSUM for partial loss.

Both are running sums over the quarter hours of a stream (negative binomial; shape -> infinity = Poisson):

    silence   G = sum since the last contact of  max(K ln(1 + mu/K), f mu)
    partial   S = max(0, S + y ln(rho) + (y + K) ln((K + mu) / (K + rho mu)))

An interval with y contacts leaves 1 / (y + 1) of itself in G, as do y contacts spread at random.
"""

from dataclasses import dataclass, fields

import numpy as np

from services.detector.grid import QUARTER_SECONDS, Bools, Floats

_RESET = -1e9


@dataclass(frozen=True, slots=True)
class State:
    """Where the statistics of all streams stand at one instant; every array is [streams].

    ``*_since``: Unix time in seconds. ``expected`` and ``received`` count contacts since then.
    """

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
        return State(zero, since, zero, zero, since, zero, zero)


@dataclass(frozen=True, slots=True)
class Steps:
    """What each quarter hour adds: all [streams, intervals].

    ``contacts``: y, ``expected``: mu, ``surprise``: added to G while silent, ``evidence``: added to S;
    ``reset``: intervals that nobody judges, where both start afresh.
    """

    contacts: Floats
    expected: Floats
    surprise: Floats
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


def surprise(expected: Floats, shape: Floats, least: Floats) -> Floats:
    """Return how surprising it is that nothing came; ``least`` of the expectation at the least."""
    return np.asarray(np.maximum(shape * np.log1p(expected / shape), least * expected))


def evidence(contacts: Floats, expected: Floats, shape: Floats | float, rho: Floats | float) -> Floats:
    """Return the log likelihood ratio of "only the share rho arrives" against "all is well"."""
    ratio = np.log1p(expected * (1 - rho) / (shape + rho * expected))
    return np.asarray(contacts * np.log(rho) + (contacts + shape) * ratio)


def run(steps: Steps, state: State, starts: Floats) -> Trace:
    """Run both statistics from ``state`` over the intervals that begin at ``starts`` (Unix seconds)."""
    expected = np.cumsum(steps.expected, axis=1)
    alive = (steps.contacts > 0) | steps.reset
    left = np.where(steps.reset, 0.0, 1 / (steps.contacts + 1))
    peak, silence = silence_path(steps, state.silence)
    seen = np.where(alive, expected - steps.expected * left, 0.0)
    since = starts[None, :] + QUARTER_SECONDS * (1 - left)
    loss = loss_path(steps.evidence, steps.reset, state.loss)
    received = np.cumsum(steps.contacts, axis=1)
    calm, after = loss <= 0, starts[None, :] + np.full_like(loss, QUARTER_SECONDS)
    return Trace(
        peak=peak,
        silence=silence,
        silence_since=_at_last(alive, since, state.silence_since),
        silence_expected=expected - _at_last(alive, seen, -state.silence_expected),
        loss=loss,
        loss_since=_at_last(calm, after, state.loss_since),
        loss_expected=expected - _at_last(calm, expected, -state.loss_expected),
        loss_received=received - _at_last(calm, received, -state.loss_received),
    )


def silence_path(steps: Steps, start: Floats) -> tuple[Floats, Floats]:
    """Return G just before the first contact of each interval (its peak), and at the interval's end."""
    alive = (steps.contacts > 0) | steps.reset
    left = np.where(steps.reset, 0.0, 1 / (steps.contacts + 1))
    total = np.cumsum(steps.surprise, axis=1)
    base = np.where(alive, total - steps.surprise * left, -np.inf)
    base = np.maximum.accumulate(np.maximum(base, -start[:, None]), axis=1)
    silence = total - base
    before = np.concatenate([start[:, None], silence[:, :-1]], axis=1)
    peak = before + steps.surprise * np.where(alive, left, 1.0)
    return np.where(steps.reset, 0.0, peak), silence


def loss_path(added: Floats, reset: Bools, start: Floats) -> Floats:
    """Return S at the end of each interval."""
    total = np.cumsum(np.where(reset, _RESET, added), axis=1)
    return np.asarray(total - np.minimum.accumulate(np.minimum(total, -start[:, None]), axis=1))


def _at_last(event: Bools, values: Floats, before: Floats) -> Floats:
    """Return each interval's value at the last event so far, ``before`` where there was none."""
    last = np.maximum.accumulate(np.where(event, np.arange(event.shape[1]), -1), axis=1)
    return np.where(last < 0, before[:, None], np.take_along_axis(values, np.maximum(last, 0), 1))
