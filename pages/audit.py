"""The audit log: who did what to which integration, key or person, when and from where."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.days_fields import days_fields
from pages.parts.language import words_for
from pages.parts.reader import current
from services.audit import ACTIONS, FIELD_NAMES, ROLE_NAMES, AuditEntry, as_csv, entries
from services.people.person import LOCAL, SETTING
from services.translation import N_, Words

WITHOUT_A_NAME = {LOCAL.name: N_("Interface"), SETTING.name: N_("Admin API")}
"""Who did it where nobody is named."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
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
            "who": [
                _(WITHOUT_A_NAME[entry.who]) if entry.who in WITHOUT_A_NAME else entry.who for entry in listed
            ],
            "role": [
                _(ROLE_NAMES[entry.role]) if entry.role in ROLE_NAMES else entry.role for entry in listed
            ],
            "what": [
                _(ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action for entry in listed
            ],
            "integration": [names.get(entry.integration_id, entry.integration_id) for entry in listed],
            "subject": [entry.subject for entry in listed],
            "address": [entry.address for entry in listed],
            "change": [changed(entry, words) for entry in listed],
        }
    )


def changed(entry: AuditEntry, words: Words) -> str:
    """Return the values that a change set, each as it was and as it became."""
    return " · ".join(
        words.labelled(
            words.text(FIELD_NAMES.get(name, name)),
            " → ".join(_value(side[name], words) for side in (entry.before, entry.after) if name in side),
        )
        for name in dict.fromkeys([*entry.before, *entry.after])
    )


def _value(value: Any, words: Words) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return words.text(N_("yes") if value else N_("no"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if INSTANT.match(str(value)):
        return words.moment(datetime.fromisoformat(str(value)))
    return words.text(ROLE_NAMES[value]) if value in ROLE_NAMES else str(value)


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
    "address": _("From"),
    "change": _("What changed"),
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
