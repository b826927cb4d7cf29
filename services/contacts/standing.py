"""How far a figure lies from what is usual, and whether that is much: by the spread of the earlier ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Amount = Literal["much_less", "less", "as_usual", "more", "much_more"]

NOTABLE, MUCH = 2.0, 4.0
"""Standard deviations from which a figure differs, and differs much."""

DAY_LEVEL = 0.1
"""How much busier or quieter than another a day is without any reason, as a share; where only one other is known."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``contacts`` where ``usual`` are usual; ``score``: the difference in standard deviations."""

    contacts: float
    usual: float
    score: float

    @property
    def share(self) -> float | None:
        """The difference as a share of what is usual, None where nothing is."""
        return self.contacts / self.usual - 1 if self.usual else None

    @property
    def amount(self) -> Amount:
        if abs(self.score) < NOTABLE:
            return "as_usual"
        if self.score > 0:
            return "much_more" if self.score >= MUCH else "more"
        return "much_less" if self.score <= -MUCH else "less"


def standing(contacts: float, earlier: np.ndarray) -> Standing | None:
    """Hold a figure against earlier ones, [periods]; None without any.

    Counts spread at least as chance has them spread; several earlier figures show by how much more.
    """
    if not len(earlier):
        return None
    usual = float(np.median(earlier))
    count = len(earlier)
    if count == 1:
        variance = usual + contacts + (DAY_LEVEL * usual) ** 2
    else:
        seen = float(np.median((earlier - usual) ** 2) * _NORMAL_MAD)
        variance = max(usual, seen) * (1 + 1 / count)
    return Standing(contacts, usual, float((contacts - usual) / np.sqrt(max(variance, 1.0))))


_NORMAL_MAD = 2.198
"""The squared standard deviation of a normal distribution by its median squared deviation."""
