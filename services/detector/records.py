"""What the detector is told and what it answers. All instants are aware UTC datetimes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["silence", "partial_loss"]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A span that is never learned from: a detected outage, a planned downtime, a day a user closed.

    ``queues``: whom it concerns; empty means every queue and the total. ``judged``: True for an incident
    that is still open, which must not be learned but goes on being judged; otherwise the span is not
    judged either, and both statistics start afresh at its end. ``unconfirmed``: only the statistics
    spoke for an outage; when a stream has several such spans, they teach the detector that it strays.
    ``forgotten``: up to its end another rhythm held; what came before teaches nothing any more. ``closed``:
    nothing is expected in it, where otherwise something was due and is not learned.
    """

    start: datetime
    end: datetime
    queues: tuple[str, ...] = ()
    judged: bool = False
    unconfirmed: bool = False
    forgotten: bool = False
    closed: bool = False

    @property
    def of_queues(self) -> bool:
        """Whether some queues lost contacts in it, as far as is known, and the others did not."""
        return bool(self.queues) and not self.forgotten and not self.closed


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How much speaks for one kind of trouble in one stream.

    ``expected`` and ``received``: contacts since ``since``. ``level``: 0 = calm, 1 = the alarm threshold.
    ``once_in_weeks``: how rarely a healthy stream looks like this; None when nothing is suspicious.
    """

    kind: Kind
    since: datetime
    expected: float
    received: int
    level: float
    once_in_weeks: float | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """An alarm that was raised ``at`` and waits for the data to flow again."""

    kind: Kind
    at: datetime


@dataclass(frozen=True, slots=True)
class StreamReading:
    """One stream: a source queue, or the integration's total (``queue`` is None).

    ``judged`` is False for a stream that is too new to be judged alone. ``expected_per_hour``: contacts per
    hour now. ``nothing_expected_until``: when the next contacts are due, None while some are due now.
    ``earliest_verdict_at``: when a silence or loss would be reported if nothing came from now on; None
    when that lies further ahead than the detector looks (eight days). For a stream that is too young to tell,
    from when on it is judged. ``recovered_at``: for a stream with
    an open alarm, when the data began to flow normally again; None while it does not.
    """

    queue: str | None
    silence: Suspicion
    partial_loss: Suspicion
    judged: bool
    expected_per_hour: float
    nothing_expected_until: datetime | None
    earliest_verdict_at: datetime | None
    recovered_at: datetime | None = None

    @property
    def level(self) -> float:
        """The higher of the two levels, 0 for a stream that is not judged."""
        return max(self.silence.level, self.partial_loss.level) if self.judged else 0.0

    @property
    def alarm(self) -> bool:
        return self.silence.alarm or self.partial_loss.alarm


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at an integration. ``queues`` are sorted, the most suspicious first.

    While the total alarms, no queue does: one cause, one alarm. While ``learning``, for the first two weeks,
    no partial loss does.
    """

    evaluated_at: datetime
    learning: bool
    days_of_history: float
    total: StreamReading
    queues: tuple[StreamReading, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected number of contacts with its 95 % band."""

    mean: float
    low: int
    high: int
