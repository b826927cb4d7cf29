"""Which intervals would flatten a chart."""

import numpy as np
import pytest

from services.contacts.outliers import beyond_scale


@pytest.mark.parametrize(
    ("total", "places"),
    [
        ([4000, 3, 12, 9, 0], [0]),
        ([4000, 3, 12, 3800, 9], [0, 3]),
        ([np.nan, 3, 12, 4000, np.nan], [3]),
        ([90, 3, 2, 1], []),  # small figures flatten nothing that matters
        ([400, 300, 200, 100], []),
        ([4000, 0, 0, 0], []),  # there is nothing else to see
        ([], []),
        ([5000], []),
    ],
)
def test_only_a_few_far_beyond_all_others_are_cut_off(total: list[float], places: list[int]) -> None:
    assert beyond_scale(np.array(total, dtype=float)) == places
