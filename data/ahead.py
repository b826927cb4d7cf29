"""What was stored while our clock was ahead: forgotten, or it would count as done until the clock gets there."""

from datetime import datetime, timedelta

from data.alerts import LONGEST_SILENCE
from data.database import Transaction
from data.queries import sql

FORGOTTEN = (
    "forget_probes_ahead",
    "forget_seals_ahead",
    "forget_report_orders_ahead",
    "forget_group_syncs_ahead",
    "forget_quiet_spans_ahead",
)
"""Each is made again when its turn comes."""

LONGEST_WAIT = timedelta(hours=26)
"""No step of a backfill waits longer than that for its turn."""

LONGEST_REST = timedelta(minutes=15)
"""No message that failed waits longer than that for the next try."""


def forget_what_lies_ahead(transaction: Transaction, now: datetime) -> int:
    """Forget what was concluded ahead of ``now``, let backfills and messages go on; return how many rows that were."""
    forgotten = sum(transaction.run(sql(name), now=now) for name in FORGOTTEN)
    hastened = transaction.run(sql("hasten_parts_ahead"), now=now, latest=now + LONGEST_WAIT)
    hastened += transaction.run(sql("hasten_notifications_ahead"), now=now, latest=now + LONGEST_REST)
    return forgotten + hastened + transaction.run(sql("forget_silences_ahead"), latest=now + LONGEST_SILENCE)
