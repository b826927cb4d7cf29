"""The two running statistics: G, the surprise of the current silence, and S, a CUSUM for partial loss.

Both are running sums over the quarter hours of a stream (negative binomial; shape -> infinity = Poisson):

    silence   G = sum since the last contact of  max(K ln(1 + mu/K), f mu)
    partial   S = max(0, S + y ln(rho) + (y + K) ln((K + mu) / (K + rho mu)))

An interval with y contacts leaves 1 / (y + 1) of itself in G, as do y contacts spread at random.
"""

from dataclasses import dataclass

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
        """Return the state at the end of one interval."""
        return State(
            self.silence[:, column],
            self.silence_since[:, column],
            self.silence_expected[:, column],
            self.loss[:, column],
            self.loss_since[:, column],
            self.loss_expected[:, column],
            self.loss_received[:, column],
        )


def surprise(expected: Floats, shape: Floats, least: Floats) -> Floats:
    """Return how surprising it is that nothing came; ``least`` of the expectation at the least."""
    return np.asarray(np.maximum(shape * np.log1p(expected / shape), least * expected))


def evidence(contacts: Floats, expected: Floats, shape: Floats, rho: Floats) -> Floats:
    """Return the log likelihood ratio of "only the share rho arrives" against "all is well"."""
    ratio = np.log1p(expected * (1 - rho) / (shape + rho * expected))
    return np.asarray(contacts * np.log(rho) + (contacts + shape) * ratio)


def run(steps: Steps, state: State, starts: Floats) -> Trace:
    """Run both statistics from ``state`` over the intervals that begin at ``starts`` (Unix seconds)."""
    y, left = steps.contacts, 1 / (steps.contacts + 1)
    alive = (y > 0) | steps.reset
    left = np.where(steps.reset, 0.0, left)
    total = np.cumsum(steps.surprise, axis=1)
    expected = np.cumsum(steps.expected, axis=1)
    base = np.where(alive, total - steps.surprise * left, -np.inf)
    base = np.maximum.accumulate(np.maximum(base, -state.silence[:, None]), axis=1)
    silence = total - base
    before = np.concatenate([state.silence[:, None], silence[:, :-1]], axis=1)
    peak = np.where(steps.reset, 0.0, before + steps.surprise * np.where(alive, left, 1.0))
    last = np.maximum.accumulate(np.where(alive, np.arange(y.shape[1]), -1), axis=1)
    at_last = np.maximum(last, 0)
    seen = np.where(alive, expected - steps.expected * left, 0.0)
    since = starts[None, :] + QUARTER_SECONDS * (1 - left)
    return Trace(
        peak,
        silence,
        np.where(last < 0, state.silence_since[:, None], np.take_along_axis(since, at_last, 1)),
        expected - np.where(last < 0, -state.silence_expected[:, None], np.take_along_axis(seen, at_last, 1)),
        *_run_loss(steps, state, starts, expected),
    )


def _run_loss(
    steps: Steps, state: State, starts: Floats, expected: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    total = np.cumsum(np.where(steps.reset, _RESET, steps.evidence), axis=1)
    lowest = np.minimum.accumulate(np.minimum(total, -state.loss[:, None]), axis=1)
    loss = total - lowest
    calm = loss <= 0
    last = np.maximum.accumulate(np.where(calm, np.arange(loss.shape[1]), -1), axis=1)
    at_last, carried = np.maximum(last, 0), last < 0
    received = np.cumsum(steps.contacts, axis=1)
    since = np.where(carried, state.loss_since[:, None], starts[at_last] + QUARTER_SECONDS)
    loss_expected = expected - np.where(
        carried, -state.loss_expected[:, None], np.take_along_axis(expected, at_last, 1)
    )
    loss_received = received - np.where(
        carried, -state.loss_received[:, None], np.take_along_axis(received, at_last, 1)
    )
    return loss, since, loss_expected, loss_received
