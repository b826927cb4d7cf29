"""Adding, changing, pausing and deleting integrations, and their injixo API keys."""

import secrets
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from data.database import Transaction
from data.integrations import Integration, all_integrations, save_integration
from data.keys import InjixoKey, KeyUse, all_keys, key_uses, save_keys
from services.backfill.jobs import BadSpan, TooManyJobs, request
from services.fields import clean_name
from services.freshchat.api_key import mend_api_key
from services.freshchat.domain import mend_domain
from services.injixo_key import BASE62
from services.keys import LONGEST_OVERLAP, end_of, make_key, retire
from services.public_holidays import UnknownRegion, checked_region
from services.system import NotFound, System
from services.webhook import InvalidPublicKey, read_public_key

Counting = Literal["every_resolution", "once_per_chat"]
COUNTINGS: tuple[Counting, ...] = ("every_resolution", "once_per_chat")
LONGEST_NAME = 100
_NO_TEXT = {"Cc", "Cs"}  # control characters, and halves of a character, which no database takes


class Invalid(Exception):
    """A field has a value that cannot be; ``code`` is stable, the message says what would be right."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class NameTaken(Exception):
    """Another integration has this name; names tell data sources apart, so choose another."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person or program gives for an integration. ``freshchat_api_key`` None keeps the stored one."""

    name: str
    domain: str
    freshchat_api_key: str | None = None
    time_zone: str = "UTC"
    holidays: str | None = None
    counting: str = "every_resolution"
    webhook_public_key: str | None = None


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as it is listed: who made it, how long it lives, how it was used and refused."""

    key: InjixoKey
    use: KeyUse
    ended: Literal["revoked_key", "expired_key"] | None


def add(system: System, draft: Draft) -> Integration:
    """Save a new integration. Raises Invalid or NameTaken."""
    checked = _checked(system, draft)
    integration = Integration(
        integration_id="".join(secrets.choice(BASE62) for _ in range(12)),
        name=checked.name,
        domain=checked.domain,
        freshchat_api_key=_locked(system, checked.freshchat_api_key),
        time_zone=checked.time_zone,
        holidays=checked.holidays,
        counting=checked.counting,
        webhook_public_key=checked.webhook_public_key,
        created_at=system.clock(),
    )

    def job(transaction: Transaction) -> None:
        _refuse_taken_name(transaction, integration)
        save_integration(transaction, integration)

    system.change(job)
    return integration


def change(system: System, integration_id: str, draft: Draft) -> Integration:
    """Save what was changed. Raises Invalid, NameTaken or NotFound."""
    before = system.integration(integration_id)
    checked = _checked(system, draft)
    fields: dict[str, Any] = {
        "name": checked.name,
        "domain": checked.domain,
        "time_zone": checked.time_zone,
        "holidays": checked.holidays,
        "counting": checked.counting,
        "webhook_public_key": checked.webhook_public_key,
    }
    if checked.freshchat_api_key:
        fields["freshchat_api_key"] = _locked(system, checked.freshchat_api_key)
    if checked.freshchat_api_key or checked.domain != before.domain:
        # What the last check said was about other credentials.
        fields |= {"configuration": None, "configuration_detail": None, "configuration_checked_at": None}
    return _update(system, integration_id, **fields)


def problems(system: System, draft: Draft, integration_id: str | None = None) -> list[Invalid]:
    """Return everything that keeps the draft from being saved, at most one problem for each field.

    ``integration_id``: the one that would be changed; None when one would be added.
    """
    checked, found = _examined(system, draft)
    taken = _called(checked.name, system.directory.active(), integration_id)
    if taken is not None:
        found.append(Invalid("name_taken", "name", f"another integration is called {taken}"))
    return found


def connected_as(system: System, domain: str, but: str | None = None) -> list[str]:
    """Return the names of the integrations that ask this domain already, without ``but``.

    ``domain`` may be written in any way that can be mended.
    """
    mended = mend_domain(domain, allowed_endings=system.settings.freshchat_endings).domain
    return [
        other.name
        for other in system.directory.active()
        if other.integration_id != but and other.domain == mended
    ]


def draft_of(integration: Integration) -> Draft:
    """Return the draft that would change nothing."""
    return Draft(
        integration.name,
        integration.domain,
        None,
        integration.time_zone,
        integration.holidays,
        integration.counting,
        integration.webhook_public_key,
    )


def pause(system: System, integration_id: str, *, paused: bool) -> Integration:
    """Stop or resume showing new contacts; events are accepted and kept all the while."""
    integration = system.integration(integration_id)
    if paused == (integration.paused_at is not None):
        return integration
    changed = _update(system, integration_id, paused_at=system.clock() if paused else None)
    if integration.paused_at is not None and integration.configuration == "operational":
        # Nothing pushed was lost, but what the app could not push in the meantime went unnoticed.
        with suppress(BadSpan, TooManyJobs):
            request(system, integration_id, integration.paused_at, system.clock(), "resume")
    return changed


def delete(system: System, integration_id: str) -> None:
    """Delete the integration. Its counts stay; its keys are refused from now on."""
    _update(system, integration_id, deleted_at=system.clock(), freshchat_api_key=None)


def note_configuration(system: System, integration_id: str, configuration: str, detail: str) -> Integration:
    """Remember what Freshchat said to the Freshchat API key."""
    return _update(
        system,
        integration_id,
        configuration=configuration,
        configuration_detail=detail,
        configuration_checked_at=system.clock(),
    )


def generate_key(
    system: System, integration_id: str, *, overlap: timedelta, created_by: str
) -> tuple[str, InjixoKey]:
    """Make a new injixo API key and let the previous ones live as long as ``overlap``.

    Returns the key itself, which is shown now and never again, and what is stored of it.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid("bad_overlap", "overlap_seconds", "the overlap is between 0 seconds and 30 days")
    integration = system.integration(integration_id)
    now = system.clock()
    text, key = make_key(integration.integration_id, created_by=created_by, now=now)

    def job(transaction: Transaction) -> None:
        existing = _keys_of(all_keys(transaction), integration_id)
        save_keys(transaction, [*retire(existing, overlap=overlap, now=now), key])

    system.change(job)
    return text, key


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

    system.change(job)


