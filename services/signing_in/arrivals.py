"""Who comes by the word of a provider or a proxy: the person of the list, or the one of its roles."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from data.database import Transaction
from data.people import StoredPerson, delete_person, save_person
from services.addresses import lowered
from services.people.known import Known, highest_role
from services.people.person import Person
from services.signing_in.people import new_person
from services.system import System

LONGEST_NAME = 255


class NotKnown(Exception):
    """Whom a provider or proxy names is on no list, and has no role of ours."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who is said to come, and in which roles. ``provider``: who says so, None for the proxy and the one provider
    without a name. ``is_address``: the name is an e-mail address that it has confirmed."""

    name: str
    roles: tuple[str, ...]
    provider: str | None = None
    is_address: bool = True


def arrived(system: System, name: str, told: Iterable[str]) -> Person:
    """Return whom a proxy names, with the role of the list, else with the one that it tells. Raises NotKnown."""
    return arrived_by(system, Claims(name, tuple(told)))


def arrived_by(system: System, claims: Claims) -> Person:
    """Return who is named, with the role of the list, else with the one that is told.

    Raises NotKnown when neither has one; whoever had a role by this provider loses it then.
    """
    before, after = _decided(system, claims)
    if before != after:

        def job(transaction: Transaction) -> StoredPerson | None:
            before, after = _decided(system, claims)  # a browser's first requests come at once
            if after is not None and after != before:
                save_person(transaction, after)
            if before is not None and (after is None or after.person_id != before.person_id):
                delete_person(transaction, before.person_id)
            return after

        after = system.change_people(job)
    if after is None:
        raise NotKnown
    return system.known.person(after.person_id)


def _decided(system: System, claims: Claims) -> tuple[StoredPerson | None, StoredPerson | None]:
    """Return whom this provider's word has made, and who it is from now on; None for nobody."""
    name = _name(claims)
    if name is None:
        return None, None
    own = system.known.named(name, claims.provider)
    listed = _on_the_list(system.known, name, claims)
    if listed is not None:
        return (own if own is not None and own.told_by == "provider" else listed), listed
    role = highest_role(claims.roles)
    if role is None and claims.is_address and name == system.settings.first_admins_name:
        role = "admin"
    if role is None:
        return own, None
    if own is not None and own.role == role:
        return own, own
    found = own or new_person(system, name, role, "the provider")
    return own, replace(found, role=role, told_by="provider", provider=claims.provider)


def _on_the_list(known: Known, name: str, claims: Claims) -> StoredPerson | None:
    """Return whom an admin gave a role: who comes by this provider, or else whoever has this address."""
    places = (claims.provider, None) if claims.is_address else (claims.provider,)
    found = (known.named(name, place) for place in places)
    return next((person for person in found if person is not None and person.told_by == "list"), None)


def _name(claims: Claims) -> str | None:
    """Return the name as it is kept, None where it is none. A provider's own id differs by its capitals."""
    named_alike = claims.is_address or claims.provider is None
    name = lowered(claims.name) if named_alike else claims.name.strip()
    return name if 0 < len(name) <= LONGEST_NAME and name.isprintable() else None
