"""The audit log: who did what to which integration, key or person, when and from where."""

from datetime import UTC, datetime, time, timedelta

import pandas as pd
import streamlit as st

from pages.parts.days_fields import days_fields
from pages.parts.integration.keys import MAKERS
from pages.parts.language import words_for
from pages.parts.reader import current
from services.audit import ACTIONS, ROLE_NAMES, AuditEntry, as_csv, entries, told
from services.translation import Words

SHOWN_AT_FIRST = timedelta(days=30)
FEW, HEIGHT = 12, 520
"""So many entries make a table as high as they are; more are scrolled through in so many pixels."""


def rows(listed: list[AuditEntry], words: Words) -> pd.DataFrame:
    """Return the entries as a table in the reader's language."""
    names = {known.integration_id: known.name for known in system.directory.integrations.values()}
    _ = words.text
    return pd.DataFrame(
        {
            "when": [words.moment(entry.done_at) for entry in listed],
            "who": [_(MAKERS[entry.who]) if entry.who in MAKERS else entry.who for entry in listed],
            "role": [
                _(ROLE_NAMES[entry.role]) if entry.role in ROLE_NAMES else entry.role for entry in listed
            ],
            "what": [
                _(ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action for entry in listed
            ],
            "integration": [names.get(entry.integration_id, entry.integration_id) for entry in listed],
            "subject": [entry.subject for entry in listed],
            "before": [told(entry.before) for entry in listed],
            "after": [told(entry.after) for entry in listed],
            "address": [entry.address for entry in listed],
        }
    )


system = current()
words = words_for()
_ = words.text
st.title(_("Audit log"), anchor=False)
st.caption(
    _("Who did what, when and from where. Entries are kept for {n} days.", n=str(system.settings.audit_days))
)
today = system.clock().astimezone(UTC).date()
first, last = days_fields(today - SHOWN_AT_FIRST, today, words, latest=today)
if last < first:
    st.error(_("The last day lies before the first."), icon=":material/error:")
    st.stop()
start = datetime.combine(first, time(), UTC)
end = datetime.combine(last + timedelta(days=1), time(), UTC)
listed = entries(system, start, end)
if not listed:
    st.info(_("Nothing was done in these days."), icon=":material/history:")
    st.stop()
columns = {
    "when": _("When (UTC)"),
    "who": _("Who"),
    "role": _("Role"),
    "what": _("What"),
    "integration": _("Integration"),
    "subject": _("Concerns"),
    "before": _("Before"),
    "after": _("After"),
    "address": _("From"),
}
st.dataframe(
    rows(listed, words),
    hide_index=True,
    key="audit",
    height="content" if len(listed) <= FEW else HEIGHT,
    column_config={name: st.column_config.TextColumn(label) for name, label in columns.items()},
)
st.download_button(
    _("CSV"),
    lambda: as_csv(entries(system, start, end)),
    f"stillwatch-audit-{first}-{last}.csv",
    "text/csv",
    icon=":material/download:",
    on_click="ignore",
)
