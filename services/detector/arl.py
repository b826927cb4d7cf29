"""Average run lengths of the two statistics, exact for Poisson arrivals, in expected contacts.

Partial loss: the CUSUM rises by (1 - rho) per expected contact and falls by |ln rho| with each contact
that comes. With W the scale function of that process, the mean time to reach h is the integral of W
from 0 to h; rho = 0 is silence: exp(h) - 1 while all is well, h when nothing comes.
Sources: N. El Karoui, S. Loisel, Y. Salhi, "Minimax optimality in robust detection of a disorder time
in doubly-stochastic Poisson processes", Annals of Applied Probability 27 (2017) 2515-2538, which also
proves this CUSUM optimal; G. Lorden, Annals of Mathematical Statistics 42 (1971) 1897-1908.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from services.detector.grid import Floats

_TERMS = 40
"""Terms of the power series on one step; the ratio of two terms is below 2.1 / n."""

_GRID = 128
"""Points a step, for the table."""


def silence_run_length(height: float | Floats) -> float | Floats:
    """Return the mean number of expected contacts between silences of this surprise, all being well."""
    return np.expm1(height)


def silence_height(run_length: float | Floats) -> float | Floats:
    """Return the surprise that is reached once in ``run_length`` expected contacts."""
    return np.log1p(run_length)


@dataclass(frozen=True, slots=True)
class LossRunLength:
    """Mean run length of the partial-loss CUSUM as a table: ``heights`` and ``lengths`` rise together.

    ``logs``: log(1 + length), between which is interpolated; taken once, for every stream asks in every turn.
    """

    heights: Floats
    lengths: Floats
    logs: Floats

    def at(self, height: float) -> float:
        """Return the mean number of expected contacts until ``height`` is reached."""
        if height >= self.heights[-1]:  # far beyond use: go on growing exponentially
            slope = np.log(self.lengths[-1] / self.lengths[-_GRID]) / (
                self.heights[-1] - self.heights[-_GRID]
            )
            return float(self.lengths[-1] * np.exp(min(slope * (height - self.heights[-1]), 300.0)))
        return float(np.expm1(np.interp(height, self.heights, self.logs)))

    def height(self, run_length: float) -> float:
        """Return the height that is reached after ``run_length`` expected contacts on average."""
        return float(self.heights_after(np.array(run_length)))

    def heights_after(self, run_lengths: Floats) -> Floats:
        """Return the heights that are reached after so many expected contacts on average."""
        return np.asarray(np.interp(np.log1p(run_lengths), self.logs, self.heights))


@lru_cache(maxsize=512)
def loss_run_length(rho: float, arrival_rate: float = 1.0, highest: float = 24) -> LossRunLength:
    """Return the run length of the CUSUM against a fall to the share ``rho`` (0 < rho < 1).

    ``arrival_rate``: the share of the contacts that do arrive; 1 gives ARL0, ``rho`` gives ARL1.
    Solves (1 - rho) W'(x) = r (W(x) - W(x - |ln rho|)), W(0) = 1 / (1 - rho), by the method of steps:
    on each step of length |ln rho| W is a power series that follows from the one before.
    """
    step = -np.log(rho)
    speed = arrival_rate * step / (1 - rho)
    points = np.linspace(0.0, 1.0, _GRID + 1)
    powers = points[:, None] ** np.arange(_TERMS)
    integrals = points[:, None] ** np.arange(1, _TERMS + 1) / np.arange(1, _TERMS + 1) * step
    before = np.zeros(_TERMS)
    value, area = 1 / (1 - rho), 0.0
    heights, lengths = [np.zeros(1)], [np.zeros(1)]
    for k in range(int(np.ceil(highest / step))):
        series = np.empty(_TERMS)
        series[0] = value
        for n in range(_TERMS - 1):
            series[n + 1] = speed * (series[n] - before[n]) / (n + 1)
        heights.append((k + points[1:]) * step)
        lengths.append(area + integrals[1:] @ series)
        value, area, before = float(powers[-1] @ series), float(lengths[-1][-1]), series
    every = np.concatenate(lengths)
    return LossRunLength(np.concatenate(heights), every, np.log1p(every))


@lru_cache(maxsize=512)
def loss_share(quietest_normal: float) -> float:
    """Return rho with (1 - rho) / |ln rho| = ``quietest_normal``: below that share the CUSUM drifts up."""
    low, high = 1e-6, 1 - 1e-6
    for _ in range(60):
        middle = (low + high) / 2
        if (1 - middle) / -np.log(middle) < quietest_normal:
            low = middle
        else:
            high = middle
    return (low + high) / 2
