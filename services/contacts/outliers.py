"""Intervals far beyond all others, a mass closing say: a chart that reached up to them would show nothing else."""

import numpy as np

RATIO = 10.0
"""Times the highest of the other intervals."""

FEWEST = 100.0
"""Contacts: smaller figures flatten nothing that matters."""

MOST = 3
"""More of them are how the period is, and set its scale."""


def beyond_scale(total: np.ndarray) -> list[int]:
    """Return the places of the few intervals that would flatten all others, in order; NaN is not known."""
    known = np.nan_to_num(total)
    order = np.argsort(known, kind="stable")[::-1]
    for count in range(min(MOST, len(order) - 1), 0, -1):
        rest, least = known[order[count]], known[order[count - 1]]
        if rest > 0 and least >= max(FEWEST, RATIO * rest):
            return sorted(int(place) for place in order[:count])
    return []
