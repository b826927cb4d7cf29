"""A finding: one piece of evidence that data flow is broken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.watch import Cause, DataFlow
from services.causes import Step
from services.watch.evidence import Evidence, KeyFacts

Source = Literal[
    "store",
    "clock",
    "own_absence",
    "clock_jump",
    "no_key_generated",
    "refused_key",
    "key_never_used",
    "no_key_left",
    "webhook",
    "not_understood",
    "probe",
    "goodbye",
    "heartbeat",
    "statistics",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence that data flow is broken, with its figures. Empty ``queues`` means all of them.

    ``reason``: which of several, where its source knows more than one. ``step``: what mends it, where that is
    not what usually mends its cause. ``hint``: contacts come all the same, so it claims no loss.
    """

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
    reason: str | None = None
    step: Step | None = None
    hint: bool = False


Rule = Callable[[Evidence], Finding | None]
