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

from services.detector.grid import QUARTER_SECONDS, Bools, Floats, Ints
from services.detector.spread import Spread

EVERY = slice(None)
LAST = slice(-1, None)
"""Of the intervals of a run."""

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
    """The statistics at the end of each quarter hour, [streams, intervals]."""

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


@dataclass(frozen=True, slots=True)
class Peaks:
    """Where a silence ended: the stream, the interval, and G just before its first contact, in that order."""

    row: Ints
    place: Ints
    surprise: Floats

    def of(self, row: int) -> Floats:
        """Return what G reached in one stream."""
        start, end = np.searchsorted(self.row, [row, row + 1])
        return self.surprise[start:end]


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
    return weighed(log_odds(expected, shape, rho), contacts, shape, rho)


def log_odds(expected: Floats, shape: Floats | float, rho: Floats | float) -> Floats:
    """Return ln((K + mu) / (K + rho mu)): the part of the evidence that is the same however many contacts come."""
    return np.asarray(np.log1p(expected * (1 - rho) / (shape + rho * expected)))


def weighed(odds: Floats, contacts: Floats, shape: Floats | float, rho: Floats | float) -> Floats:
    """Return the evidence of so many contacts, given the ``log_odds``."""
    return np.asarray(contacts * np.log(rho) + (contacts + shape) * odds)


def run(steps: Steps, prior: Floats, state: State, starts: Floats, asked: slice = EVERY) -> Trace:
    """Run both statistics from ``state`` over the intervals that begin at ``starts`` (Unix seconds).

    ``prior``: a0, [streams]. ``asked``: the intervals to tell of; to tell of the last one alone costs less.
    """
    life = _Last((steps.contacts > 0) | steps.reset, asked)
    left = _left(steps)
    expected, received = np.cumsum(steps.expected, axis=1), np.cumsum(steps.contacts, axis=1)
    total, loss = np.cumsum(steps.hush, axis=1), loss_path(steps.evidence, steps.reset, state.loss)
    calm = _Last(loss <= 0, asked)
    ends = np.broadcast_to(starts + QUARTER_SECONDS, loss.shape)
    seen, due = levels(steps, state.seen, state.due)
    frozen = life.of(seen, state.frozen_seen), life.of(due, state.frozen_due)
    hushed = total[:, asked] - life.of(total - steps.hush * left, -state.hush)
    return Trace(
        seen=seen[:, asked],
        due=due[:, asked],
        frozen_seen=frozen[0],
        frozen_due=frozen[1],
        hush=hushed,
        silence=surprise(hushed, *frozen, prior[:, None]),
        silence_since=life.of(ends - QUARTER_SECONDS * left, state.silence_since),
        silence_expected=expected[:, asked]
        - life.of(expected - steps.expected * left, -state.silence_expected),
        loss=loss[:, asked],
        loss_since=calm.of(ends, state.loss_since),
        loss_expected=expected[:, asked] - calm.of(expected, -state.loss_expected),
        loss_received=received[:, asked] - calm.of(received, -state.loss_received),
    )


def peaks(steps: Steps, prior: Floats, state: State, seen: Floats, due: Floats) -> Peaks:
    """Return what G reached before contacts ended each silence. ``seen``, ``due``: the ``levels`` of the steps."""
    length = steps.contacts.shape[1]
    place = np.flatnonzero((steps.contacts > 0) | steps.reset)
    row, contacts, added = place // length, steps.contacts.ravel()[place], steps.hush.ravel()[place]
    first = np.diff(row, prepend=-1) > 0  # of the stream: the silence before it began in ``state``
    left = np.where(steps.reset.ravel()[place], 0.0, 1 / (contacts + 1))
    total = np.cumsum(steps.hush, axis=1).ravel()
    begun = np.where(first, -state.hush[row], np.roll(total[place] - added * left, 1))
    lasted = np.where(place % length > 0, total[place - 1] - begun, state.hush[row])
    frozen_seen = np.where(first, state.frozen_seen[row], np.roll(seen.ravel()[place], 1))
    frozen_due = np.where(first, state.frozen_due[row], np.roll(due.ravel()[place], 1))
    reached = surprise(lasted + left * added, frozen_seen, frozen_due, prior[row])
    ended = ~steps.reset.ravel()[place]
    return Peaks(row[ended], place[ended] % length, reached[ended])


def _left(steps: Steps) -> Floats:
    """Return the share of each interval that lies after its last contact."""
    return np.where(steps.reset, 0.0, 1 / (steps.contacts + 1))


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
    """The last event up to each of the intervals that are asked for, [streams, intervals]."""

    def __init__(self, event: Bools, asked: slice) -> None:
        last = np.maximum.accumulate(np.where(event, np.arange(event.shape[1]), -1), axis=1)[:, asked]
        self._never = last < 0
        self._last = np.maximum(last, 0)

    def of(self, values: Floats, before: Floats) -> Floats:
        """Return the value at that event, ``before`` where there was none."""
        return np.where(self._never, before[:, None], np.take_along_axis(values, self._last, 1))
