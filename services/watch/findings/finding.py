"""A finding: one piece of evidence that data flow is broken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.watch import Cause, DataFlow
from services.watch.evidence import Evidence, KeyFacts

Source = Literal[
    "refused_key", "key_never_used", "no_key_left", "probe", "goodbye", "heartbeat", "statistics"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence that data flow is broken, with its figures. Empty ``queues`` means all of them."""

    source: Source
    data_flow: DataFlow
    cause: Cause
    since: datetime
    expected: float | None = None
    received: int | None = None
    once_in_weeks: float | None = None
    queues: tuple[str, ...] = ()
    key: KeyFacts | None = None
    count: int | None = None
    last_at: datetime | None = None


Rule = Callable[[Evidence], Finding | None]
