"""Alarm thresholds from one promise: at most so many false alarms per integration and quarter of a year.

The Poisson thresholds are exact (``arl``). What real streams do beyond that is measured by replaying
their history: the tail factor c stretches the thresholds until their tails fit.
"""

from dataclasses import dataclass, replace

import numpy as np

from services.detector.arl import loss_run_length, loss_share, silence_height
from services.detector.grid import QUARTERS_A_PROMISE, QUARTERS_A_WEEK, Bools, Floats
from services.detector.spread import Spread
from services.detector.statistics import (
    State,
    Steps,
    hush,
    hush_at,
    levels,
    log_odds,
    loss_path,
    peaks,
    prior_of,
    weighed,
)
from services.runs import runs

SLOWEST_NORMAL_SHARES = (0.5, 0.6, 0.7)
"""A day above this share of its expectation is "a slow day"."""

TYPICAL_LOSS = 0.4
"""The share that still arrives, for which the CUSUM is tuned."""

CLEARLY = 0.9
"""The share of the delay by the hours: a level that gains less is not worth its uncertainty."""

_TAIL = 0.95
_FEWEST_EXCESSES = 10
_PRIOR_EXCESSES = 3.0
_LONGEST_EXCESS = 6.0
"""In usual excesses: a single outage in the history must not blunt the detector."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Per stream: the CUSUM's ``rho``, tail factors c, and the heights of G and S at which they alarm.

    ``by_level``: whether a silence is judged by the day's level or by the hours' shape.
    """

    rho: Floats
    by_level: Bools
    silence_factor: Floats
    loss_factor: Floats
    silence_height: Floats
    loss_height: Floats


@dataclass(frozen=True, slots=True)
class Replay:
    """A history and what it would have been predicted to be, [streams, intervals]."""

    contacts: Floats
    expected: Floats
    left_out: Bools


def thresholds(
    contacts: Floats,
    predicted: Floats,
    left_out: Bools,
    strays: Spread,
    weekly: Floats,
    promise: float,
    errors: Floats,
) -> Thresholds:
    """Set the thresholds by replaying a history.

    ``contacts``, ``predicted`` (as it would have been) and ``left_out``: [streams, intervals]. ``weekly``:
    expected contacts a week. ``promise``: false alarms per quarter of a year for the integration.
    ``errors``: standard errors to add to c, [streams].
    """
    lengths = _run_lengths(weekly, promise)
    replay = Replay(contacts, predicted, left_out)
    by_level, silence_factor, silence_height = _best_silence(replay, strays, lengths, errors)
    rho, loss_factor, loss_height = _best_cusum(replay, strays, lengths, errors)
    return Thresholds(rho, by_level, silence_factor, loss_factor, silence_height, loss_height)


def for_young(limits: Thresholds, young: Bools, factor: Floats) -> Thresholds:
    """Return the thresholds with those of young streams, whose history is too short for a replay.

    Their G is the plain count of contacts that were expected in vain.
    """
    height = limits.silence_height / limits.silence_factor * factor
    return replace(
        limits,
        by_level=limits.by_level & ~young,
        silence_factor=np.where(young, factor, limits.silence_factor),
        silence_height=np.where(young, height, limits.silence_height),
    )


def _run_lengths(weekly: Floats, promise: float) -> Floats:
    """Return the expected contacts per allowed false alarm of one statistic: half of the promise is the
    total's, the queues share the other half, and G and S share evenly (a union bound)."""
    queues = len(weekly) - 1
    share = np.full(len(weekly), promise / (4 * max(queues, 1)))
    share[0] = promise / (4 if queues else 2)
    return np.asarray(weekly * (QUARTERS_A_PROMISE / QUARTERS_A_WEEK) / share)


def _best_silence(
    replay: Replay, strays: Spread, lengths: Floats, errors: Floats
) -> tuple[Bools, Floats, Floats]:
    """Choose for each stream the G that would notice a silence first, given its own tail factor."""
    judged = ~replay.left_out
    total = np.maximum((replay.expected * judged).sum(axis=1), 1e-9)
    streams = len(lengths)
    best, chosen = np.full(streams, np.inf), np.zeros((3, streams))
    fresh = State.fresh(streams, 0.0)
    # The levels are the same for both; what is added to H is not asked for them.
    seen, due = levels(_steps(replay, replay.expected), fresh.seen, fresh.due)
    usual = (due * replay.expected * judged).sum(axis=1) / total
    for by_level in (np.zeros(streams, bool), np.ones(streams, bool)):
        prior = prior_of(by_level)
        added = hush(replay.expected, strays, by_level)
        reached = peaks(_steps(replay, added), prior, fresh, seen, due)
        factor = np.array([tail_factor(reached.of(row), error) for row, error in enumerate(errors)])
        height = factor * silence_height(lengths)
        # In contacts: at a usual level, and by how much of a contact one expected adds to H.
        an_expected = (added * judged).sum(axis=1) / total
        delay = hush_at(height, usual, usual, prior) / np.maximum(an_expected, 1e-9)
        better = delay < CLEARLY * best
        best = np.where(better, delay, best)
        chosen = np.where(better, np.stack([by_level, factor, height]), chosen)
    return chosen[0] > 0, chosen[1], chosen[2]


