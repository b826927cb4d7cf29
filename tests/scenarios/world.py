"""A contact centre whose connection can be broken, minute by minute, on a clock of its own.

Freshchat is a fake at the network's edge; everything else is the real system with its real store.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from data.chats import Event
from data.integrations import Integration
from services import ingest, integrations
from services.asking import configuration
from services.backfill.steps import run_due
from services.process.errands import ask_freshchat
from services.process.running import routes
from services.settings import Settings
from services.system import System
from services.watch.data_flow import Freshness, freshness
from services.watch.watcher import Watcher
from tests.conftest import ADMIN_TOKEN, NOBODY_LISTENS, NOW, Clock
from tests.store.account import FreshchatAccount, Resolution

GROUPS = {"g1": ("Kundensupport", 18.0), "g2": ("Technik", 9.0), "g3": ("VIP", 1.5)}  # chats an hour
HISTORY = timedelta(days=42)
HEARTBEAT = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def chats_of_a_minute(at: datetime, dice: random.Random) -> Iterator[Resolution]:
    """Return the chats resolved in the minute before ``at``: Mondays to Fridays, 7 to 19 o'clock UTC."""
    if at.weekday() >= 5 or not 7 <= at.hour < 19:
        return
    for group_id, (name, rate) in GROUPS.items():
        waiting = dice.expovariate(rate / 60)
        while waiting < 1:
            resolved_at = (at - waiting * MINUTE).replace(microsecond=0)
            number = dice.getrandbits(48)
            yield Resolution(f"chat-{number}", resolved_at, f"{number}-1", (group_id, name))
            waiting += dice.expovariate(rate / 60)


def build_history(settings: Settings, now: datetime, length: timedelta = HISTORY) -> list[Resolution]:
    """Fill a database with some time up to now, and return what Freshchat resolved in it."""
    clock, dice = Clock(now), random.Random(7)
    system = System(settings, clock)
    draft = integrations.Draft(
        "Kundenservice", "example.freshchat.com", "freshchat-key", time_zone="Europe/Berlin"
    )
    integration = integrations.add(system, draft)
    integrations.generate_key(system, integration.integration_id, overlap=timedelta(0))
    minutes = int(length / MINUTE)
    told = [
        chat for minute in range(minutes, 0, -1) for chat in chats_of_a_minute(now - minute * MINUTE, dice)
    ]
    for start in range(0, len(told), 500):
        events = [(chat.chat_id, _pushed(chat)) for chat in told[start : start + 500]]
        system.writer.submit(ingest.record, ingest.Delivery(integration.integration_id, events)).result()
    system.close()
    return told


def _pushed(chat: Resolution) -> Event:
    assert chat.group is not None
    return Event(
        "resolved", chat.at, chat.interaction_id, None, *chat.group, "app", chat.at + timedelta(seconds=2)
    )


@dataclass
class World:
    """The contact centre, its app and our system; the fields under "what is broken" can be changed at will."""

    system: System
    clock: Clock
    account: FreshchatAccount
    http: TestClient
    key: str
    dice: random.Random = field(default_factory=lambda: random.Random(11))
    # what is broken
    installed: bool = True
    quiet: bool = False
    lost_groups: frozenset[str] = frozenset()
    lost_share: float = 0.0
    lost_share_of: frozenset[str] = frozenset(GROUPS)
    watcher: Watcher | None = None
    """One that lives as long as its process; without it each turn has one of its own."""

    deliver: Callable[[Resolution], object] | None = None
    """How contacts are told instead of by the app."""

    @property
    def integration(self) -> Integration:
        return self.system.directory.active()[0]

    def run(self, minutes: int) -> None:
        for _ in range(minutes):
            self.minute()

    def minute(self) -> None:
        """Let a minute pass: chats are resolved, the app tells of them, and everything has its turn."""
        now = self.clock.advance(minutes=1)
        for chat in () if self.quiet else chats_of_a_minute(now, self.dice):
            self.account.resolutions.append(chat)
            self._tell(chat)
        if self.installed and (now - NOW) % HEARTBEAT == timedelta(0):
            self._post("heartbeat", {})
        (self.watcher or Watcher(self.system)).tick()
        ask_freshchat(self.system)
        run_due(self.system, now)

    def verdict_within(self, minutes: int, data_flow: str, cause: str) -> int:
        """Run until the panel says so and return after how many minutes it did."""
        seen = set()
        for minute in range(1, minutes + 1):
            self.minute()
            verdict = self.panel().verdict
            if (verdict.data_flow, verdict.cause) == (data_flow, cause):
                return minute
            seen.add((verdict.data_flow, verdict.cause))
        raise AssertionError(f"not within {minutes} minutes; it said {sorted(seen)}")

    def panel(self) -> Freshness:
        return freshness(self.system, self.integration.integration_id)

    def new_key(self, overlap: timedelta = timedelta(0)) -> str:
        text, _ = integrations.generate_key(self.system, self.integration.integration_id, overlap=overlap)
        return text

    def _tell(self, chat: Resolution) -> None:
        assert chat.group is not None
        group_id, name = chat.group
        told = self.installed or self.deliver is not None
        if not told or group_id in self.lost_groups or self._is_lost(group_id):
            return
        if self.deliver is not None:
            self.deliver(chat)
            return
        self._post(
            "events",
            {
                "chat_id": chat.chat_id,
                "resolved_at": chat.at.isoformat(),
                "interaction_id": chat.interaction_id,
                "group": {"id": group_id, "name": name},
            },
        )

    def _is_lost(self, group_id: str) -> bool:
        return group_id in self.lost_share_of and self.dice.random() < self.lost_share

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self.http.post(f"/api/v1/{path}", json=body, headers={"Authorization": f"Bearer {self.key}"})


@contextmanager
def opened_world(folder: Path, account: FreshchatAccount, now: datetime) -> Iterator[World]:
    """Open the history in ``folder`` as a running system whose app has a fresh key."""
    with running_world(folder, account, now) as world:
        world.key = world.new_key()
        account.groups = {group_id: name for group_id, (name, _) in GROUPS.items()}
        configuration.check(world.system, world.integration.integration_id)
        yield world


@contextmanager
def running_world(folder: Path, account: FreshchatAccount, now: datetime) -> Iterator[World]:
    """Open what is in ``folder`` as a running system, as it was left."""
    clock = Clock(now)
    system = System(settings_in(folder), clock)
    with TestClient(Starlette(routes=routes(system)), raise_server_exceptions=False) as http:
        yield World(system, clock, account, http, "")
    system.close()


def settings_in(folder: Path) -> Settings:
    return Settings(
        database=str(folder / "stillwatch.duckdb"), admin_token=ADMIN_TOKEN, freshchat_url=NOBODY_LISTENS
    )
