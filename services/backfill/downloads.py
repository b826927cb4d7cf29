"""One download of a report, taken in: its rows counted, in bounded commits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from data import backfill as stored
from data.backfill import Part
from data.chats import Event
from data.database import Transaction
from services import ingest
from services.freshchat.client import FreshchatClient
from services.freshchat.reports import ResolvedRow
from services.system import System

ROWS_A_COMMIT = 1000


def in_one_order(links: Sequence[str]) -> list[str]:
    """Return the links in the order in which they are taken in, however they are listed.

    What stays of a link when it is listed again is its path; the signature behind it does not.
    """
    return sorted(links, key=lambda link: urlsplit(link).path)


def take_in(system: System, client: FreshchatClient, part: Part, link: str, now: datetime) -> Part:
    """Have the rows behind a link counted. Interrupted, it begins again, and repeated rows change nothing."""
    report = client.download(link)
    rows = sorted(report.rows, key=lambda row: row.resolved_at)
    for start in range(0, len(rows), ROWS_A_COMMIT):
        part = _keep(system, part, rows[start : start + ROWS_A_COMMIT], now)
    return replace(
        part,
        fetched=part.fetched + len(rows),
        unreadable=part.unreadable + report.unreadable,
        unreadable_shape=part.unreadable_shape or report.unreadable_shape,
        downloaded=(part.downloaded or 0) + 1,
    )


def _keep(system: System, part: Part, rows: Sequence[ResolvedRow], now: datetime) -> Part:
    """Have rows counted, and how many were new with them: both are on disk, or neither."""
    events = [
        (
            row.chat_id,
            Event.resolution(
                row.resolved_at,
                reporter="backfill",
                received_at=now,
                interaction_id=row.interaction_id,
                group_id=row.group_id,
                group_name=row.group_name,
            ),
        )
        for row in rows
    ]

    def job(transaction: Transaction) -> Part:
        (receipt,) = ingest.record(transaction, [ingest.Delivery(part.integration_id, events)])
        kept = replace(part, new=part.new + receipt.accepted)
        stored.save_parts(transaction, [kept])
        return kept

    return system.writer.write(job)
