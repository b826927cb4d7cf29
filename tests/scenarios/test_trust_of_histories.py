"""Over random histories of losses, restarts, late reports and backfills, complete is never said of what is not."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.chats import Event
from data.integrations import Integration
from services import backfill, ingest, integrations
from services.asking import configuration
from services.intervals import local_day
from services.sealing.days import Seal, days
from services.sealing.seals import keep_sealed
from services.system import System
from services.trust import Trust, trust
from tests.conftest import NOW, Clock
from tests.store.account import FreshchatAccount, Resolution

STEP = timedelta(minutes=15)
DAYS = 4
SPANS_A_STEP = 8
HISTORIES = 4
INSTANT = timedelta(microseconds=1)


@dataclass
class Story:
    """A contact centre of which some pushes get lost, some turns are missed, and reports lag behind."""

    system: System
    integration: Integration
    account: FreshchatAccount
    clock: Clock
    dice: random.Random

    def step(self) -> None:
        now = self.clock.advance(minutes=STEP.total_seconds() / 60)
        self.account.status = 503 if self.dice.random() < 0.05 else 200
        resolved = [self._resolution(now) for _ in range(self.dice.randrange(4))]
        self.account.resolutions += resolved
        self.account.late = {chat for chat in self.account.late if self.dice.random() < 0.97}
        pushed = [chat for chat in resolved if self.dice.random() > 0.1]
        self.account.late |= {chat for chat in resolved if chat not in pushed and self.dice.random() < 0.5}
        if self.dice.random() > 0.03:  # an outage swallows all of a step
            self._push(pushed)
        for _ in range(self.dice.randrange(4)):  # a restart misses its turn
            keep_sealed(self.system, self.system.integration(self.integration.integration_id), now)
            while backfill.run_due(self.system, now):
                pass

    def seals(self) -> list[Seal]:
        """Return the seals of all days, as the page would read them now."""
        integration, now = self.system.integration(self.integration.integration_id), self.clock()
        zone = ZoneInfo(integration.time_zone)
        return days(self.system, integration, local_day(NOW, zone), local_day(now, zone), now)

    def told(self, seals: list[Seal], start: datetime, end: datetime) -> Trust:
        now, zone = self.clock(), ZoneInfo(self.system.integration(self.integration.integration_id).time_zone)
        first, last = local_day(start, zone), local_day(max(start, min(end, now) - INSTANT), zone)
        return trust(
            start,
            end,
            now,
            zone=zone,
            data_flow="receiving",
            broken_since=None,
            holes=[],
            fetching=False,
            seals=[seal for seal in seals if first <= seal.day <= last],
        )

    def missing(self) -> list[datetime]:
        stored = {key for (key,) in self.system.database.rows("SELECT chat_id FROM contact")}
        return [chat.at for chat in self.account.resolutions if chat.chat_id not in stored]

    def _resolution(self, now: datetime) -> Resolution:
        at = now - timedelta(seconds=self.dice.randrange(1, int(STEP.total_seconds())))
        number = self.dice.getrandbits(48)
        group = self.dice.choice([("g1", "Support"), ("g2", "Vertrieb"), None])
        return Resolution(f"chat-{number}", at, f"{number}-1", group)

    def _push(self, told: list[Resolution]) -> None:
        events = []
        for chat in told:
            group_id, name = chat.group or (None, None)
            event = Event("resolved", chat.at, chat.interaction_id, None, group_id, name, "app", chat.at)
            events.append((chat.chat_id, event))
        delivery = ingest.Delivery(self.integration.integration_id, events)
        self.system.writer.submit(ingest.record, delivery).result()


@pytest.fixture(params=range(HISTORIES))
def story(
    request: pytest.FixtureRequest,
    system: System,
    integration: Integration,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Story:
    account = FreshchatAccount().install(monkeypatch)
    draft = integrations.draft_of(integration)
    zone = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"][request.param]
    changed = integrations.change(
        system,
        integration.integration_id,
        replace(draft, freshchat_api_key="freshchat-key", time_zone=zone),
    )
    configuration.check(system, changed.integration_id)
    return Story(system, changed, account, clock, random.Random(request.param))


def test_complete_is_said_of_no_span_that_lacks_a_contact(story: Story) -> None:
    complete = spans = 0
    for _ in range(int(timedelta(days=DAYS) / STEP)):
        story.step()
        missing, seals = story.missing(), story.seals()
        for _ in range(SPANS_A_STEP):
            start = NOW + timedelta(
                minutes=story.dice.randrange(int((story.clock() - NOW) / timedelta(minutes=1)))
            )
            end = start + timedelta(minutes=story.dice.randrange(15, 60 * 48))
            told = story.told(seals, start, end)
            spans += 1
            if told.until is None:
                continue
            complete += told.until > start
            wrong = [at for at in missing if start <= at < told.until]
            assert not wrong, f"{told} at {story.clock()}, although {wrong} are missing"
    assert spans * HISTORIES > 10_000
    assert complete > spans / 20, "it says complete so seldom that this test would prove nothing"
