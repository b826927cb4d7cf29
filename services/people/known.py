"""Who may sign in, who is signed in, and the tokens, in memory: every request asks for them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.database import Database
from data.people import ApiToken, Session, StoredPerson, api_tokens, people, sessions
from services.addresses import lowered
from services.people.person import ROLES, Person, Role, SignedOut


@dataclass(frozen=True, slots=True)
class Spans:
    """How long a browser stays signed in: without a sign of anybody, and at most."""

    idle: timedelta
    whole: timedelta


@dataclass(frozen=True, slots=True)
class Known:
    """A snapshot: people by id, sessions and tokens by their hash."""

    people: dict[str, StoredPerson]
    sessions: dict[str, Session]
    tokens: dict[str, ApiToken]

    def named(self, name: str, provider: str | None = None) -> StoredPerson | None:
        """Return who is called so, capitals of an address aside, by the word of this provider (None: of any)."""
        wanted = lowered(name) if provider is None else name
        return next(
            (one for one in self.people.values() if one.name == wanted and one.provider == provider), None
        )

    def invited_by(self, secret: str, now: datetime) -> StoredPerson | None:
        """Return whose open invitation has this secret."""
        wanted = hashed(secret)
        return next(
            (
                person
                for person in self.people.values()
                if person.invitation_hash == wanted
                and person.invitation_ends_at is not None
                and now < person.invitation_ends_at
            ),
            None,
        )

    def session(self, session_hash: str, now: datetime, spans: Spans) -> Session | None:
        """Return the session while it lasts."""
        found = self.sessions.get(session_hash)
        if found is None or found.person_id not in self.people:
            return None
        over = now >= found.began_at + spans.whole or now >= found.seen_at + spans.idle
        return None if over else found

    def signed_in(self, session_hash: str, now: datetime, spans: Spans) -> Person:
        """Return who is signed in. Raises SignedOut."""
        found = self.session(session_hash, now, spans)
        if found is None:
            raise SignedOut
        return self.person(found.person_id)

    def person(self, person_id: str) -> Person:
        """Return somebody with what they may. Raises SignedOut when they were removed."""
        if person_id not in self.people:
            raise SignedOut
        return person_of(self.people[person_id])

    def token(self, text: str, now: datetime) -> ApiToken | None:
        """Return the token while it lasts. It is found by its hash: what differs in time tells nothing of it."""
        found = self.tokens.get(hashed(text))
        return None if found is None or (found.ends_at is not None and now >= found.ends_at) else found


def read_known(database: Database) -> Known:
    return Known(
        {person.person_id: person for person in people(database)},
        {session.session_hash: session for session in sessions(database)},
        {token.token_hash: token for token in api_tokens(database)},
    )


def person_of(stored: StoredPerson) -> Person:
    """Return who this is to the services. Admins see every integration."""
    role = read_role(stored.role)
    only = None if stored.integrations is None or role == "admin" else frozenset(stored.integrations)
    return Person(stored.person_id, called(stored), role, only)


def called(stored: StoredPerson) -> str:
    """Return how somebody is told from the others: two providers may know people of one name."""
    return f"{stored.name} ({stored.provider})" if stored.provider else stored.name


def read_role(text: str) -> Role:
    """Return the role; what is none is the least."""
    return next((role for role in ROLES if role == text), ROLES[0])


def highest_role(texts: Iterable[str]) -> Role | None:
    """Return the highest role among what a provider says, None when none of it is a role of ours."""
    said = {text.strip().lower() for text in texts}
    return next((role for role in reversed(ROLES) if role in said), None)


def hashed(secret: str) -> str:
    """Return the SHA-256 in hexadecimal. The secrets are random and long: nobody finds one by trying."""
    return hashlib.sha256(secret.encode()).hexdigest()
