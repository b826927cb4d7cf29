"""The fixed parts of the simulated account: its groups, roles, agents and channels, the same for the same seed."""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator import people
from simulator.entities import Agent, Channel, Group, Role, User

ACCOUNT_ADMIN = Role("ACCOUNT_ADMIN", "Account Admin", "Full control of the account, billing included")
ROLES = (
    ACCOUNT_ADMIN,
    Role("ADMIN", "Admin", "Manages everything except billing"),
    Role("SUPER_USER", "Super User", "Supervises conversations and teams"),
    Role("AGENT", "Agent", "Answers customers"),
)
GROUPS = (
    ("Kundensupport", "Allgemeine Anfragen", 0.345),
    ("Technik", "Geräte und Störungen", 0.22),
    ("Rechnung", "Rechnungen und Zahlungen", 0.16),
    ("Retouren", "Rücksendungen", 0.14),
    ("Geschäftskunden", "Verträge und Angebote für Firmen", 0.09),
    ("VIP", "Persönliche Betreuung", 0.015),
)
WITHOUT_GROUP = 0.03
CHANNELS = (
    ("Support", "WEBCHAT", "Hallo! Wie können wir helfen?"),
    ("Bestellungen", "WHATSAPP", "Schreiben Sie uns Ihre Bestellnummer."),
    ("App", "MOBILE", "Willkommen in der App!"),
)


@dataclass(frozen=True, slots=True)
class Cast:
    app_id: str
    account_id: int
    groups: list[Group]
    roles: tuple[Role, ...]
    agents: list[Agent]
    channels: list[Channel]


def make_id(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def make_cast(seed: int, founded: datetime) -> Cast:
    """Return the account's fixed parts; ``founded`` is when the account was made."""
    rng = random.Random(f"{seed} cast")
    app_id = make_id(rng)
    groups = [Group(make_id(rng), name, description, share) for name, description, share in GROUPS]
    channels = [
        Channel(make_id(rng), 854_600 + number, name, source, welcome, founded + timedelta(days=number))
        for number, (name, source, welcome) in enumerate(CHANNELS)
    ]
    agents = [_agent(rng, number, groups, founded) for number in range(len(people.AGENT_NAMES))]
    return Cast(app_id, 1_019_183_040_122_821, groups, ROLES, agents, channels)


def _agent(rng: random.Random, number: int, groups: list[Group], founded: datetime) -> Agent:
    first, last = people.AGENT_NAMES[number]
    mine = {groups[number % len(groups)].id, groups[(number * 3 + 1) % len(groups)].id}
    return Agent(
        make_id(rng),
        str(rng.randrange(10**17, 10**18)),
        first,
        last,
        people.email(first, last, number, "agentur.example"),
        ROLES[0] if number == 0 else ROLES[2] if number == 1 else ROLES[3],
        tuple(group.id for group in groups if group.id in mine),
        founded + timedelta(hours=number),
    )


def make_user(rng: random.Random, number: int, created_at: datetime) -> User:
    first, last = people.name(rng)
    return User(
        make_id(rng),
        str(rng.randrange(10**18, 2 * 10**18)),
        first,
        last,
        people.email(first, last, number),
        people.phone(rng),
        created_at,
        created_at,
        [{"name": "Kundennummer", "value": f"K-{10_000 + number}"}],
    )  # fmt: skip
