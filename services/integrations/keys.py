"""Who may push events: checking, generating, rotating and revoking injixo API keys."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from data.activity import WITH_A_KEY, WRONG_KEY, Activity
from data.database import Transaction
from data.integrations import Integration
from data.keys import InjixoKey, all_keys, save_keys
from services.integrations import injixo_key
from services.system import Invalid, NotFound, System, needs

KeyRefusal = Literal[
    "missing_key", "malformed_key", "unknown_key", "revoked_key", "expired_key", "integration_deleted"
]
End = Literal["revoked_key", "expired_key"]
"""How a key has ended."""

OVERLAPS = (timedelta(0), timedelta(hours=1), timedelta(hours=24), timedelta(days=7))
LONGEST_OVERLAP = timedelta(days=30)


class Refused(Exception):
    """The key does not open anything. ``key`` is known when the refusal can be put down to an integration."""

    def __init__(self, code: KeyRefusal, key: InjixoKey | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.key = key


class KeysChanged(Exception):
    """Other keys are valid than those that a new one should have replaced: look at them first."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How often a key was accepted and refused, and when first and last."""

    first_used_at: datetime | None = None
    last_used_at: datetime | None = None
    use_count: int = 0
    last_refused_at: datetime | None = None
    refused_count: int = 0


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as it is listed: who made it, how long it lives, how it was used and refused."""

    key: InjixoKey
    use: KeyUse
    ended: End | None


def authorise(
    authorization: str | None,
    keys: Mapping[str, InjixoKey],
    integrations: Mapping[str, Integration],
    now: datetime,
) -> tuple[Integration, InjixoKey]:
    """Return the integration and the key that an Authorization header names, or raise Refused."""
    scheme, _, text = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Refused("missing_key")
    try:
        presented = injixo_key.parse(text.strip())
    except injixo_key.Malformed as malformed:
        raise Refused("malformed_key", keys.get(malformed.key_id or "")) from None
    key = keys.get(presented.key_id)
    if key is None or not presented.is_key_with(key.secret_hash):
        raise Refused("unknown_key", key)
    integration = integrations[key.integration_id]
    if integration.deleted_at is not None:
        raise Refused("integration_deleted", key)
    ended = end_of(key, now)
    if ended is not None:
        raise Refused(ended, key)
    return integration, key


def end_of(key: InjixoKey, now: datetime) -> End | None:
    """Return how the key has ended, None while it is valid."""
    if key.revoked_at is not None and key.revoked_at <= now:
        return "revoked_key"
    if key.expires_at is not None and key.expires_at <= now:
        return "expired_key"
    return None


@needs("admin", changes=True)
def generate_key(
    system: System,
    integration_id: str,
    *,
    overlap: timedelta,
    replacing: Collection[str] | None = None,
) -> tuple[str, InjixoKey]:
    """Make a new injixo API key and let the previous ones live as long as ``overlap``.

    Returns the key itself, which is shown now and never again, and what is stored of it. ``replacing``: the ids of the
    keys that are meant to be the valid ones; others raise KeysChanged, so that a click that comes twice makes one key.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid("bad_overlap", "overlap_seconds", "the overlap is between 0 seconds and 30 days")
    integration = system.integration(integration_id)
    now = system.clock()
    text, key = make_key(integration.integration_id, created_by=system.person.name, now=now)

    def job(transaction: Transaction) -> None:
        existing = _keys_of(all_keys(transaction), integration_id)
        valid = {key.key_id for key in existing if end_of(key, now) is None}
        if replacing is not None and valid != set(replacing):
            raise KeysChanged(f"the integration {integration_id} has other keys by now")
        retired = retire(existing, overlap=overlap, now=now)
        save_keys(transaction, [*retired, key])
        ended = {old.prefix: old.revoked_at or old.expires_at for old in retired}
        system.record(transaction, "key_generated", integration_id, key.prefix, after=ended)

    system.change(job)
    return text, key


@needs("admin", changes=True)
def revoke_key(system: System, integration_id: str, key_id: str) -> None:
    """Refuse the key from now on. Revoking it again changes nothing."""
    system.integration(integration_id)
    now = system.clock()

    def job(transaction: Transaction) -> None:
        key = next(
            (key for key in _keys_of(all_keys(transaction), integration_id) if key.key_id == key_id), None
        )
        if key is None:
            raise NotFound(f"the integration has no key {key_id}")
        if end_of(key, now) is None:
            save_keys(transaction, [replace(key, revoked_at=now)])
            system.record(transaction, "key_revoked", integration_id, key.prefix)

    system.change(job)


@needs("admin")
def listed_keys(system: System, integration_id: str) -> list[ListedKey]:
    """Return the keys of the integration, newest first, with how they were used up to this moment."""
    totals = system.activity.totals(integration_id)
    now = system.clock()
    keys = system.directory.keys_of(integration_id)
    return [ListedKey(key, key_use(key, totals), end_of(key, now)) for key in keys]


def key_use(key: InjixoKey, totals: Sequence[Activity]) -> KeyUse:
    """Return how a key was used. ``totals``: the activity of its integration by key and kind."""
    own = [entry for entry in totals if entry.key_id == key.key_id]
    uses = [entry for entry in own if entry.kind in WITH_A_KEY]
    refusals = [entry for entry in own if entry.kind in WRONG_KEY or entry.kind == "integration_deleted"]
    return KeyUse(
        min((entry.first_at for entry in uses), default=None),
        max((entry.last_at for entry in uses), default=None),
        sum(entry.occurrences for entry in uses),
        max((entry.last_at for entry in refusals), default=None),
        sum(entry.occurrences for entry in refusals),
    )


def _keys_of(keys: Iterable[InjixoKey], integration_id: str) -> list[InjixoKey]:
    return [key for key in keys if key.integration_id == integration_id]


def make_key(integration_id: str, *, created_by: str, now: datetime) -> tuple[str, InjixoKey]:
    """Return a new key, to be shown once, and what is stored of it."""
    text, presented = injixo_key.generate()
    return text, InjixoKey(integration_id, presented.key_id, presented.secret_hash, now, created_by)


def retire(keys: Iterable[InjixoKey], *, overlap: timedelta, now: datetime) -> list[InjixoKey]:
    """Return the keys that change when a new one replaces them.

    Without overlap they are revoked now. With one they live on that long, but never longer than they
    would have: an earlier rotation's end stays.
    """
    changed = []
    for key in keys:
        if end_of(key, now) is not None:
            continue
        if not overlap:
            changed.append(replace(key, revoked_at=now))
        elif key.expires_at is None or key.expires_at > now + overlap:
            changed.append(replace(key, expires_at=now + overlap))
    return changed
