"""One row for each chat that was counted, by which a disputed figure is checked: ids and times, no personal data."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from data.contacts import CountedChat, contacts_of_span
from services.contacts.export import BYTE_ORDER_MARK, harmless, local_parts
from services.contacts.periods import Period
from services.contacts.tally import counted_until
from services.system import System, needs
from services.translation import N_, Words

MOST_CHATS = 100_000
"""At once: more are asked for by a shorter period."""

REPORTER_NAMES = {"app": N_("injixo app"), "webhook": N_("Webhook"), "backfill": N_("Fetched back")}


@needs("supervisor")
def counted_chats(
    system: System, integration_id: str, period: Period, queues: Sequence[str], now: datetime
) -> list[CountedChat]:
    """Return the contacts of these queues in the period, as the counting rule counts them, in the order of time.

    Raises NotFound and StoreUnavailable.
    """
    integration = system.integration_with_history(integration_id)
    start, end = period.span(integration.zone)
    found = contacts_of_span(
        system.database,
        integration_id,
        queues,
        start=start,
        end=min(end, counted_until(now)),
        received_before=integration.paused_at or now + timedelta(days=1),
        most=MOST_CHATS,
    )
    once = integration.counting == "once_per_chat"
    return [chat for chat in found if chat.is_first or not once]


def chats_csv(chats: Sequence[CountedChat], words: Words) -> bytes:
    """Return a row for each contact, as a spreadsheet of the language reads it; times are those of the words' zone."""
    dialect = words.dialect
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    named = [
        N_("Chat"),
        N_("Interaction"),
        N_("Source queue"),
        N_("Resolved on"),
        N_("Resolved at"),
        N_("Offset from UTC"),
        N_("First resolution of the chat"),
        N_("Told by"),
        N_("Received at (UTC)"),
    ]
    writer.writerow([words.text(name) for name in named])
    for chat in chats:
        writer.writerow(
            [
                harmless(chat.chat_id),
                harmless(chat.interaction_id or ""),
                harmless(chat.queue),
                *local_parts(words.local(chat.resolved_at), dialect, seconds=True),
                words.text(N_("yes") if chat.is_first else N_("no")),
                words.text(REPORTER_NAMES.get(chat.reporter, chat.reporter)),
                f"{chat.received_at:%Y-%m-%d %H:%M:%S}",
            ]
        )
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")
