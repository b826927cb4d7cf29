"""Adding, changing and deleting integrations."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, get_args
from zoneinfo import ZoneInfo, available_timezones

from data.audit import Action
from data.database import Transaction
from data.integrations import (
    Configuration,
    ConfigurationReason,
    Counting,
    Integration,
    all_integrations,
    save_integration,
)
from services.fields import clean_name
from services.freshchat.api_key import mend_api_key
from services.freshchat.domain import mend_domain
from services.ids import new_id
from services.ingest.webhook import InvalidPublicKey, key_blocks, read_public_keys
from services.people.changes import differences
from services.public_holidays import UnknownRegion, checked_region
from services.system import Invalid, NotFound, System, needs

COUNTINGS: tuple[Counting, ...] = get_args(Counting)
LONGEST_NAME = 100
TOLD = (
    "name",
    "domain",
    "freshchat_api_key",
    "time_zone",
    "holidays",
    "counting",
    "webhook_public_key",
    "paused_at",
    "deleted_at",
)
SECRET = frozenset({"freshchat_api_key", "webhook_public_key"})
"""What the audit log tells of a change; of the secret ones only that they changed."""
_NOTHING = SimpleNamespace(**dict.fromkeys(TOLD))
_NO_TEXT = {"Cc", "Cs"}
"""Control characters, and halves of a character, which no database takes."""


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


@needs("admin", changes=True)
def add(system: System, draft: Draft) -> Integration:
    """Save a new integration. Raises Invalid or NameTaken."""
    checked = _checked(system, draft)
    integration = Integration(
        integration_id=new_id(),
        name=checked.name,
        domain=checked.domain,
        freshchat_api_key=_locked(system, checked.freshchat_api_key),
        time_zone=checked.time_zone,
        holidays=checked.holidays,
        counting=_counting(checked.counting),
        webhook_public_key=checked.webhook_public_key,
        created_at=system.clock(),
    )

    def job(transaction: Transaction) -> None:
        _refuse_taken_name(transaction, integration)
        save_integration(transaction, integration)
        _, after = differences(_NOTHING, integration, TOLD, SECRET)
        system.record(transaction, "integration_added", integration.integration_id, after=after)

    system.change(job)
    return integration


@needs("admin", changes=True)
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
        fields["configuration_reason"] = None
    return update(system, integration_id, **fields)


@needs("admin")
def problems(system: System, draft: Draft, integration_id: str | None = None) -> list[Invalid]:
    """Return everything that keeps the draft from being saved, at most one problem for each field.

    ``integration_id``: the one that would be changed; None when one would be added.
    """
    checked, found = _examined(system, draft)
    taken = _called(checked.name, system.directory.active(), integration_id)
    if taken is not None:
        found.append(Invalid("name_taken", "name", f"another integration is called {taken}"))
    return found


@needs("admin")
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


@needs("admin", changes=True)
def delete(system: System, integration_id: str) -> None:
    """Delete the integration. Its counts stay; its keys are refused from now on."""
    update(system, integration_id, deleted_at=system.clock(), freshchat_api_key=None)


def note_configuration(
    system: System,
    integration_id: str,
    configuration: Configuration,
    detail: str,
    reason: ConfigurationReason | None = None,
) -> Integration:
    """Remember what Freshchat said to the Freshchat API key."""
    return update(
        system,
        integration_id,
        configuration=configuration,
        configuration_detail=detail,
        configuration_checked_at=system.clock(),
        configuration_reason=reason,
    )


def update(system: System, integration_id: str, **fields: Any) -> Integration:
    """Change these fields of the row as it is stored now, so that nobody's change is lost to another's."""

    def job(transaction: Transaction) -> Integration:
        stored = {row.integration_id: row for row in all_integrations(transaction)}.get(integration_id)
        if stored is None or stored.deleted_at is not None:
            raise NotFound(f"there is no integration {integration_id}")
        changed = replace(stored, **fields)
        _refuse_taken_name(transaction, changed)
        save_integration(transaction, changed)
        before, after = differences(stored, changed, TOLD, SECRET)
        if after:
            system.record(transaction, _action(after), integration_id, before=before, after=after)
        return changed

    return system.change(job)


def _action(after: Mapping[str, Any]) -> Action:
    if after.get("deleted_at"):
        return "integration_deleted"
    if "paused_at" in after:
        return "integration_resumed" if after["paused_at"] is None else "integration_paused"
    return "integration_changed"


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


def _counting(text: str) -> Counting:
    for counting in COUNTINGS:
        if counting == text:
            return counting
    raise Invalid("bad_counting", "counting", f"one of {', '.join(COUNTINGS)}")


def _public_key(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    try:
        read_public_keys(text)
    except InvalidPublicKey as error:
        raise Invalid("bad_public_key", "webhook_public_key", str(error)) from None
    return "\n".join(key_blocks(text))


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
