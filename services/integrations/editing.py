"""Adding, changing and deleting integrations."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from data.audit import Action
from data.database import Transaction
from data.integrations import (
    Configuration,
    ConfigurationReason,
    Integration,
    all_integrations,
    save_integration,
)
from services.freshchat.domain import mend_domain
from services.ids import new_id
from services.integrations.draft import Draft, examined, read_counting
from services.people.changes import differences
from services.system import Invalid, NotFound, System, needs

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


class NameTaken(Exception):
    """Another integration has this name; names tell data sources apart, so choose another."""


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
        counting=read_counting(checked.counting),
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
    if checked.freshchat_api_key is not None:
        fields["freshchat_api_key"] = _locked(system, checked.freshchat_api_key)
    if checked.freshchat_api_key is not None or checked.domain != before.domain:
        # What the last check said was about other credentials.
        fields |= {"configuration": None, "configuration_detail": None, "configuration_checked_at": None}
        fields["configuration_reason"] = None
    return update(system, integration_id, **fields)


@needs("admin")
def problems(system: System, draft: Draft, integration_id: str | None = None) -> list[Invalid]:
    """Return everything that keeps the draft from being saved, at most one problem for each field.

    ``integration_id``: the one that would be changed; None when one would be added.
    """
    checked, found = examined(draft, system.settings.freshchat_endings)
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
    checked, found = examined(draft, system.settings.freshchat_endings)
    if found:
        raise found[0]
    return checked
