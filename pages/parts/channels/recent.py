"""What was told lately, through which channel, and what came of it."""

import pandas as pd
import streamlit as st

from pages.parts.language import words_for
from pages.parts.reader import current
from services.alerting.words import KIND_NAMES, NOTIFICATION_STATES, failure_text
from services.notifications.channels import Notification, all_channels, recent
from services.translation import Words


def recent_notifications() -> None:
    """Draw the newest notifications as a table, in the reader's language."""
    words = words_for()
    _ = words.text
    st.header(_("Recent notifications"), anchor=False)
    found = recent(current())
    if not found:
        st.caption(_("Nothing was sent yet."))
        return
    columns = {
        "when": _("When (UTC)"),
        "channel": _("Channel"),
        "what": _("What"),
        "integration": _("Integration"),
        "state": _("State"),
        "why": _("Why not"),
    }
    st.dataframe(
        _rows(found, words),
        hide_index=True,
        key="notifications",
        column_config={name: st.column_config.TextColumn(label) for name, label in columns.items()},
    )


def _rows(found: list[Notification], words: Words) -> pd.DataFrame:
    names = {channel.channel_id: channel.name for channel in all_channels(current())}
    known = current().directory.integrations
    return pd.DataFrame(
        {
            "when": [words.moment(one.sent_at or one.claimed_at or one.created_at) for one in found],
            "channel": [names.get(one.channel_id, "–") for one in found],
            "what": [words.text(KIND_NAMES[one.kind]) for one in found],
            "integration": [
                known[one.integration_id].name if one.integration_id in known else "Stillwatch"
                for one in found
            ],
            "state": [words.text(NOTIFICATION_STATES[one.state]) for one in found],
            "why": [failure_text(one.failure, words) if one.failure else "" for one in found],
        }
    )
