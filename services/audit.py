"""The audit log: who did what, when and from where."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from data.audit import Action, AuditEntry, audit_entries
from services.contacts.export import harmless
from services.system import System, needs
from services.translation import N_

__all__ = ["ACTIONS", "FIELD_NAMES", "MOST_LISTED", "ROLE_NAMES", "AuditEntry", "as_csv", "entries"]
MOST_LISTED = 10_000
ACTIONS: dict[Action, str] = {
    "integration_added": N_("Integration added"),
    "integration_changed": N_("Settings changed"),
    "integration_paused": N_("Paused"),
    "integration_resumed": N_("Resumed"),
    "integration_deleted": N_("Integration deleted"),
    "credentials_checked": N_("Credentials checked"),
    "key_generated": N_("injixo API key generated"),
    "key_revoked": N_("injixo API key revoked"),
    "days_closed": N_("Closing entered"),
    "days_opened": N_("Closing removed"),
    "backfill_requested": N_("Backfill requested"),
    "false_alarm_marked": N_("Marked as false alarm"),
    "false_alarm_withdrawn": N_("False alarm withdrawn"),
    "rhythm_learned": N_("New rhythm learned"),
    "channel_added": N_("Channel added"),
    "channel_changed": N_("Channel changed"),
    "channel_removed": N_("Channel removed"),
    "channel_tested": N_("Channel tested"),
    "incident_acknowledged": N_("Incident acknowledged"),
    "incident_silenced": N_("Incident silenced"),
    "person_added": N_("Person added"),
    "person_invited": N_("Invitation made"),
    "person_changed": N_("Role changed"),
    "person_removed": N_("Person removed"),
    "signed_in": N_("Signed in"),
    "signed_out": N_("Signed out"),
    "token_made": N_("API token made"),
    "token_revoked": N_("API token revoked"),
}
ROLE_NAMES: dict[str, str] = {
    "supervisor": N_("Supervisor"),
    "support": N_("Support"),
    "admin": N_("Admin"),
}
FIELD_NAMES: dict[str, str] = {
    "name": N_("Name"),
    "domain": N_("Freshchat domain"),
    "freshchat_api_key": N_("Freshchat API key"),
    "time_zone": N_("Time zone"),
    "holidays": N_("Public holidays"),
    "counting": N_("Counting"),
    "webhook_public_key": N_("Public key"),
    "paused_at": N_("Paused"),
    "deleted_at": N_("Deleted"),
    "configuration": N_("Credentials"),
    "role": N_("Role"),
    "integrations": N_("Integrations"),
    "ends_at": N_("Ends"),
    "from": N_("From"),
    "to": N_("To"),
    "repeats": N_("Repeats"),
    "day": N_("Day"),
    "kind": N_("Kind"),
    "note": N_("Note"),
    "queue": N_("Source queue"),
    "cause": N_("Cause"),
    "reason": N_("Reason"),
    "url": N_("Address"),
    "language": N_("Language"),
    "states": N_("States"),
    "quiet": N_("Quiet hours"),
    "after_minutes": N_("After minutes"),
    "remind_minutes": N_("Minutes to the first reminder"),
    "weekly": N_("Weekly report"),
}
"""What the names of changed values mean; in CSV and over the API they stand as they are."""
COLUMNS = (
    "at",
    "who",
    "role",
    "address",
    "action",
    "integration_id",
    "subject",
    "before",
    "after",
)


@needs("admin")
def entries(system: System, start: datetime, end: datetime) -> list[AuditEntry]:
    """Return what was done from ``start`` to before ``end``, newest first; the newest 10,000 of more."""
    return audit_entries(system.database, start, end, MOST_LISTED)


def as_csv(listed: Iterable[AuditEntry]) -> str:
    """Return the entries as CSV, newest first; a spreadsheet takes no text of it for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in listed:
        writer.writerow(
            [
                entry.done_at.isoformat(),
                *map(
                    harmless,
                    (
                        entry.who,
                        entry.role,
                        entry.address,
                        entry.action,
                        entry.integration_id,
                        entry.subject,
                        told(entry.before),
                        told(entry.after),
                    ),
                ),
            ]
        )
    return text.getvalue()


def told(values: Mapping[str, Any]) -> str:
    """Return values by name as one line."""
    return ", ".join(f"{name}: {'–' if value is None else value}" for name, value in values.items())
