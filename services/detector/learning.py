"""From counts to what is normal: which days may be learned, the rates, their level, and how they stray."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from services.detector.grid import CELLS, SLOTS, Axis, Bools, Floats, Ints
from services.detector.rate import HELD_BACK_DAYS, DailyCounts, predicted_rates, smooth, weekly_rates

LEVEL_DAYS = 10
LEVEL_PRIOR = 100.0
"""In contacts; with fewer a thin stream's level is mostly noise."""

LEVEL_BOUNDS = (0.9, 1.5)
NEIGHBOURING_DAYS = 10


@dataclass(frozen=True, slots=True)
class Learned:
    """Rates per local cell, [streams, 672], and the history as it would have been predicted,
    [streams, days, 96]."""

    rates: Floats
    late: Bools
    predicted: Floats
    level: Floats


@dataclass(frozen=True, slots=True)
class Days:
    """The history by local days: ``contacts`` and ``visits`` are [streams, days, 96], learnable ones only."""

    contacts: Floats
    visits: Floats
    weekday: Ints
    learnable: Bools


def by_day(axis: Axis, contacts: Floats, judged: Bools) -> Days:
    """Arrange counts on an axis by local day. ``judged``: [streams, intervals], what may be learned."""
    weekday = (int(axis.day[0]) + np.arange(axis.days) + 3) % 7
    seen, visits = by_slot(axis, contacts * judged), by_slot(axis, judged)
    usual = ~unusual_days(seen[0].sum(axis=1), visits[0].sum(axis=1), weekday)
    return Days(seen, visits, weekday, usual)


def by_slot(axis: Axis, values: Floats) -> Floats:
    """Add up values on an axis by local day and quarter hour: [streams, intervals] as [streams, days, 96]."""
    result = np.zeros((len(values), axis.days * SLOTS))
    for span, places in axis.runs:
        result[:, places] += values[:, span]
    return result.reshape(len(values), axis.days, SLOTS)


def along(axis: Axis, slots: Floats) -> Floats:
    """Return for each interval of an axis the value of its local day and quarter hour: by_slot() turned round."""
    flat = slots.reshape(len(slots), -1)
    return np.concatenate([flat[:, places] for _, places in axis.runs], axis=1)


def unusual_days(total: Floats, visits: Floats, weekday: Ints) -> Bools:
    """Return which days look like outages (or floods): beside the median of their weekday by more than
    a factor of 2 and 4 standard deviations (Anscombe), after allowing for the trend around them."""
    full = visits > SLOTS / 2
    scaled = np.where(full, total * SLOTS / np.maximum(visits, 1), np.nan)
    median = np.full(len(total), np.nan)
    for day in range(7):
        of_day = full & (weekday == day)
        if of_day.any():
            median[weekday == day] = np.median(scaled[of_day])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(median > 0, scaled / median, np.nan)
    unusual = np.zeros(len(total), dtype=bool)
    d = np.flatnonzero(full & (median > 0))
    usual = median[d] * np.clip(_middle(ratio, d), 0.1, 10)
    sigma = 2 * (np.sqrt(scaled[d] + 3 / 8) - np.sqrt(usual + 3 / 8))
    unusual[d] = (np.abs(sigma) > 4) & ~((usual / 2 <= scaled[d]) & (scaled[d] <= usual * 2))
    return unusual


