"""How far healthy counts stray from their expectation: what a threshold must allow for.

Everything is measured on the history, each day predicted from the other days.
"""

from dataclasses import dataclass

import numpy as np

from services.detector.grid import SLOTS, Floats

POISSON = 1e6
"""A shape per hour that is as good as infinite."""

_BUSY_HOUR = 10.0
"""In contacts; below, a quiet hour says nothing."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Per stream: ``shape`` of the negative binomial per hour, ``least``: the share of its expectation
    below which no hour is believed."""

    shape: Floats
    least: Floats


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
    return Spread(shape, np.where(np.isfinite(least), least, 0.0))
