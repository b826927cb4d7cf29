"""How many contacts to expect in each local quarter hour: three Gamma-Poisson levels, sums only.

A day type (Mon-Fri, Sat, Sun) lends to a weekday, and a smoothed profile lends to the day type. The
strength of each prior is given in contacts, not in days: a busy cell follows its own data, a thin one
borrows.
"""

from dataclasses import dataclass

import numpy as np

from services.detector.grid import SLOTS, Floats, Ints

TYPE_PRIOR = 2.0
"""In contacts."""

WEEKDAY_PRIOR = 8.0
PROFILE_PRIOR = 10.0
"""Contacts that a day's profile borrows from the total's."""

FIRST_DAYS = 14
HELD_BACK_DAYS = 2
"""The newest days may belong to a loss that nobody has noticed yet."""

CLOSED_FLOOR = 0.02 / SLOTS
"""In contacts per quarter hour, where nobody was ever seen."""

DAY_TYPE = np.array([0, 0, 0, 0, 0, 1, 2])
"""The type of Monday ... Sunday."""

_TRIANGLE = ((-2, 1), (-1, 2), (0, 3), (1, 2), (2, 1))
"""Offset in quarter hours and weight: 30 minutes to each side."""


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """Contacts by stream, local day and slot, with how often each slot was visited (0, 1, or 2 at DST).

    ``contacts``, ``visits``: [streams, days, 96], what is not to be learned being 0 in both; row 0 is the
    total. ``weekday``: [days], Monday = 0.
    """

    contacts: Floats
    visits: Floats
    weekday: Ints


def weekly_rates(counts: DailyCounts) -> Floats:
    """Return the expected contacts per quarter hour, [streams, 7, 96]."""
    by_weekday, by_type = _sums(counts.contacts, counts.weekday)
    visits_by_weekday, visits_by_type = _sums(counts.visits, counts.weekday)
    return _rates(by_type[:, DAY_TYPE], visits_by_type[:, DAY_TYPE], by_weekday, visits_by_weekday)


def predicted_rates(counts: DailyCounts) -> Floats:
    """Return what could have been expected of each day without having seen it, [streams, days, 96].

    A day is predicted from the days that had been learned by then. The first two weeks of a stream,
    which have too little before them, are predicted from all other days.
    """
    began = (counts.visits.sum(axis=2) > 0).argmax(axis=1)
    days = len(counts.weekday)
    from_before, by_others = int(began.min()) + FIRST_DAYS, int(began.max()) + FIRST_DAYS
    result = np.empty_like(counts.contacts)
    result[:, from_before:] = _from_before(counts, slice(from_before, days))
    others = _from_others(counts, slice(0, by_others))
    young = np.arange(others.shape[1])[None, :] < began[:, None] + FIRST_DAYS
    np.copyto(result[:, :by_others], others, where=young[:, :, None])
    return result


def _from_others(counts: DailyCounts, days: slice) -> Floats:
    """Return what would be expected of these days by all others."""
    by_weekday, by_type = _sums(counts.contacts, counts.weekday)
    visits_by_weekday, visits_by_type = _sums(counts.visits, counts.weekday)
    contacts, visits, weekday = counts.contacts[:, days], counts.visits[:, days], counts.weekday[days]
    day_type = DAY_TYPE[weekday]
    return _rates(
        by_type[:, day_type] - contacts,
        visits_by_type[:, day_type] - visits,
        by_weekday[:, weekday] - contacts,
        visits_by_weekday[:, weekday] - visits,
    )


def _from_before(counts: DailyCounts, days: slice) -> Floats:
    """Return what would have been expected of these days by those learned before each."""
    day_type = DAY_TYPE[counts.weekday]
    return _rates(
        _sums_before(counts.contacts, day_type, days),
        _sums_before(counts.visits, day_type, days),
        _sums_before(counts.contacts, counts.weekday, days),
        _sums_before(counts.visits, counts.weekday, days),
    )


def _sums_before(values: Floats, kinds: Ints, days: slice) -> Floats:
    """Sum the days of the same kind that had been learned before each of these days."""
    result = np.empty_like(values[:, days])
    for kind in np.unique(kinds[days]):
        of_kind = np.flatnonzero(kinds == kind)
        meant = of_kind[of_kind >= days.start]
        sums = np.concatenate([np.zeros_like(values[:, :1]), np.cumsum(values[:, of_kind], axis=1)], axis=1)
        result[:, meant - days.start] = sums[:, np.searchsorted(of_kind, meant - HELD_BACK_DAYS)]
    return result


def smooth(values: Floats) -> Floats:
    """Spread each quarter hour over +-30 minutes (triangle), within the local day."""
    padded = np.concatenate([values[..., -2:], values, values[..., :2]], axis=-1)
    weighted = {weight: weight / 9 * padded for weight in (1, 2, 3)}
    result = np.zeros_like(values)
    for shift, weight in _TRIANGLE:
        result += weighted[weight][..., 2 + shift : 2 + shift + SLOTS]
    return result


def _sums(values: Floats, weekday: Ints) -> tuple[Floats, Floats]:
    by_weekday = np.stack([values[:, weekday == day].sum(axis=1) for day in range(7)], axis=1)
    by_type = np.stack([by_weekday[:, kind == DAY_TYPE].sum(axis=1) for kind in range(3)], axis=1)
    return by_weekday, by_type


def _rates(of_type: Floats, type_visits: Floats, of_weekday: Floats, weekday_visits: Floats) -> Floats:
    profile = _profile(of_type, type_visits)
    day_type = (of_type + TYPE_PRIOR) / (type_visits + TYPE_PRIOR / profile)
    return (of_weekday + WEEKDAY_PRIOR) / (weekday_visits + WEEKDAY_PRIOR / day_type)


def _profile(contacts: Floats, visits: Floats) -> Floats:
    """Return the smoothed profile; a thin stream borrows the shape of the total (row 0), not its size."""
    smoothed, smoothed_visits = smooth(contacts), smooth(visits)
    own = smoothed / np.maximum(smoothed_visits, 1e-9)
    shape = own[:1] / np.maximum(own[:1].sum(axis=-1, keepdims=True), 1e-9)
    size = own.sum(axis=-1, keepdims=True)
    strength = np.where(size > 0, PROFILE_PRIOR, 0.0)
    borrowed = (smoothed + strength * shape) / np.maximum(
        smoothed_visits + strength / np.maximum(size, 1e-9), 1e-9
    )
    borrowed[0] = own[0]
    return np.asarray(np.maximum(borrowed, CLOSED_FLOOR))
