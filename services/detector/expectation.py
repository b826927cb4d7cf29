"""What should come, with the band that healthy counts keep to: for charts, and for what an outage cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from services.detector.grid import QUARTER_SECONDS, Floats, axis, quarter
from services.detector.model import Model
from services.detector.records import Estimate

if TYPE_CHECKING:
    import pandas as pd


_HALF_BAND = 1.959964
"""Standard deviations on each side: 95 %."""


def expected(model: Model, queue: str | None, starts: Sequence[datetime]) -> pd.DataFrame:
    """Return mean, low and high contacts per UTC quarter hour (95 % band), indexed by ``starts``.

    ``queue`` None is the total. A queue that the model does not know has nothing to expect.
    """
    import pandas as pd

    first = quarter(min(starts)) if starts else 0
    length = quarter(max(starts)) - first + 1 if starts else 0
    places = [quarter(start) - first for start in starts]
    mean, shape = _means(model, queue, first, length)
    mean = mean[places]
    low, high = band(mean, np.full(len(mean), shape / 4))
    return pd.DataFrame({"mean": mean, "low": low, "high": high}, index=pd.DatetimeIndex(list(starts)))


def expected_between(model: Model, queue: str | None, start: datetime, end: datetime) -> Estimate:
    """Return how many contacts were to be expected from ``start`` to before ``end``, with the 95 % band.

    Counts are taken as negative binomial; the band also allows for a slow or busy day.
    """
    first, length = quarter(start), max(quarter(end) - quarter(start) + 1, 1)
    mean, shape = _means(model, queue, first, length)
    starts = (first + np.arange(length)) * float(QUARTER_SECONDS)
    share = np.minimum(starts + QUARTER_SECONDS, end.timestamp()) - np.maximum(starts, start.timestamp())
    part = mean * np.clip(share / QUARTER_SECONDS, 0, 1)
    total = float(part.sum())
    squares = float((part**2).sum())
    overall = shape / 4 * total**2 / squares if squares else 1.0
    low, high = band(np.array([total]), np.array([overall]))
    return Estimate(total, int(low[0]), int(high[0]))


def expected_in(
    model: Model, queues: Sequence[str], borders: Sequence[datetime]
) -> tuple[Floats, Floats, Floats]:
    """Return mean, low and high contacts (95 % band) of these queues together, in each span between two borders.

    The borders are full quarter hours in order. A day that is busy is taken to be so for all of the queues: the band
    of several is as wide as if they rose and fell together.
    """
    first = quarter(borders[0])
    places = np.array([quarter(at) - first for at in borders])
    means = np.zeros(places[-1])
    deviation = np.zeros(places[-1])
    for queue in queues:
        part, shape = _means(model, queue, first, len(means))
        means += part
        deviation += part / np.sqrt(shape / 4)
    total = np.add.reduceat(means, places[:-1])
    squares = np.add.reduceat(deviation**2, places[:-1])
    low, high = band(total, np.where(squares > 0, total**2 / np.maximum(squares, 1e-12), 1.0))
    return total, low, high


def band(mean: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Return the central 95 % of a negative binomial with this mean and shape.

    A gamma of the same mean and variance, half a contact to the right, by Wilson and Hilferty's cube root
    (Proceedings of the National Academy of Sciences 17, 1931): within a contact, or 1 %, of the exact
    quantiles for shapes of 3 and more.
    """
    variance = mean + mean**2 / shape
    alpha = np.maximum((mean + 0.5) ** 2 / np.maximum(variance, 1e-9), 1e-9)
    scale = (mean + 0.5) / alpha
    ends = []
    for z in (-_HALF_BAND, _HALF_BAND):
        root = 1 - 1 / (9 * alpha) + z / (3 * np.sqrt(alpha))
        ends.append(np.floor(np.maximum(root, 0) ** 3 * alpha * scale))
    empty = mean < 1e-3
    return np.where(empty, 0, ends[0]), np.where(empty, 0, ends[1])


def _means(model: Model, queue: str | None, first: int, length: int) -> tuple[Floats, float]:
    row = model.row(queue)
    if row is None:
        return np.zeros(length), 1.0
    time = axis(model.zone, first, length)
    means = model.rates[row, time.cell].astype(float) * model.is_open(time)
    return means, float(model.shape[row])