def _best_cusum(
    replay: Replay, strays: Spread, lengths: Floats, errors: Floats
) -> tuple[Floats, Floats, Floats]:
    """Choose for each stream the CUSUM that would notice a typical loss first, given its own tail factor."""
    streams = len(lengths)
    best, chosen = np.full(streams, np.inf), np.zeros((3, streams))
    shape = (strays.shape / 4)[:, None]
    judged = (replay.expected > 0) & ~replay.left_out
    total = np.maximum((replay.expected * judged).sum(axis=1), 1e-9)
    typical = TYPICAL_LOSS * replay.expected
    for share in SLOWEST_NORMAL_SHARES:
        rho = loss_share(share)
        odds = log_odds(replay.expected, shape, rho)
        added = weighed(odds, replay.contacts, shape, rho) * judged
        paths = loss_path(added, replay.left_out, np.zeros(streams))
        factor = np.array([tail_factor(tops, e) for tops, e in zip(_tops(paths), errors, strict=True)])
        height = factor * loss_run_length(rho).heights_after(lengths)
        # The evidence is linear in the contacts, so that of a loss follows from the expectation.
        drift = (weighed(odds, typical, shape, rho) * judged).sum(axis=1) / total
        delay = np.where(drift > 0, height / np.maximum(drift, 1e-9), np.inf)
        better = (delay < best) | (share == SLOWEST_NORMAL_SHARES[0])
        best = np.where(better, delay, best)
        chosen = np.where(better, np.stack([np.full(streams, rho), factor, height]), chosen)
    return chosen[0], chosen[1], chosen[2]


def _steps(replay: Replay, added: Floats) -> Steps:
    """Return the steps of a replay that only silences are asked of."""
    return Steps(replay.contacts, replay.expected, added, added, replay.left_out)


def _tops(paths: Floats) -> list[Floats]:
    """Return for each stream the highest point of each excursion from 0 that came back to 0."""
    streams, length = paths.shape
    calm = np.flatnonzero(paths <= 0)
    row = calm // length
    tops = np.maximum.reduceat(paths.ravel(), calm) if len(calm) else np.zeros(0)
    back = np.diff(row, append=streams) == 0  # the last calm of a stream begins what did not come back
    found = back & (tops > 0)
    return np.split(tops[found], np.searchsorted(row[found], np.arange(1, streams)))


def tail_factor(peaks: Floats, errors: float) -> float:
    """Return c: the mean excess of the peaks over their 95 % quantile, at least 1 (1 = a Poisson stream).

    ``errors``: standard errors to add. Few peaks are helped by a few
    made-up ones of a Poisson stream, and a single enormous one counts as a large one.
    """
    beyond = max(round(len(peaks) * (1 - _TAIL)), min(_FEWEST_EXCESSES, len(peaks) // 2))
    if not beyond:
        return 1.0
    ordered = np.sort(peaks)
    excess = ordered[-beyond:] - ordered[-beyond - 1]
    middle = (excess[(beyond - 1) // 2] + excess[beyond // 2]) / 2  # the median: they are in order
    usual = max(1.0, float(middle) / np.log(2))
    excess = np.minimum(excess, _LONGEST_EXCESS * usual)
    factor = (excess.sum() + _PRIOR_EXCESSES) / (beyond + _PRIOR_EXCESSES)
    return max(1.0, float(factor * (1 + errors / np.sqrt(beyond + _PRIOR_EXCESSES))))


def longest_run(marked: Bools) -> Bools:
    """Return the longest run of marked intervals of each stream."""
    result = np.zeros_like(marked)
    for row in np.flatnonzero(marked.any(axis=1)):
        first, after = max(runs(marked[row]), key=lambda run: run[1] - run[0])
        result[row, first:after] = True
    return result
