"""Probes: what Freshchat said it resolved, beside what we have.

The comparisons of a probe are stored as a JSON list, the total first, each a list of its fields.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from data.database import Database, Row, Transaction
from data.queries import sql
from data.rows import row, stored_json
from data.turn import Reads

Outcome = Literal["compared", "no_evidence", "unanswerable"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Chats that Freshchat resolved in a window, contacts that we have of it, and how many are missing.

    ``queue`` is None for the total. ``missing_since`` and ``missing_until`` bound the intervals of the loss,
    the two figures after them count from its beginning on. ``loss``: more is missing than chance explains.
    """

    queue: str | None = None
    group_id: str | None = None
    freshchat: int = 0
    received: int = 0
    missing: int = 0
    missing_since: datetime | None = None
    missing_until: datetime | None = None
    freshchat_since: int = 0
    received_since: int = 0
    loss: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """One time that we asked Freshchat.

    ``outcome``: compared; no_evidence (Freshchat resolved nothing in the window, which proves nothing);
    unanswerable, with the reason as ``error``.
    """

    integration_id: str
    probed_at: datetime
    window_start: datetime
    window_end: datetime
    outcome: Outcome
    total: Comparison = Comparison()
    queues: tuple[Comparison, ...] = ()
    error: str | None = None

    @property
    def answered(self) -> bool:
        """Whether Freshchat said anything about a span of time; no answer is no evidence."""
        return self.outcome != "unanswerable" and self.window_start < self.window_end


def save_probe(transaction: Transaction, probe: Probe) -> None:
    total = probe.total
    comparisons = orjson.dumps([row(comparison) for comparison in (total, *probe.queues)]).decode()
    stored = (
        probe.integration_id,
        probe.probed_at,
        probe.window_start,
        probe.window_end,
        probe.outcome,
        total.freshchat,
        total.received,
        total.missing,
        comparisons,
        probe.error,
    )
    transaction.upsert("probe", [stored])


def latest_probe(database: Reads, integration_id: str) -> Probe | None:
    """Return the last time that we asked, whatever came of it."""
    return _first(database.rows(sql("latest_probe"), integration_id=integration_id))


def last_good_probe(database: Database, integration_id: str) -> Probe | None:
    """Return the last probe of chats of which none was missing."""
    return _first(database.rows(sql("last_good_probe"), integration_id=integration_id))


def probes(database: Database, integration_id: str, since: datetime) -> list[Probe]:
    """Return the probes made at ``since`` or later, newest first."""
    return [
        _probe(found) for found in database.rows(sql("probes"), integration_id=integration_id, since=since)
    ]


def forget_probes(transaction: Transaction, before: datetime, most: int) -> int:
    """Forget the oldest probes from before then, and return how many these were.

    The last one of each integration stays: it is shown, and a verdict may rest on it.
    """
    return transaction.run(sql("forget_probes"), before=before, most=most)


def received_by_minute(
    database: Database, integration_id: str, start: datetime, end: datetime
) -> list[tuple[str | None, str, datetime, bool, int]]:
    """Return (group id, queue, minute, whether pushed, contacts) of what was resolved from ``start`` to before
    ``end``; what was not pushed, only a backfill knows."""
    return database.rows(sql("received_by_minute"), integration_id=integration_id, start=start, end=end)


def _first(rows: list[Row]) -> Probe | None:
    return _probe(rows[0]) if rows else None


def _probe(columns: Row) -> Probe:
    integration_id, probed_at, start, end, outcome, _, _, _, comparisons, error = columns
    total, *queues = [_comparison(values) for values in stored_json(comparisons, f"the probe of {probed_at}")]
    return Probe(integration_id, probed_at, start, end, outcome, total, tuple(queues), error)


def _comparison(values: list[Any]) -> Comparison:
    queue, group_id, freshchat, received, missing, since, until, *rest = values
    return Comparison(
        queue,
        group_id,
        freshchat,
        received,
        missing,
        since and datetime.fromisoformat(since),
        until and datetime.fromisoformat(until),
        *rest,
    )
