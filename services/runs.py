"""Runs: what lies beside one another and is marked."""

import numpy as np


def runs(marked: np.ndarray) -> list[tuple[int, int]]:
    """Return where each run of marked places begins and before which place it ends, in order.

    ``marked``: booleans of one dimension.
    """
    changes = np.flatnonzero(np.diff(marked, prepend=False, append=False))
    return list(zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True))
