"""How far healthy counts stray from their expectation: what a threshold must allow for.

Everything is measured on the history, each day predicted from the other days.
"""

from dataclasses import dataclass

import numpy as np

from services.detector.grid import SLOTS, Bools, Floats
from services.detector.statistics import Trace

POISSON = 1e6  # a shape per hour that is as good as infinite
_BUSY_HOUR = 10.0  # contacts; below, a quiet hour says nothing
_BUSY_DAY = 20.0
_TAIL = 0.95
_FEWEST_EXCESSES = 10
_PRIOR_EXCESSES = 3.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Per stream: ``shape`` of the negative binomial per hour, ``least``: the share of its expectation
    below which no hour is believed, ``quietest``: the share that a slow but normal day still brings."""

    shape: Floats
    least: Floats
    quietest: Floats


def spread(contacts: Floats, expected: Floats) -> Spread:
    """Measure the spread on [streams, days, 96]; what is not to be judged is 0 in both."""
    streams, days, _ = contacts.shape
    y = contacts.reshape(streams, days * 24, SLOTS // 24).sum(axis=2)
    mu = expected.reshape(streams, days * 24, SLOTS // 24).sum(axis=2)
    below = (y < mu) & (mu > 1)
    excess = np.where(below, (y - mu) ** 2 - mu, 0.0).sum(axis=1)
    squares = np.where(below, mu**2, 0.0).sum(axis=1)
    shape = np.where(excess > squares / POISSON, squares / np.maximum(excess, 1e-9), POISSON)
    least = np.where(mu > _BUSY_HOUR, y / np.maximum(mu, 1e-9), np.inf).min(axis=1, initial=np.inf) / 2
    return Spread(
        shape, np.where(np.isfinite(least), least, 0.0), _quietest(contacts.sum(2), expected.sum(2))
    )


def _quietest(y: Floats, mu: Floats) -> Floats:
    """Return f*: three standard deviations below a usual day, between 0.5 and 0.7."""
    full = mu > _BUSY_DAY
    ratio = np.where(full, np.log(np.maximum(y, 0.5) / np.maximum(mu, 1e-9)), 0.0)
    days = np.maximum(full.sum(axis=1), 1)
    mean = ratio.sum(axis=1) / days
    deviation = np.sqrt(np.where(full, (ratio - mean[:, None]) ** 2, 0.0).sum(axis=1) / days)
    usual = np.where(full.sum(axis=1) >= 5, np.exp(-3 * deviation), 0.5)
    return np.clip(usual, 0.5, 0.7)


def completed_peaks(trace: Trace, alive: Bools, stream: int) -> tuple[Floats, Floats]:
    """Return the highest G before each contact, and the highest S of each excursion that came back to 0."""
    silence = trace.peak[stream][alive[stream]]
    loss = trace.loss[stream]
    calm = np.flatnonzero(loss <= 0)
    if len(calm) < 2:
        return silence, np.zeros(0)
    tops = np.maximum.reduceat(loss, calm)[:-1]
    return silence, tops[tops > 0]


def tail_factor(peaks: Floats, errors: float) -> float:
    """Return c: the mean excess of the peaks over their 95 % quantile, at least 1 (1 = a Poisson stream).

    ``errors``: standard errors to add while the history is short. Few peaks are helped by a few
    made-up ones of a Poisson stream.
    """
    if not len(peaks):
        return 1.0
    beyond = max(round(len(peaks) * (1 - _TAIL)), min(_FEWEST_EXCESSES, len(peaks) // 2))
    if not beyond:
        return 1.0
    ordered = np.sort(peaks)
    excess = ordered[-beyond:] - ordered[-beyond - 1]
    factor = (excess.sum() + _PRIOR_EXCESSES) / (beyond + _PRIOR_EXCESSES)
    return max(1.0, float(factor * (1 + errors / np.sqrt(beyond + _PRIOR_EXCESSES))))
