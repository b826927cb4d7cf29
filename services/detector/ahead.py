"""What is to come: when contacts are due again, and when a silence could be told at the earliest."""

from datetime import datetime

import numpy as np

from services.detector.grid import QUARTER_SECONDS, QUARTERS_A_WEEK, Axis, Floats, instant
from services.detector.model import LEARNING_DAYS, Model
from services.detector.statistics import State, Steps, evidence, hush_at

DAY_SECONDS = 86_400.0
EARLIEST_DAYS = 2
"""Of history, before anything is judged."""

QUIET_SHARE = 0.25
"""The share of the weekly mean: below this, and below QUIET_RATE, nothing is expected."""

QUIET_RATE = 0.5 / 4
"""In contacts per quarter hour."""


def usual_rates(model: Model, time: Axis, begin: int) -> Floats:
    """Return the expected contacts per quarter hour from place ``begin`` on, [streams, intervals]."""
    return np.asarray(model.rates[:, time.cell[begin:]] * model.is_open(time)[begin:])


def next_expected(model: Model, rates: Floats, starts: Floats) -> list[datetime | None]:
    """Return for each stream when contacts are due again; None while some are due now.

    ``rates``: [streams, intervals] from now on; ``starts``: Unix seconds. The end of what is known is
    the answer when nothing is due before it.
    """
    quiet = np.minimum(QUIET_SHARE * model.weekly / QUARTERS_A_WEEK, QUIET_RATE)
    due = rates >= np.maximum(quiet, 1e-6)[:, None]
    first = np.where(due.any(axis=1), due.argmax(axis=1), len(starts) - 1)
    return [instant(starts[place]) if place else None for place in first]


def earliest_verdicts(
    model: Model, steps: Steps, state: State, starts: Floats, *, now: float, horizon: float
) -> list[datetime | None]:
    """Return for each stream when G or S would reach its threshold if nothing came from now on.

    ``steps``: from the current interval on; ``starts``, ``now`` and ``horizon`` (what lies after it is
    not missed yet): Unix seconds. None when that is further ahead than the steps reach, or never told.
    """
    left = np.clip((starts + QUARTER_SECONDS - horizon) / QUARTER_SECONDS, 0, 1)
    nothing = steps.evidence.copy()  # what is still to come has no contacts; the current interval may have
    shape, rho = (model.shape / 4)[:, None], model.rho[:, None]
    nothing[:, :1] = evidence(np.zeros(1), steps.expected[:, :1], shape, rho)
    enough = hush_at(model.silence_height, state.frozen_seen, state.frozen_due, model.prior)
    reached = state.hush[:, None] + np.cumsum(steps.hush * left, axis=1) >= enough[:, None]
    reached &= model.judged[:, None]
    by_loss = state.loss[:, None] + np.cumsum(nothing * left, axis=1) >= model.loss_height[:, None]
    reached |= by_loss & model.judged_for_loss[:, None]
    told = reached.any(axis=1)
    ends = starts[reached.argmax(axis=1)] + QUARTER_SECONDS + now - horizon
    ends = np.where(told, np.maximum(ends, now), _judged_from(model, now))
    return [instant(end) if np.isfinite(end) else None for end in ends]


def _judged_from(model: Model, now: float) -> Floats:
    """Return from when on streams can be judged that cannot be yet; infinite when that is not the reason."""
    begins = model.since + np.where(model.judged, LEARNING_DAYS, EARLIEST_DAYS) * DAY_SECONDS
    begins = np.where(begins > now, begins, model.since + LEARNING_DAYS * DAY_SECONDS)
    return np.where(model.young & (begins > now), begins, np.inf)
