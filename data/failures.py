"""Why a store refuses changes, in words of our own: the engine's messages name paths and hold numbers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb

FailureReason = Literal["disk_full", "not_permitted", "damaged", "out_of_memory", "failing"]

_SIGNS: tuple[tuple[FailureReason, tuple[str, ...]], ...] = (
    ("disk_full", ("no space left on device", "file too large", "disk quota exceeded", "not enough space")),
    ("not_permitted", ("permission denied", "read-only file system", "operation not permitted")),
    ("damaged", ("checksum", "corrupt", "input/output error", "could not read enough bytes")),
    ("out_of_memory", ("out of memory", "cannot allocate memory", "failed to allocate")),
)
_OURS = (duckdb.IntegrityError, duckdb.DataError, duckdb.ProgrammingError)
"""What a mistake of ours, or of one delivery, looks like: the store itself is well."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Changes have failed since then, the last time at ``last_at``, for this reason."""

    reason: FailureReason
    since: datetime
    last_at: datetime

    @property
    def whole_store(self) -> bool:
        """Whether any change that works shows that it is over: a damaged page fails only what needs it."""
        return self.reason not in ("damaged", "failing")


def reason_of(error: BaseException) -> FailureReason | None:
    """Return why the store failed, None when it was not the store that did."""
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    if any(isinstance(link, _OURS) for link in chain):
        return None
    told = " ".join(str(link) for link in chain).lower()
    return next((reason for reason, signs in _SIGNS if any(sign in told for sign in signs)), "failing")
