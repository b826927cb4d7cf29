"""What the detector has learned of each integration: kept so that a start need not learn it anew, and never needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.database import Transaction
from data.queries import sql
from data.rows import row
from data.turn import Reads


@dataclass(frozen=True, slots=True)
class StoredFit:
    """A model as it is stored, and what tells whether it still holds.

    ``made_by``, ``depends_on``: fingerprints of the code and of the facts it was made of. ``history``: contacts that
    it was made from; ``ever``: all contacts when these were counted. ``lag``: in microseconds.
    """

    integration_id: str
    fitted_at: datetime
    made_by: str
    depends_on: str
    history: int
    ever: int
    lag: int | None
    model: bytes


def stored_fit(store: Reads, integration_id: str) -> StoredFit | None:
    """Return what is stored of the integration, None where nothing is."""
    rows = store.rows(sql("fit"), integration_id=integration_id)
    return StoredFit(*rows[0]) if rows else None


def save_fits(transaction: Transaction, fits: Sequence[StoredFit]) -> None:
    transaction.upsert("fit", [row(fit) for fit in fits])


def forget_fits(transaction: Transaction, before: datetime, most: int) -> int:
    """Forget the oldest from before then, and return how many these were."""
    return transaction.run(sql("forget_fits"), before=before, most=most)
