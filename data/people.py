"""Who may sign in, the browsers that are signed in, and the tokens of the admin API. Never a password or a token."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import orjson

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row, stored_json

ToldBy = Literal["list", "provider"]


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """``name``: the e-mail address, or what the provider calls them. ``integrations``: ids, None for all.

    ``provider``: the name of the only provider by whose word they come; None for whoever else confirms the name.
    """

    person_id: str
    name: str
    role: str
    told_by: ToldBy
    integrations: tuple[str, ...] | None
    password_hash: str | None
    invitation_hash: str | None
    invitation_ends_at: datetime | None
    created_at: datetime
    created_by: str
    signed_in_at: datetime | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. ``seen_at``: the last sign of somebody before the screen, to some minutes.

    ``way``: accounts, oidc, or oidc:NAME of the provider.
    """

    session_hash: str
    person_id: str
    way: str
    began_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token of the admin API. ``ends_at`` None: never."""

    token_hash: str
    token_id: str
    name: str
    role: str
    created_at: datetime
    created_by: str
    ends_at: datetime | None = None
    last_used_at: datetime | None = None


def people(store: Database | Transaction) -> list[StoredPerson]:
    """Return everybody who may sign in, in the order of their names."""
    return [_read(StoredPerson(*columns)) for columns in store.rows(sql("people"))]


def save_person(transaction: Transaction, person: StoredPerson) -> None:
    ids = None if person.integrations is None else orjson.dumps(person.integrations).decode()
    columns = list(row(person))
    columns[StoredPerson.__slots__.index("integrations")] = ids
    transaction.upsert("person", [tuple(columns)])


def delete_person(transaction: Transaction, person_id: str) -> None:
    """Forget somebody, and sign them out everywhere."""
    transaction.run(sql("delete_sessions_of"), person_id=person_id)
    transaction.run(sql("delete_person"), person_id=person_id)


def sessions(store: Database | Transaction) -> list[Session]:
    return [Session(*columns) for columns in store.rows(sql("browser_sessions"))]


def save_session(transaction: Transaction, session: Session) -> None:
    transaction.upsert("browser_session", [row(session)])


def delete_session(transaction: Transaction, session_hash: str) -> None:
    transaction.run(sql("delete_session"), session_hash=session_hash)


def delete_sessions_of(transaction: Transaction, person_id: str) -> None:
    transaction.run(sql("delete_sessions_of"), person_id=person_id)


def forget_sessions(transaction: Transaction, began_before: datetime, seen_before: datetime) -> None:
    transaction.run(sql("forget_sessions"), began_before=began_before, seen_before=seen_before)


def api_tokens(store: Database | Transaction) -> list[ApiToken]:
    """Return the tokens, newest first."""
    return [ApiToken(*columns) for columns in store.rows(sql("api_tokens"))]


def save_token(transaction: Transaction, token: ApiToken) -> None:
    transaction.upsert("api_token", [row(token)])


def delete_token(transaction: Transaction, token_hash: str) -> None:
    transaction.run(sql("delete_token"), token_hash=token_hash)


def _read(person: StoredPerson) -> StoredPerson:
    if person.integrations is None:
        return person
    ids = stored_json(str(person.integrations), f"the person {person.person_id}")
    return replace(person, integrations=tuple(ids))