def listed_keys(system: System, integration_id: str) -> list[ListedKey]:
    """Return the keys of the integration, newest first, with how they were used up to this moment."""
    system.activity.flush()
    now = system.clock()
    uses = key_uses(system.database, integration_id)
    keys = system.directory.keys_of(integration_id)
    return [ListedKey(key, uses.get(key.key_id, KeyUse()), end_of(key, now)) for key in keys]


def _keys_of(keys: Iterable[InjixoKey], integration_id: str) -> list[InjixoKey]:
    return [key for key in keys if key.integration_id == integration_id]


def _update(system: System, integration_id: str, **fields: Any) -> Integration:
    """Change these fields of the row as it is stored now, so that nobody's change is lost to another's."""

    def job(transaction: Transaction) -> Integration:
        stored = {row.integration_id: row for row in all_integrations(transaction)}.get(integration_id)
        if stored is None or stored.deleted_at is not None:
            raise NotFound(f"there is no integration {integration_id}")
        changed = replace(stored, **fields)
        _refuse_taken_name(transaction, changed)
        save_integration(transaction, changed)
        return changed

    return system.change(job)


def _refuse_taken_name(transaction: Transaction, integration: Integration) -> None:
    name = _called(integration.name, all_integrations(transaction), integration.integration_id)
    if name is not None:
        raise NameTaken(f"another integration is called {name}")


def _called(name: str, stored: Iterable[Integration], but: str | None) -> str | None:
    """Return the name of another integration that does not differ from ``name`` but in capitals."""
    others = (other for other in stored if other.integration_id != but and other.deleted_at is None)
    return next((other.name for other in others if other.name.casefold() == name.casefold()), None)


def _locked(system: System, freshchat_api_key: str | None) -> str | None:
    return system.vault.lock(freshchat_api_key) if freshchat_api_key else None


def _checked(system: System, draft: Draft) -> Draft:
    """Return the draft with every field as it is stored. Raises Invalid for the first wrong field."""
    checked, found = _examined(system, draft)
    if found:
        raise found[0]
    return checked


def _examined(system: System, draft: Draft) -> tuple[Draft, list[Invalid]]:
    endings = system.settings.freshchat_endings
    checks: dict[str, Callable[[Any], Any]] = {
        "name": _name,
        "domain": lambda domain: _domain(domain, endings),
        "freshchat_api_key": lambda api_key: _api_key(api_key, endings),
        "time_zone": _time_zone,
        "holidays": _holiday_region,
        "counting": _counting,
        "webhook_public_key": _public_key,
    }
    values: dict[str, Any] = {}
    found: list[Invalid] = []
    for field, check in checks.items():
        try:
            values[field] = check(getattr(draft, field))
        except Invalid as problem:
            found.append(problem)
    return replace(draft, **values), found


def _name(text: str) -> str:
    name = clean_name(text)
    typed = set(map(unicodedata.category, "".join(text.split())))
    if not 1 <= len(name) <= LONGEST_NAME or _NO_TEXT & typed:
        raise Invalid("bad_name", "name", f"give a name of 1 to {LONGEST_NAME} characters")
    return name


def _domain(text: str, endings: Sequence[str]) -> str:
    found = mend_domain(text, allowed_endings=endings)
    if found.domain is None:
        raise Invalid(
            "bad_domain", "domain", f"no Freshchat domain such as example.freshchat.com ({found.problem})"
        )
    return found.domain


def _api_key(text: str | None, endings: Sequence[str]) -> str | None:
    found = mend_api_key(text or "", allowed_endings=endings)
    if found.problem is not None:
        raise Invalid("bad_api_key", "freshchat_api_key", f"no Freshchat API key ({found.problem})")
    return found.api_key


def _counting(rule: str) -> str:
    if rule not in COUNTINGS:
        raise Invalid("bad_counting", "counting", f"one of {', '.join(COUNTINGS)}")
    return rule


def _public_key(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    try:
        read_public_key(text)
    except InvalidPublicKey as error:
        raise Invalid("bad_public_key", "webhook_public_key", str(error)) from None
    return text.strip()


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise Invalid("bad_time_zone", "time_zone", "no IANA time zone such as Europe/Berlin")
    return ZoneInfo(name).key


def _holiday_region(text: str | None) -> str | None:
    try:
        return checked_region(text)
    except UnknownRegion:
        message = "no country such as DE, or country and region such as DE-BY"
        raise Invalid("bad_holidays", "holidays", message) from None
