"""Runs of what is marked."""

from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.runs import runs


@given(st.lists(st.booleans(), max_size=30))
def test_runs_hold_all_that_is_marked_and_nothing_else_and_do_not_touch(marked: list[bool]) -> None:
    found = runs(np.array(marked, dtype=bool))
    told = np.zeros(len(marked), dtype=bool)
    for first, after in found:
        told[first:after] = True
    assert told.tolist() == marked
    assert len(found) == sum(run for run, _ in groupby(marked))
