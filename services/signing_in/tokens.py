"""Tokens of the admin API: named, with a role and an end, shown once and stored as hashes."""

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from data.database import Transaction
from data.people import ApiToken, delete_token, save_token
from services.fields import clean_name
from services.ids import BASE62, new_id
from services.people.known import hashed, read_role
from services.people.person import ROLES, Person, Role
from services.system import Invalid, NotFound, StoreUnavailable, System, needs

__all__ = ["ApiToken", "listed_tokens", "make_token", "revoke_token"]
LONGEST_NAME = 100
SECRET_LENGTH = 40
PREFIX = "swt_"
"""By it secret scanners find a token that got lost."""
NOTED_EVERY = timedelta(minutes=2)


@needs("admin")
def listed_tokens(system: System) -> list[ApiToken]:
    """Return the tokens, newest first."""
    return list(system.known.tokens.values())


@needs("admin", changes=True)
def make_token(system: System, name: str, role: Role, lasts: timedelta | None) -> str:
    """Return a new token, which is shown now and never again. ``lasts``: None for ever. Raises Invalid."""
    called = clean_name(name)
    if not 1 <= len(called) <= LONGEST_NAME:
        raise Invalid("bad_name", "name", f"give a name of 1 to {LONGEST_NAME} characters")
    if role not in ROLES:
        raise Invalid("bad_role", "role", f"one of {', '.join(ROLES)}")
    text = PREFIX + "".join(secrets.choice(BASE62) for _ in range(SECRET_LENGTH))
    now = system.clock()
    token = ApiToken(
        hashed(text), new_id(), called, role, now, system.person.name, None if lasts is None else now + lasts
    )

    def job(transaction: Transaction) -> None:
        save_token(transaction, token)
        told = {"role": role, "ends_at": token.ends_at}
        system.record(transaction, "token_made", subject=called, after=told)

    system.change_people(job)
    return text


@needs("admin", changes=True)
def revoke_token(system: System, token_id: str) -> None:
    """Refuse the token from now on. Raises NotFound."""
    found = next((token for token in system.known.tokens.values() if token.token_id == token_id), None)
    if found is None:
        raise NotFound(f"there is no token {token_id}")
    gone = found

    def job(transaction: Transaction) -> None:
        delete_token(transaction, gone.token_hash)
        system.record(transaction, "token_revoked", subject=gone.name)

    system.change_people(job)


def holder_of(system: System, text: str) -> Person | None:
    """Return who calls with a token, None when it is none or has ended; its use is noted."""
    now = system.clock()
    token = system.known.token(text, now)
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        used = replace(token, last_used_at=now)
        with suppress(StoreUnavailable):  # who watches us must not be turned away when nothing can be kept
            system.change_people(lambda transaction: save_token(transaction, used))
    return Person(f"token {token.token_id}", token.name, read_role(token.role))
