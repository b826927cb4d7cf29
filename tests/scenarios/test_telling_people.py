"""One outage as people hear of it: from the first refused event to the all-clear, minute by minute."""

from datetime import datetime, timedelta

import pytest

from services.alerting.sender import Sender
from services.notifications import answers, channels
from services.notifications.channels import Channel, ChannelDraft
from services.system import System
from services.watch.history import history
from tests.receivers import Hook, Mailbox
from tests.scenarios.world import World

MINUTE = timedelta(minutes=1)


class People:
    """Whoever is told: lets the world's minutes pass, with a sender, and notes when each message came."""

    def __init__(self, world: World, hook: Hook, mailbox: Mailbox) -> None:
        self.world, self.hook, self.mailbox = world, hook, mailbox
        self.sender = Sender(world.system)
        self.heard: list[tuple[datetime, str, str]] = []
        """When a message came, through which channel, and its title."""

    def minute(self) -> None:
        self.world.minute()
        self.sender.turn()
        for name, titles in (("hook", self.hook.titles()), ("mail", self.mailbox.subjects())):
            known = sum(channel == name for _, channel, _ in self.heard)
            self.heard += [(self.world.clock.now, name, title) for title in titles[known:]]

    def run(self, minutes: int) -> None:
        for _ in range(minutes):
            self.minute()

    def restart(self) -> None:
        """End the process's part that sends, and begin again with what is on disk."""
        self.sender = Sender(self.world.system)
        self.world.system.started_at = self.world.system.awake_since = self.world.clock.now

    def titles(self, channel: str) -> list[str]:
        return [title for _, name, title in self.heard if name == channel]

    def minutes_after(self, began: datetime, channel: str) -> list[int]:
        return [round((at - began) / MINUTE) for at, name, _ in self.heard if name == channel]


@pytest.fixture
def people(world: World, hook: Hook, mailbox: Mailbox) -> People:
    add(world.system, "Mail", mailbox.url, language="de", remind_minutes=20)
    add(world.system, "Pager", hook.url, after_minutes=15, remind_minutes=0)
    people = People(world, hook, mailbox)
    people.run(2)
    assert people.heard == []
    return people


def add(system: System, name: str, url: str, **more: object) -> Channel:
    return channels.add(system, ChannelDraft(name, url, **more))  # type: ignore[arg-type]


def test_an_outage_from_the_first_refused_event_to_the_all_clear(people: People) -> None:
    world = people.world
    new_key = world.new_key()  # the app keeps the old one: from now on every event is refused
    began = world.clock.now
    people.run(40)
    first, sharpened, later = people.minutes_after(began, "mail")
    assert first <= 10
    assert first < sharpened < later == first + 20
    told, more, reminded = people.titles("mail")
    assert told == "Kundenservice: Stille – Die App verwendet einen widerrufenen injixo API-Key"
    assert more == "Mehr ist bekannt: " + told.replace("Stille", "Verlust von Freshchat bestätigt")
    assert reminded == more.replace("Mehr ist bekannt", "Weiterhin")
    (escalated,) = people.minutes_after(began, "hook")
    assert escalated == first + 15
    (entry,) = history(world.system, world.integration.integration_id)
    answers.acknowledge(world.system, entry.incident.integration_id, entry.incident.incident_id)
    people.run(45)
    assert len(people.heard) == 4  # somebody sees to it: no more reminders
    world.key = new_key
    mended = world.clock.now
    people.run(30)
    assert people.titles("mail")[3:] == ["Kundenservice: Kontakte kommen wieder an"]
    assert len(people.titles("hook")) == 2
    assert round((people.heard[-1][0] - mended) / MINUTE) <= 20
    (entry,) = history(world.system, world.integration.integration_id)
    body = people.mailbox.received[-1].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert entry.incident.recovered_at is not None
    assert "Alle verpassten Kontakte sind nachgeholt" in text
    assert ["Nachgeholt", str(entry.incident.recovered)] == text.split("Kontakte verpasst")[1].split()[1:3]
    assert f"/freshness?integration={world.integration.integration_id}&incident=" in text
    people.run(20)
    assert len(people.heard) == 6


def test_restarts_in_the_middle_send_nothing_twice_and_forget_nothing(people: People) -> None:
    world = people.world
    new_key = world.new_key()
    for _ in range(30):
        people.minute()
        people.restart()
    assert len(people.titles("mail")) == 3
    assert len(people.titles("hook")) == 1
    world.key = new_key
    for _ in range(25):
        people.minute()
        people.restart()
    assert people.titles("mail")[-1] == "Kundenservice: Kontakte kommen wieder an"
    assert len(people.titles("mail")) == 4
    assert people.titles("hook")[-1] == "Kundenservice: contacts arrive again"
    assert len(people.titles("hook")) == 2
