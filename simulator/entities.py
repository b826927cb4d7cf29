"""What a Freshchat account consists of."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from simulator.times import epoch_ms

HappeningKind = Literal["opened", "reopened", "assigned", "resolved", "message"]


@dataclass(slots=True)
class Group:
    id: str
    name: str
    description: str
    share: float
    routing_type: str = "INTELLIASSIGN"
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    name: str
    description: str
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    id: str
    org_id: str
    first_name: str
    last_name: str
    email: str
    role: Role
    groups: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    number: int
    name: str
    source: str
    welcome: str
    updated_at: datetime


@dataclass(slots=True)
class User:
    id: str
    org_contact_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    created_at: datetime
    updated_at: datetime
    properties: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Interaction:
    """One span of a conversation, from its opening or reopening to its resolution."""

    conversation: "Conversation"
    opened_at: datetime
    reopened: bool
    group: Group | None
    agent: Agent | None
    assigned_at: datetime
    first_response_at: datetime
    over_rest: bool = False
    """Opened by another client: only what that one posts is said."""

    resolver: Literal["agent", "system", "user"] = "agent"
    resolved_at: datetime | None = None
    assigned: bool = False
    """Until then assigned_at and first_response_at are plans."""

    group_name: str | None = None
    """As it was called at the resolution."""

    @property
    def id(self) -> str:
        return f"{self.conversation.internal_id}-{epoch_ms(self.opened_at)}"

    @property
    def assignee(self) -> Agent | None:
        return self.agent if self.assigned else None


@dataclass(slots=True, eq=False)
class Conversation:
    """A life-long thread of one user in one channel."""

    id: str
    internal_id: int
    user: User
    channel: Channel
    created_at: datetime
    interactions: list[Interaction] = field(default_factory=list)
    posted: list[dict[str, Any]] = field(default_factory=list)
    """Messages that came in over REST."""

    gone: bool = False
    """Spam, or deleted by an agent: Freshchat does not find it any more."""

    @property
    def latest(self) -> Interaction | None:
        return self.interactions[-1] if self.interactions else None

    @property
    def is_open(self) -> bool:
        return bool(self.interactions) and self.interactions[-1].resolved_at is None

    @property
    def updated_at(self) -> datetime:
        latest = self.latest
        if latest is None:
            return self.created_at
        return latest.resolved_at or (latest.assigned_at if latest.assigned else latest.opened_at)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that took place in the account and that senders may tell of."""

    kind: HappeningKind
    at: datetime
    interaction: Interaction
    message: dict[str, Any] | None = None
