"""People: inviting, changing and removing them."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

from data.database import Transaction
from data.people import StoredPerson, delete_person, delete_sessions_of, save_person
from services.addresses import lowered
from services.ids import new_id
from services.people.changes import differences
from services.people.known import called, hashed
from services.people.person import ROLES, Role
from services.sign_in_settings import is_person_name
from services.signing_in.passwords import checked_password, hash_password
from services.system import Invalid, NotFound, System, needs

__all__ = [
    "LastAdmin",
    "StoredPerson",
    "add_person",
    "change_person",
    "listed_people",
    "remove_person",
]
INVITATION_LASTS = timedelta(days=7)


class LastAdmin(Exception):
    """Nobody would be left who may let others in."""


@needs("admin")
def listed_people(system: System) -> list[StoredPerson]:
    """Return everybody who may sign in, in the order of their names."""
    return list(system.known.people.values())


@needs("admin", changes=True)
def add_person(
    system: System, name: str, role: Role, integrations: Collection[str] | None = None
) -> StoredPerson:
    """Put somebody on the list. ``name``: the e-mail address. Raises Invalid."""
    address = lowered(name)
    if not is_person_name(address):
        raise Invalid("bad_person", "name", "give an e-mail address such as kim@example.com")
    person = new_person(system, address, role, system.person.name, integrations)

    def job(transaction: Transaction) -> None:
        if system.known.named(address) is not None:
            raise Invalid("person_known", "name", f"{address} is on the list already")
        save_person(transaction, person)
        system.record(transaction, "person_added", subject=address, after=_told(person))

    system.change_people(job)
    return person


@needs("admin", changes=True)
def invite(system: System, person_id: str) -> str:
    """Return the path of a link with which somebody chooses a password, once. An earlier link ends.

    Raises NotFound, also for who comes by the word of one provider: no password of ours lets them in.
    """
    stored = _stored(system, person_id)
    if stored.provider is not None:
        raise NotFound(f"{called(stored)} signs in there alone")
    secret = secrets.token_urlsafe(32)
    changed = replace(
        stored, invitation_hash=hashed(secret), invitation_ends_at=system.clock() + INVITATION_LASTS
    )

    def job(transaction: Transaction) -> None:
        save_person(transaction, changed)
        system.record(transaction, "person_invited", subject=stored.name)

    system.change_people(job)
    return f"/invitation/{secret}"


@needs("admin", changes=True)
def change_person(
    system: System, person_id: str, role: Role, integrations: Collection[str] | None = None
) -> None:
    """Give somebody this role from now on, also in pages that are open. Raises NotFound and LastAdmin."""
    stored = _stored(system, person_id)
    if role != "admin":
        _keep_an_admin(system, person_id)
    changed = replace(stored, role=role, told_by="list", integrations=_only(role, integrations))

    def job(transaction: Transaction) -> None:
        save_person(transaction, changed)
        before, after = differences(stored, changed, ("role", "integrations"))
        system.record(transaction, "person_changed", subject=called(stored), before=before, after=after)

    system.change_people(job)


@needs("admin", changes=True)
def remove_person(system: System, person_id: str) -> None:
    """Forget somebody and sign them out everywhere. Raises NotFound and LastAdmin."""
    stored = _stored(system, person_id)
    _keep_an_admin(system, person_id)

    def job(transaction: Transaction) -> None:
        delete_person(transaction, person_id)
        system.record(transaction, "person_removed", subject=called(stored), before=_told(stored))

    system.change_people(job)


def accept_invitation(system: System, secret: str, password: str) -> StoredPerson:
    """Give whoever was invited this password. The link ends, and so do their sessions. Raises NotFound and Invalid."""
    checked_password(password)
    if (
        system.known.invited_by(secret, system.clock()) is None
    ):  # a hash is dear: nobody else makes us take one
        raise NotFound("this invitation was used, or has ended")
    hash_of_it = hash_password(password)

    def job(transaction: Transaction) -> StoredPerson:
        stored = system.known.invited_by(secret, system.clock())
        if stored is None:
            raise NotFound("this invitation was used, or has ended")
        changed = replace(stored, password_hash=hash_of_it, invitation_hash=None, invitation_ends_at=None)
        save_person(transaction, changed)
        delete_sessions_of(transaction, stored.person_id)
        return changed

    return system.change_people(job)


def first_invitation(system: System) -> str | None:
    """Return the path of a fresh invitation for the first admin, None when there is an admin who can sign in."""
    name = system.settings.first_admins_name
    able = any(person.role == "admin" and person.password_hash for person in system.known.people.values())
    if name is None or "accounts" not in system.settings.sign_ins or able:
        return None
    stored = system.known.named(name)
    if stored is None or stored.role != "admin":
        stored = replace(
            stored or new_person(system, name, "admin", "the settings"), role="admin", integrations=None
        )
        known: StoredPerson = stored
        system.change_people(lambda transaction: save_person(transaction, known))
    return invite(system, stored.person_id)


def new_person(
    system: System, name: str, role: Role, created_by: str, integrations: Collection[str] | None = None
) -> StoredPerson:
    """Return somebody who is on the list with this role. Raises Invalid."""
    return StoredPerson(
        new_id(),
        name,
        _role(role),
        "list",
        _only(role, integrations),
        None,
        None,
        None,
        system.clock(),
        created_by,
    )


def _role(text: str) -> Role:
    for role in ROLES:
        if role == text:
            return role
    raise Invalid("bad_role", "role", f"one of {', '.join(ROLES)}")


def _only(role: Role, integrations: Collection[str] | None) -> tuple[str, ...] | None:
    """Return what is stored; an admin is never limited."""
    return None if integrations is None or role == "admin" else tuple(sorted(integrations))


def _stored(system: System, person_id: str) -> StoredPerson:
    found = system.known.people.get(person_id)
    if found is None:
        raise NotFound(f"there is no person {person_id}")
    return found


def _keep_an_admin(system: System, person_id: str) -> None:
    others = [person for person in system.known.people.values() if person.person_id != person_id]
    if system.known.people[person_id].role == "admin" and not any(other.role == "admin" for other in others):
        raise LastAdmin


def _told(person: StoredPerson) -> dict[str, Any]:
    return {"role": person.role, "integrations": person.integrations}
