"""A store with a long history, filled in bulk: what pages, programs and the watcher read of it is measured."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from services import integrations
from services.integrations import Draft
from services.system import System

NOW = datetime(2026, 3, 3, 13, 7, tzinfo=UTC)

CONTACTS = """
INSERT INTO contact
SELECT
    $integration_id, gen_random_uuid()::text, resolved_at, 'queue ' || queue, 'group-' || queue, 'reported', NULL, NULL,
    true, 'app', resolved_at, resolved_at, NULL
FROM (
    SELECT
        $start::timestamptz + floor(place * $days / $contacts) * interval '1 day'
            + interval '7 hours' + random() * interval '11 hours' AS resolved_at,
        floor(random() * $queues) AS queue
    FROM generate_series(0, $contacts - 1) AS places(place)
) AS made_up
WHERE resolved_at < $now
"""

COUNTS = """
INSERT INTO contact_count
SELECT
    integration_id, queue, to_timestamp(floor(extract(epoch FROM resolved_at) / 900) * 900),
    count(*), count(*), count(*)
FROM contact
WHERE integration_id = $integration_id
GROUP BY 1, 2, 3
"""

TOTALS = """
INSERT INTO queue_total
SELECT
    integration_id, queue, count(*), count(*), count(*), min(resolved_at), max(resolved_at), min(resolved_at),
    max(resolved_at), min(resolved_at), max(resolved_at)
FROM contact
WHERE integration_id = $integration_id
GROUP BY 1, 2
"""


def filled(system: System, name: str, *, contacts: int, queues: int, days: int, now: datetime = NOW) -> str:
    """Add an integration with so many contacts in the days up to ``now``, and return its id."""
    integration_id = integrations.add(
        system, Draft(name, "example.freshchat.com", time_zone="Europe/Berlin")
    ).integration_id
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    system.writer.write(
        partial(
            _fill,
            integration_id=integration_id,
            start=midnight - timedelta(days=days - 1),
            now=now,
            days=days,
            contacts=contacts,
            queues=queues,
        )
    )
    return integration_id


def _fill(transaction: Any, **parameters: Any) -> None:
    transaction.run(CONTACTS, **parameters)
    for summary in (COUNTS, TOTALS):
        transaction.run(summary, integration_id=parameters["integration_id"])
