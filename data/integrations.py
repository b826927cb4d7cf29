"""Integrations: one row for each configured Freshchat account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from data.database import Database, Transaction
from data.queries import sql
from data.rows import Damaged, row

Counting = Literal["every_resolution", "once_per_chat"]
Configuration = Literal["operational", "invalid_credentials", "missing_scope", "unreachable", "not_freshchat"]
"""What Freshchat said to the Freshchat API key."""
ConfigurationReason = Literal[
    "unauthorised", "forbidden", "not_freshchat", "no_key", "unreadable_key", "garbled"
]
"""Why it is not operational, where more is known than that."""


@dataclass(frozen=True, slots=True)
class Integration:
    """One configured Freshchat account. ``freshchat_api_key`` is the encrypted key."""

    integration_id: str
    name: str
    domain: str
    freshchat_api_key: str | None
    time_zone: str
    holidays: str | None
    counting: Counting
    webhook_public_key: str | None
    created_at: datetime
    paused_at: datetime | None = None
    deleted_at: datetime | None = None
    configuration: Configuration | None = None
    configuration_detail: str | None = None
    configuration_checked_at: datetime | None = None
    configuration_reason: ConfigurationReason | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone. Raises Damaged: nothing can be said about days and hours without one."""
        try:
            return ZoneInfo(self.time_zone)
        except (ValueError, OSError, KeyError):
            what = f"what is stored as the time zone of integration {self.integration_id} is none"
            raise Damaged(f"{what}: choose it anew in the settings") from None


def all_integrations(store: Database | Transaction) -> list[Integration]:
    """Return every integration, deleted ones included, oldest first."""
    return [Integration(*columns) for columns in store.rows(sql("integrations"))]


def save_integration(transaction: Transaction, integration: Integration) -> None:
    transaction.upsert("integration", [row(integration)])
