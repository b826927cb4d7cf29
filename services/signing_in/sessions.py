"""Browsers that are signed in: how it begins, goes on and ends. Only hashes of their secrets are stored."""

import secrets
from dataclasses import replace
from datetime import timedelta

from data.database import Transaction
from data.people import Session, delete_session, forget_sessions, save_person, save_session
from services.people.known import Spans, hashed
from services.people.person import Asker, Person, SignedOut
from services.system import System

NOTED_EVERY = timedelta(minutes=2)


def spans(system: System) -> Spans:
    return Spans(system.settings.session_idle, system.settings.session_whole)


def begin(system: System, person_id: str, way: str, address: str) -> str:
    """Sign somebody in and return the secret for the browser's cookie."""
    secret = secrets.token_urlsafe(32)
    now = system.clock()
    session = Session(hashed(secret), person_id, way, now, now)
    person = system.known.person(person_id)
    asked = system.asked_by(Asker(lambda: person, address))

    def job(transaction: Transaction) -> None:
        save_session(transaction, session)
        save_person(transaction, replace(system.known.people[person_id], signed_in_at=now))
        asked.record(transaction, "signed_in", subject=way)

    system.change_people(job)
    return secret


def end(system: System, session_hash: str, address: str) -> None:
    """Sign the browser out; nothing happens when it is already."""
    session = system.known.sessions.get(session_hash)
    if session is None:
        return
    stored = system.known.people.get(session.person_id)
    person = system.known.person(session.person_id) if stored else Person("", session.person_id, "supervisor")
    asked = system.asked_by(Asker(lambda: person, address))

    def job(transaction: Transaction) -> None:
        delete_session(transaction, session_hash)
        asked.record(transaction, "signed_out")

    system.change_people(job)


def seen(system: System, session_hash: str) -> None:
    """Note that somebody is before the screen, every few minutes at most."""
    session = system.known.session(session_hash, system.clock(), spans(system))
    if session is not None and system.clock() - session.seen_at >= NOTED_EVERY:
        changed = replace(session, seen_at=system.clock())
        system.change_people(lambda transaction: save_session(transaction, changed))


def keep_forgetting_sessions(system: System) -> None:
    """Drop the sessions that are over."""
    now, lasting = system.clock(), spans(system)
    if any(
        system.known.session(session_hash, now, lasting) is None for session_hash in system.known.sessions
    ):
        began, seen_at = now - lasting.whole, now - lasting.idle
        system.change_people(lambda transaction: forget_sessions(transaction, began, seen_at))


def visitor(system: System, named: str) -> Person:
    """Return who a visitor is now, by what the door named them: a session, or a person of the proxy's.

    Raises SignedOut.
    """
    way, _, person_id = named.partition(":")
    if way == "proxy":
        if "proxy" not in system.settings.sign_ins:
            raise SignedOut
        return system.known.person(person_id)
    found = system.known.session(named, system.clock(), spans(system))
    if found is None or found.way not in system.settings.session_ways:
        raise SignedOut
    return system.known.person(found.person_id)
