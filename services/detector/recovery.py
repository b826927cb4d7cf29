"""When is an outage over? When the data provably flows again, not when something trickles in."""

from datetime import datetime

import numpy as np

from services.detector.arl import loss_share
from services.detector.grid import Axis, Floats, Ints, instant, quarter
from services.detector.model import Model
from services.detector.records import Kind, OpenAlarm
from services.detector.statistics import evidence

ODDS = 20.0
"""The odds for "all is well" against a loss."""


def recovered_at(
    model: Model, time: Axis, contacts: Floats, row: int, alarm: OpenAlarm, seen: int
) -> datetime | None:
    """Return when the data of a stream began to flow normally again, None while that is not proven.

    ``contacts``: [streams, intervals] on the axis ``time``, of which the first ``seen`` have begun.
    """
    begin = max(0, quarter(alarm.at) - time.first)
    proof, since = recovery(model, time, contacts, row, alarm.kind, begin, seen)
    if not len(proof) or proof[-1] < 1:
        return None
    return instant(time.starts[since[-1]])


def recovery(
    model: Model, time: Axis, contacts: Floats, row: int, kind: Kind, begin: int, end: int
) -> tuple[Floats, Ints]:
    """Return the proof that a stream recovered (1 = enough) after each interval, and since when it flows.

    The test is the partial-loss CUSUM turned round: evidence that all is well against a loss, gathered
    since the most favourable moment. A few contacts that trickle in clear nothing, and a partial loss is
    over only when the stream is nearer to its usual rate than to the slowest normal one. No late opening
    is allowed for here: a morning at half the usual rate must not pass for a full one.
    """
    rates = model.rates[row, time.cell[begin:end]].astype(float)
    expected = rates * model.is_open(time)[begin:end]
    rho = float(model.rho[row])
    if kind == "partial_loss":
        rho = loss_share(round((1 + (1 - rho) / -np.log(rho)) / 2, 2))
    shape = model.shape[row] / 4
    added = np.where(expected > 0, evidence(contacts[row, begin:end], expected, shape, rho), 0.0)
    total = np.cumsum(added)
    worst = np.maximum.accumulate(np.maximum(total, 0.0))
    last = np.maximum.accumulate(np.where((total >= worst) & (total > 0), np.arange(len(total)) + 1, 0))
    needed = max(float(np.log(ODDS)), float(model.loss_height[row]) / 2)
    return (worst - total) / needed, begin + last
