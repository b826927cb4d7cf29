"""Browsers in which somebody has signed in with their password before: what others try does not slow them down.

What such a browser holds lets nobody in. It names the person and their password's hash, encrypted, so that it ends with
the password, and after half a year.
"""

from datetime import datetime, timedelta

from data.people import StoredPerson
from services.people.known import hashed
from services.system import System
from services.vault import Unreadable

KNOWN_FOR = timedelta(days=180)
_PURPOSE = "known-browser"


def proof_for(system: System, person_id: str) -> str:
    """Return what the browser of whoever has just signed in keeps."""
    person = system.known.people[person_id]
    return system.vault.lock(f"{_PURPOSE}/{_mark(person)}/{system.clock().isoformat()}")


def is_known(system: System, person: StoredPerson | None, proof: str) -> bool:
    """Return whether this person has signed in with this password in the browser that shows this."""
    try:
        purpose, mark, since = system.vault.unlock(proof).split("/")
        age = system.clock() - datetime.fromisoformat(since)
    except (Unreadable, ValueError):
        return False
    return person is not None and (purpose, mark) == (_PURPOSE, _mark(person)) and age < KNOWN_FOR


def _mark(person: StoredPerson) -> str:
    return hashed(f"{person.person_id} {person.password_hash}")
