"""injixo API keys: their hashes, their life spans and how they were used. Never the keys."""

from dataclasses import dataclass
from datetime import datetime

from data.database import Database, Transaction
from data.queries import sql
from data.rows import row


@dataclass(frozen=True, slots=True)
class InjixoKey:
    """What is stored of an injixo API key. ``secret_hash`` is the SHA-256 of the whole key in hexadecimal."""

    integration_id: str
    key_id: str
    secret_hash: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def prefix(self) -> str:
        """The part that may be shown: it names the key and opens nothing."""
        return f"ijx_{self.key_id}"


def all_keys(store: Database | Transaction) -> list[InjixoKey]:
    """Return every key ever made, oldest first."""
    return [InjixoKey(*columns) for columns in store.rows(sql("keys"))]


def save_keys(transaction: Transaction, keys: list[InjixoKey]) -> None:
    transaction.upsert("injixo_api_key", [row(key) for key in keys])