def _middle(ratio: Floats, d: Ints) -> Floats:
    """Return the median of the ratios around each of these days, of which each has one itself."""
    padded = np.pad(ratio, NEIGHBOURING_DAYS, constant_values=np.nan)
    around = np.sort(sliding_window_view(padded, 2 * NEIGHBOURING_DAYS + 1)[d], axis=1)  # nan comes last
    known = np.isfinite(around).sum(axis=1)
    rows = np.arange(len(d))
    return np.asarray((around[rows, (known - 1) // 2] + around[rows, known // 2]) / 2)


def learn(days: Days) -> Learned:
    """Learn the rates, and what each day of the history would have been expected to bring."""
    held_back = np.arange(len(days.weekday)) >= len(days.weekday) - HELD_BACK_DAYS
    usable = (days.learnable & ~held_back)[None, :, None]
    counts = DailyCounts(days.contacts * usable, days.visits * usable, days.weekday)
    counts = DailyCounts(_capped(counts), counts.visits, counts.weekday)
    weekly = weekly_rates(counts)
    unseen = predicted_rates(counts)
    predicted = unseen * _levels(counts, unseen)[:, :, None]
    late = _opening(weekly)
    late_days = late.reshape(len(weekly), 7, SLOTS)[:, days.weekday]
    earlier = np.concatenate([predicted[..., :2], predicted[..., :-2]], axis=-1)
    level = _level_now(counts, weekly)
    return Learned(
        rates=weekly.reshape(len(weekly), CELLS) * level[:, None],
        late=late,
        predicted=np.where(late_days, np.minimum(earlier, predicted), predicted),
        level=level,
    )


def learn_again(
    axis: Axis, contacts: Floats, judged: Bools, fewer: Bools, days: Days, learned: Learned
) -> tuple[Days, Learned]:
    """Return the days, and what is learned of them, now that of some streams less may be learned.

    ``judged``: what may be learned now, [streams, intervals]; ``fewer``: the streams of which that is less. What is
    learned of a stream rests on it and on the total alone, whose profile it borrows.
    """
    rows = np.flatnonzero(fewer | fewer[0] | (np.arange(len(fewer)) == 0))
    some = by_day(axis, contacts[rows], judged[rows])
    again = learn(some)

    def whole(before: Floats, part: Floats) -> Floats:
        result = before.copy()
        result[rows] = part
        return result

    return Days(
        whole(days.contacts, some.contacts), whole(days.visits, some.visits), some.weekday, some.learnable
    ), Learned(
        whole(learned.rates, again.rates),
        whole(learned.late, again.late),
        whole(learned.predicted, again.predicted),
        whole(learned.level, again.level),
    )


def judged_rates(rates: Floats, late: Bools) -> Floats:
    """Return the rates with a late opening allowed for: there, what was due 30 minutes before."""
    return np.where(late, np.minimum(np.roll(rates, 2, axis=1), rates), rates)


def _capped(counts: DailyCounts) -> Floats:
    visits = np.maximum(counts.visits, 1)
    mean = smooth(weekly_rates(counts))[:, counts.weekday]
    return np.asarray(np.minimum(counts.contacts, visits * (3 * mean + 3 * np.sqrt(mean) + 3)))


def _levels(counts: DailyCounts, unseen: Floats) -> Floats:
    """Return the level that would have been used on each day, [streams, days]."""
    seen = counts.contacts.sum(axis=2)
    expected = (unseen * counts.visits).sum(axis=2)
    levels: Floats = np.ones(seen.shape)
    good = np.flatnonzero(expected[0] > 0)
    sums = [np.cumsum(np.pad(x[:, good], ((0, 0), (1, 0))), axis=1) for x in (seen, expected)]
    for day in range(seen.shape[1]):
        end = int(np.searchsorted(good, day - HELD_BACK_DAYS))
        levels[:, day] = _level(*(x[:, end] - x[:, max(0, end - LEVEL_DAYS)] for x in sums))
    return levels


def _level_now(counts: DailyCounts, weekly: Floats) -> Floats:
    """Return the level of the last good days against the whole history, [streams]."""
    seen = counts.contacts.sum(axis=2)
    expected = (weekly[:, counts.weekday] * counts.visits).sum(axis=2)
    last = np.flatnonzero(expected[0] > 0)[-LEVEL_DAYS:]
    return _level(seen[:, last].sum(axis=1), expected[:, last].sum(axis=1))


def _level(seen: Floats, expected: Floats) -> Floats:
    return np.asarray(np.clip((seen + LEVEL_PRIOR) / (expected + LEVEL_PRIOR), *LEVEL_BOUNDS))


def _opening(weekly: Floats) -> Bools:
    """Return the cells where the smoothed profile more than doubles within 30 minutes."""
    profile = smooth(weekly).reshape(len(weekly), CELLS)
    own = profile > 2 * np.roll(profile, 2, axis=1)
    thin = weekly.sum(axis=(1, 2)) < 100
    return np.where(thin[:, None], own[:1], own)
