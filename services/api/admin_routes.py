"""What admins and other programs call with the admin token."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar

from fastapi import Response
from pydantic import Field, StrictBool, WithJsonSchema

from services import integrations
from services.api.access import TheSystem, admin_router
from services.api.asked import Asked
from services.api.forms import (
    ConfigurationBody,
    FreshnessBody,
    IncidentBody,
    IncidentList,
    IntegrationBody,
    IntegrationList,
    KeyBody,
    KeyList,
    NewKey,
)
from services.api.problems import problems
from services.asking import configuration
from services.integrations.draft import COUNTINGS, LONGEST_NAME, Draft, draft_of
from services.integrations.keys import LONGEST_OVERLAP
from services.pausing import pause
from services.watch.data_flow import freshness, incident_history

DEFAULT_OVERLAP = timedelta(hours=24)
Name = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_NAME})]
Counting = Annotated[str, WithJsonSchema({"type": "string", "enum": list(COUNTINGS)})]
"""Both are described exactly, and refused by services.integrations.draft with codes of their own."""

router = admin_router()


class NewIntegration(Asked):
    """What an integration is made of. Only the name and the domain are needed."""

    shown: ClassVar[frozenset[str]] = frozenset(IntegrationBody.model_fields)

    name: Name
    domain: str
    freshchat_api_key: str | None = Field(None, max_length=10_000)
    time_zone: str = "UTC"
    holidays: str | None = None
    counting: Counting = "every_resolution"
    paused: StrictBool = False
    webhook_public_key: str | None = Field(None, max_length=10_000)


class IntegrationChanges(Asked):
    """Fields to change; what is not named stays.

    Null empties ``holidays`` and ``webhook_public_key`` and changes nothing else. An empty ``freshchat_api_key``
    forgets the stored one: nothing can be asked of Freshchat then.
    """

    shown: ClassVar[frozenset[str]] = frozenset(IntegrationBody.model_fields)

    name: Name | None = None
    domain: str | None = None
    freshchat_api_key: str | None = Field(None, max_length=10_000)
    time_zone: str | None = None
    holidays: str | None = None
    counting: Counting | None = None
    paused: StrictBool | None = None
    webhook_public_key: str | None = Field(None, max_length=10_000)


class KeyWish(Asked):
    """How long the previous key lives on; 0 ends it now."""

    overlap_seconds: float = Field(
        DEFAULT_OVERLAP.total_seconds(),
        strict=True,
        ge=0,
        allow_inf_nan=False,
        json_schema_extra={"maximum": LONGEST_OVERLAP.total_seconds()},
    )


@router.get("")
def list_integrations(system: TheSystem) -> IntegrationList:
    """List the integrations in the order of their names."""
    return IntegrationList(
        integrations=[IntegrationBody.of(integration) for integration in system.directory.active()]
    )


@router.post("", status_code=201, responses=problems(409))
def add_integration(system: TheSystem, wish: NewIntegration) -> IntegrationBody:
    """Add an integration; its Freshchat API key is tried within seconds, or now by POST .../check."""
    integration = integrations.add(system, Draft(**wish.model_dump(exclude={"paused"})))
    if wish.paused:
        integration = pause(system, integration.integration_id, paused=True)
    return IntegrationBody.of(integration)


@router.get("/{integration_id}")
def get_integration(system: TheSystem, integration_id: str) -> IntegrationBody:
    """Return one integration."""
    return IntegrationBody.of(system.integration(integration_id))


@router.patch("/{integration_id}", responses=problems(409))
def change_integration(
    system: TheSystem, integration_id: str, changes: IntegrationChanges
) -> IntegrationBody:
    """Change the fields that are named."""
    integration = system.integration(integration_id)
    before = draft_of(integration)
    named = changes.model_dump(exclude_unset=True)
    paused = named.pop("paused", None)
    if named:
        # null empties what may be empty; elsewhere it changes nothing
        kept = {name: value for name, value in named.items() if value is not None or name in _MAY_BE_EMPTY}
        integration = integrations.change(system, integration_id, replace(before, **kept))
    if paused is not None:
        integration = pause(system, integration_id, paused=paused)
    return IntegrationBody.of(integration)


_MAY_BE_EMPTY = {"holidays", "webhook_public_key"}


@router.delete("/{integration_id}", status_code=204)
def delete_integration(system: TheSystem, integration_id: str) -> Response:
    """Delete the integration; its counts are kept."""
    integrations.delete(system, integration_id)
    return Response(status_code=204)


@router.post("/{integration_id}/check")
def check_configuration(system: TheSystem, integration_id: str) -> ConfigurationBody:
    """Try the Freshchat API key now."""
    answer = configuration.check(system, integration_id)
    return ConfigurationBody(configuration=answer.configuration, detail=answer.detail)


@router.get("/{integration_id}/keys")
def list_keys(system: TheSystem, integration_id: str) -> KeyList:
    """List the injixo API keys, newest first."""
    system.integration(integration_id)
    return KeyList(keys=[KeyBody.of(key) for key in integrations.listed_keys(system, integration_id)])


@router.post("/{integration_id}/keys", status_code=201)
def generate_key(system: TheSystem, integration_id: str, wish: KeyWish | None = None) -> NewKey:
    """Make a new injixo API key; the key itself is in this answer and nowhere else."""
    overlap = timedelta(seconds=min((wish or KeyWish()).overlap_seconds, 10**9))
    text, key = integrations.generate_key(system, integration_id, overlap=overlap)
    return NewKey(
        id=key.key_id,
        key=text,
        prefix=key.prefix,
        created_at=key.created_at,
        created_by=key.created_by,
        expires_at=key.expires_at,
    )


@router.delete("/{integration_id}/keys/{key_id}", status_code=204)
def revoke_key(system: TheSystem, integration_id: str, key_id: str) -> Response:
    """Refuse the key from now on."""
    integrations.revoke_key(system, integration_id, key_id)
    return Response(status_code=204)


@router.get("/{integration_id}/incidents")
def list_incidents(system: TheSystem, integration_id: str) -> IncidentList:
    """List the incidents, newest first."""
    return IncidentList(
        incidents=[IncidentBody.of(incident) for incident in incident_history(system, integration_id)]
    )


@router.get("/{integration_id}/freshness")
def get_freshness(system: TheSystem, integration_id: str) -> FreshnessBody:
    """Say whether contacts arrive as they should, why not, and what to do."""
    return FreshnessBody.of(freshness(system, integration_id))
