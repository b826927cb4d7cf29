"""Who may push events: checking, generating, rotating and revoking injixo API keys."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from data.integrations import Integration
from data.keys import InjixoKey
from services import injixo_key

Refusal = Literal[
    "missing_key", "malformed_key", "unknown_key", "revoked_key", "expired_key", "integration_deleted"
]
OVERLAPS = (timedelta(0), timedelta(hours=1), timedelta(hours=24), timedelta(days=7))
LONGEST_OVERLAP = timedelta(days=30)


class Refused(Exception):
    """The key does not open anything. ``key`` is known when the refusal can be put down to an integration."""

    def __init__(self, code: Refusal, key: InjixoKey | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.key = key


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


def end_of(key: InjixoKey, now: datetime) -> Literal["revoked_key", "expired_key"] | None:
    """Return how the key has ended, None while it is valid."""
    if key.revoked_at is not None and key.revoked_at <= now:
        return "revoked_key"
    if key.expires_at is not None and key.expires_at <= now:
        return "expired_key"
    return None


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
