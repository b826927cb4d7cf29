"""What the support bundle holds. The names of the fields are those of its JSON, which other programs read."""

from dataclasses import dataclass
from datetime import date, datetime

from data.activity import ActivityKind
from data.backfill import Reason
from data.integrations import Configuration, Counting
from data.probes import Probe
from data.seals import SealReason, SealState
from data.watch import Cause, DataFlow, NotRecovered
from services.backfill.jobs import State
from services.watch.evidence import KeyFacts
from services.watch.findings import Source


@dataclass(frozen=True, slots=True)
class Versions:
    stillwatch: str
    python: str
    duckdb: str


@dataclass(frozen=True, slots=True)
class ToldIntegration:
    """The settings, without a key. ``counting_rule``: ``counting`` in words; ``webhook``: has a public key."""

    id: str
    name: str
    domain: str
    time_zone: str
    holidays: str | None
    counting: Counting
    counting_rule: str
    webhook: bool
    created_at: datetime
    paused_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldConfiguration:
    status: Configuration | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding with its sentence; of its key only the sentence tells the prefix."""

    source: Source
    data_flow: DataFlow
    cause: Cause
    since: datetime
    expected: float | None
    received: int | None
    once_in_weeks: float | None
    queues: tuple[str, ...]
    reason: str | None
    count: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the FAQ, in words, and how the evidence answers it."""

    question: str
    answer: bool


@dataclass(frozen=True, slots=True)
class ToldVerdict:
    """The verdict, what it rests on, and what to do next."""

    data_flow: DataFlow
    data_flow_name: str
    cause: Cause
    cause_name: str
    since: datetime | None
    evaluated_at: datetime | None
    sentence: str
    findings: tuple[ToldFinding, ...]
    hints: tuple[ToldFinding, ...]
    answers: tuple[Answer, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class LastSigns:
    """The last sign of each kind. ``heartbeat_seconds``: how often the app gives a heartbeat."""

    event_at: datetime | None
    contact_resolved_at: datetime | None
    heartbeat_at: datetime | None
    accepted_at: datetime | None
    goodbye_at: datetime | None
    heartbeat_seconds: float | None
    probe: Probe | None


@dataclass(frozen=True, slots=True)
class ToldRefusal:
    code: str
    key_prefix: str
    first_at: datetime
    last_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class ToldDay:
    """A local day: its seal, contacts by source queue, by the counting rule, and requests by kind."""

    day: date
    state: SealState
    reason: SealReason | None
    freshchat: int | None
    fetched: int
    compared_at: datetime | None
    seal: str
    contacts: dict[str, int]
    requests: dict[str, int]


@dataclass(frozen=True, slots=True)
class ToldActivity:
    kind: ActivityKind
    key_id: str | None
    interval_start: datetime
    occurrences: int


@dataclass(frozen=True, slots=True)
class ToldBackfill:
    """A span that was fetched from Freshchat. ``unreadable_shape``: a row without its content."""

    reason: Reason
    state: State
    start: datetime
    end: datetime
    requested_at: datetime
    fetched: int
    new: int
    unreadable: int
    unreadable_shape: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class ToldIncident:
    """``data.watch.Incident`` without its integration, which the bundle names once."""

    incident_id: str
    opened_at: datetime
    detected_at: datetime
    closed_at: datetime | None
    data_flow: DataFlow
    cause: Cause
    queues: tuple[str, ...]
    missed: int | None
    missed_low: int | None
    missed_high: int | None
    recovered: int
    recovered_at: datetime | None
    false_alarm: bool
    not_recovered: NotRecovered | None
    recovery_checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """All of it, in the order in which it is written. ``days``: the newest first."""

    made_at: datetime
    versions: Versions
    integration: ToldIntegration
    configuration: ToldConfiguration
    verdict: ToldVerdict
    last: LastSigns
    keys: tuple[KeyFacts, ...]
    refusals: tuple[ToldRefusal, ...]
    days: tuple[ToldDay, ...]
    activity: tuple[ToldActivity, ...]
    incidents: tuple[ToldIncident, ...]
    backfills: tuple[ToldBackfill, ...]
