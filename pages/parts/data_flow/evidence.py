"""What the verdict rests on, fact by fact: last signs of life, the keys, refusals and the probe."""

from datetime import datetime

import pandas as pd
import streamlit as st

from pages.parts.status import BAD, DOUBTFUL, GOOD, NOT_KNOWN, Look
from services.translation import N_, Words
from services.watch.data_flow import Freshness
from services.watch.lacking import told_pair

ROW_HEIGHT = 35
REFUSAL_NAMES = {
    "revoked_key": N_("Key revoked"),
    "expired_key": N_("Key expired"),
    "unknown_key": N_("Key wrong"),
    "malformed_key": N_("Key mistyped"),
}
KEY_NAMES = {"revoked_key": N_("Revoked"), "expired_key": N_("Expired")}


def table_height(rows: int) -> int:
    """Return the pixels of a table with so many rows. Known at once: tables appear while people watch."""
    return ROW_HEIGHT * (rows + 1) + 2


def facts(shown: Freshness, words: Words) -> None:
    """Draw the facts as tiles."""
    evidence = shown.assessment.evidence
    _ = words.text
    st.header(_("What is known"), anchor=False)
    with st.grid(2, min_column_width=150):
        _moment(_("Last event"), evidence.last_event_at, evidence.now, words)
        _moment(_("Last contact resolved"), evidence.last_contact_resolved_at, evidence.now, words)
        interval = evidence.heartbeat_interval
        usual = _("usually every {span}", span=words.duration(interval)) if interval else ""
        _moment(_("Last heartbeat"), evidence.last_heartbeat_at, evidence.now, words, usual)
        _refused(shown, words)
        _key(shown, words)
        _probe(shown, words)


def refusals(shown: Freshness, words: Words) -> None:
    """Draw the refused requests as a table; nothing when there are none."""
    found = shown.assessment.evidence.refusals
    if not found:
        return
    st.header(words.text("Refused requests"), anchor=False)
    rows = [
        {
            "reason": words.text(REFUSAL_NAMES[refusal.code]),
            "code": refusal.code,
            "key": f"{refusal.key.prefix}…",
            "count": refusal.count,
            "first": words.moment(refusal.first_at),
            "last": words.moment(refusal.last_at),
        }
        for refusal in found
    ]
    columns = {
        "reason": N_("Reason"),
        "code": N_("Code"),
        "key": N_("injixo API key"),
        "count": N_("Requests"),
        "first": N_("First"),
        "last": N_("Last"),
    }
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="refusals",
        row_height=ROW_HEIGHT,
        height=table_height(len(rows)),
        column_config={field: words.text(name) for field, name in columns.items()},
    )


def _tile(label: str, value: str, *details: str, look: Look | None = None) -> None:
    """Draw one fact. Each detail has a line of its own, so that no tile grows when a figure does."""
    with st.container(border=True, gap="xxsmall", height="stretch"):
        st.caption(label)
        if look is None:
            st.markdown(f"**{value}**")
        else:
            st.badge(value, icon=look[1], color=look[0])
        st.caption("  \n".join(filter(None, details)) or "&nbsp;")


def _moment(label: str, at: datetime | None, now: datetime, words: Words, usual: str = "") -> None:
    if at is None:
        _tile(label, words.text("never"), usual)
        return
    _tile(label, words.ago(at, now), words.moment(at), usual)


def _refused(shown: Freshness, words: Words) -> None:
    label, refusal = words.text("Last refused request"), shown.last_refusal
    if refusal is None:
        _tile(label, words.text("none"), look=GOOD)
        return
    running = any(finding.source == "refused_key" for finding in shown.verdict.findings)
    _tile(
        label,
        words.text(REFUSAL_NAMES[refusal.code]),
        words.moment(refusal.last_at),
        f"{refusal.key.prefix}…",
        words.count("{n} request", "{n} requests", refusal.count),
        look=BAD if running else NOT_KNOWN,
    )


def _key(shown: Freshness, words: Words) -> None:
    """The newest key; whether the app has it is the FAQ's question."""
    keys = shown.assessment.evidence.keys
    label = words.text("injixo API key")
    if not keys:
        _tile(label, words.text("none generated"), look=NOT_KNOWN)
        return
    newest = keys[0]
    used = (
        words.text("last used {moment}", moment=words.moment(newest.last_used_at))
        if newest.last_used_at
        else words.text("never used")
    )
    if newest.ended is not None:
        _tile(label, words.text(KEY_NAMES[newest.ended]), f"{newest.prefix}…", used, look=BAD)
        return
    ends = newest.expires_at
    until = words.text("valid until {moment}", moment=words.moment(ends)) if ends else ""
    look = GOOD if newest.first_used_at is not None and ends is None else DOUBTFUL
    _tile(label, words.text("Valid"), f"{newest.prefix}…", used, until, look=look)


def _probe(shown: Freshness, words: Words) -> None:
    label, probe = words.text("Compared with Freshchat"), shown.assessment.evidence.probe
    if probe is None:
        _tile(label, words.text("not yet"))
        return
    if not probe.answered:
        _tile(label, words.text("no answer"), words.moment(probe.probed_at), look=NOT_KNOWN)
        return
    pair = told_pair(shown.verdict)
    running = pair is not None
    received, freshchat = pair or (probe.total.received, probe.total.freshchat)
    start = shown.verdict.since if running and shown.verdict.since else probe.window_start
    value = words.text(
        "{received} of {freshchat} here",
        received=words.number(received),
        freshchat=words.number(freshchat),
    )
    detail = f"{words.moment(start)} – {words.time(probe.window_end)}"
    # A few that are missing prove no loss yet, and are not all right either.
    look = GOOD if received >= freshchat and not probe.total.loss else NOT_KNOWN
    _tile(label, value, detail, look=BAD if running else look)
