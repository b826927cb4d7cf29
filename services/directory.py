"""The integrations and keys, in memory: every request asks for them, and they change rarely."""

from collections.abc import Collection
from dataclasses import dataclass

from data.database import Database
from data.integrations import Integration, all_integrations
from data.keys import InjixoKey, all_keys


@dataclass(frozen=True, slots=True)
class Directory:
    """A snapshot of all integrations by id and of all keys by key id, ended ones included."""

    integrations: dict[str, Integration]
    keys: dict[str, InjixoKey]

    def active(self) -> list[Integration]:
        """Return the integrations that are not deleted, in the order of their names."""
        present = [integration for integration in self.integrations.values() if not integration.deleted_at]
        return sorted(present, key=lambda integration: integration.name.casefold())

    def deleted(self) -> list[Integration]:
        """Return the integrations that are deleted, the last one first; their counts are kept."""
        gone = [integration for integration in self.integrations.values() if integration.deleted_at]
        return sorted(gone, key=lambda integration: str(integration.deleted_at), reverse=True)

    def keys_of(self, integration_id: str) -> list[InjixoKey]:
        """Return the keys of an integration, newest first."""
        found = [key for key in self.keys.values() if key.integration_id == integration_id]
        return sorted(found, key=lambda key: key.created_at, reverse=True)

    def only(self, ids: Collection[str]) -> "Directory":
        """Return what there is of these integrations, as if there were no others."""
        return Directory(
            {known: integration for known, integration in self.integrations.items() if known in ids},
            {known: key for known, key in self.keys.items() if key.integration_id in ids},
        )


def read_directory(database: Database) -> Directory:
    return Directory(
        {integration.integration_id: integration for integration in all_integrations(database)},
        {key.key_id: key for key in all_keys(database)},
    )
