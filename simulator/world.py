"""The chats of the account as they unfold: a plan for each day, and what of it has happened by now."""

import heapq
import random
from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Literal

from simulator import cast, rhythm
from simulator.entities import Agent, Channel, Conversation, Group, Happening, Interaction, User
from simulator.rhythm import Planned
from simulator.times import to_milliseconds

HISTORY = timedelta(days=56)
KNOWN_CUSTOMERS = 700
RETURNING = 0.6
SOON_AGAIN = 0.04
UNGROUPED_GONE = 0.4

_Step = tuple[datetime, int, Literal["open", "assign", "resolve"], Any]


class World:
    """Everybody and everything in the account. ``advance`` makes it live; nothing in it lies in the future."""

    def __init__(
        self, *, seed: int, now: datetime, per_day: float = 320, history: timedelta = HISTORY,
        shift: timedelta = timedelta(0),
    ) -> None:  # fmt: skip
        self.seed, self.per_day, self.shift = seed, per_day, shift
        self.began = to_milliseconds(now - history)
        self.cast = cast.make_cast(seed, self.began - timedelta(days=400))
        self.rng = random.Random(f"{seed} {self._local_day(self.began)}")
        self.live_share = 1.0  # of the planned chats that are really opened: 0 is silence
        self.users: dict[str, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.conversations_of: dict[str, list[Conversation]] = {}
        self.resolved: list[Interaction] = []  # sorted by resolved_at
        self._pool: list[Conversation] = []
        self._steps: list[_Step] = []
        self._number = count()
        self._planned_until = self._local_day(self.began) - timedelta(days=1)
        self.now = self.began
        for _ in range(KNOWN_CUSTOMERS):
            self._new_conversation(self.began - timedelta(days=self.rng.uniform(0, 380)))
        self.advance(now)

    # time

    def advance(self, now: datetime) -> list[Happening]:
        """Let everything happen that is due by now, and return it in order."""
        self._plan_until(self._local_day(now) + timedelta(days=1))
        happened = []
        while self._steps and self._steps[0][0] <= now:
            at, _, kind, what = heapq.heappop(self._steps)
            done = self._open(what) if kind == "open" else self._go_on(kind, what, at)
            if done is not None:
                happened.append(done)
        self.now = max(now, self.now)
        return happened

    def _plan_until(self, last: date) -> None:
        while self._planned_until < last:
            self._planned_until += timedelta(days=1)
            shares = [group.share for group in self.cast.groups] + [cast.WITHOUT_GROUP]
            plan = rhythm.plan_day(
                self._planned_until, seed=self.seed, per_day=self.per_day, shares=shares, shift=self.shift
            )
            for planned in plan:
                if planned.resolved_at >= self.began:
                    self._later(planned.opened_at, "open", planned)

    def _local_day(self, at: datetime) -> date:
        return (at.astimezone(rhythm.ZONE) + self.shift).date()

    def _later(self, at: datetime, kind: Literal["open", "assign", "resolve"], what: Any) -> None:
        heapq.heappush(self._steps, (at, next(self._number), kind, what))

    # what happens

    def _open(self, planned: Planned) -> Happening | None:
        if self.live_share < 1 and self.rng.random() >= self.live_share:
            return None
        group = None if planned.group is None else self.cast.groups[planned.group]
        happening = self.open_chat(
            to_milliseconds(planned.opened_at), self._someone(planned.opened_at), group
        )
        self._later(happening.interaction.assigned_at, "assign", happening.interaction)
        self._later(to_milliseconds(planned.resolved_at), "resolve", happening.interaction)
        return happening

    def _go_on(self, kind: str, interaction: Interaction, at: datetime) -> Happening | None:
        if interaction.resolved_at is not None or self.live_share == 0:
            return None
        if kind == "assign":
            interaction.assigned = True
            return Happening("assigned", at, interaction)
        chance = self.rng.random()
        interaction.resolver = "system" if chance < 0.1 else "user" if chance < 0.12 else "agent"
        interaction.conversation.gone = interaction.group is None and self.rng.random() < UNGROUPED_GONE
        return self.resolve(interaction, at)

    def open_chat(
        self, at: datetime, conversation: Conversation, group: Group | None, *, over_rest: bool = False
    ) -> Happening:
        """Open or reopen a conversation. A chat without group is one whose group nobody can tell any more.

        What another client opens ``over_rest`` waits for that client: no agent takes it and nobody makes up a word.
        """
        if group is not None and group.deleted:
            group = None
        again = conversation.latest is not None or conversation.created_at < at - timedelta(minutes=1)
        assigned_at = at + timedelta(milliseconds=self.rng.randrange(5_000, 90_000))
        interaction = Interaction(
            conversation, at, again, group, None if over_rest else self._agent_for(group), assigned_at,
            assigned_at + timedelta(milliseconds=self.rng.randrange(2_000, 60_000)), over_rest,
        )  # fmt: skip
        conversation.interactions.append(interaction)
        conversation.user.updated_at = at
        return Happening("reopened" if again else "opened", at, interaction)

    def resolve(self, interaction: Interaction, at: datetime) -> Happening:
        """Resolve a chat, at a time that is not in the future."""
        if interaction.group is not None and interaction.group.deleted:
            interaction.group = None
        interaction.resolved_at, interaction.assigned = at, interaction.agent is not None
        interaction.group_name = interaction.group.name if interaction.group else None
        interaction.assigned_at = min(interaction.assigned_at, at)
        interaction.first_response_at = min(interaction.first_response_at, at)
        interaction.conversation.user.updated_at = max(at, interaction.conversation.user.updated_at)
        insort(self.resolved, interaction, key=_resolved_at)
        return Happening("resolved", at, interaction)

    def resolve_at_once(self, at: datetime, group: Group | None) -> list[Happening]:
        """Make a new customer whose chat is opened ten minutes before ``at`` and resolved then."""
        opened_at = at - timedelta(minutes=10)
        opened = self.open_chat(opened_at, self._new_conversation(opened_at), group)
        return [opened, self.resolve(opened.interaction, at)]

    # people

    def _someone(self, at: datetime) -> Conversation:
        """Choose who writes: somebody who was just helped, a customer who returns, or somebody new."""
        chance = self.rng.random()
        if chance < SOON_AGAIN and self.resolved:
            conversation = self.resolved[-1 - self.rng.randrange(min(40, len(self.resolved)))].conversation
            if self._may_write(conversation, at):
                return conversation
        if chance < RETURNING:
            for _ in range(3):
                conversation = self.rng.choice(self._pool)
                if self._may_write(conversation, at):
                    return conversation
        return self._new_conversation(at)

    def _may_write(self, conversation: Conversation, at: datetime) -> bool:
        return not conversation.is_open and not conversation.gone and conversation.updated_at < at

    def _new_conversation(self, at: datetime) -> Conversation:
        user = cast.make_user(self.rng, len(self.users), to_milliseconds(at))
        self.add_user(user)
        return self.add_conversation(user, self.rng.choice(self.cast.channels), to_milliseconds(at))

    def add_user(self, user: User) -> None:
        self.users[user.id] = user

    def add_conversation(self, user: User, channel: Channel, at: datetime) -> Conversation:
        internal_id = 1_019_183_000_000_000 + self.rng.randrange(10**12)
        conversation = Conversation(cast.make_id(self.rng), internal_id, user, channel, at)
        self.conversations[conversation.id] = self.conversations[str(internal_id)] = conversation
        self.conversations_of.setdefault(user.id, []).append(conversation)
        self._pool.append(conversation)
        return conversation

    def _agent_for(self, group: Group | None) -> Agent | None:
        if group is None:
            return None
        mine = [agent for agent in self.cast.agents if group.id in agent.groups]
        return self.rng.choice(mine or self.cast.agents)

    # look-ups

    def group(self, group_id: str | None) -> Group | None:
        return next((group for group in self.cast.groups if group.id == group_id and not group.deleted), None)

    def group_named(self, name: str) -> Group | None:
        return next((group for group in self.cast.groups if group.name == name and not group.deleted), None)

    def agent(self, agent_id: str | None) -> Agent | None:
        return next((agent for agent in self.cast.agents if agent.id == agent_id), None)

    def channel(self, channel_id: str | None) -> Channel | None:
        return next((channel for channel in self.cast.channels if channel.id == channel_id), None)

    def resolved_between(self, start: datetime, end: datetime) -> list[Interaction]:
        """Return what was resolved from ``start`` to before ``end``, in order."""
        low = bisect_left(self.resolved, start, key=_resolved_at)
        return self.resolved[low : bisect_left(self.resolved, end, key=_resolved_at)]

    def interactions(self) -> Iterator[Interaction]:
        for conversation in self._pool:
            yield from conversation.interactions


def _resolved_at(interaction: Interaction) -> datetime:
    assert interaction.resolved_at is not None
    return interaction.resolved_at
