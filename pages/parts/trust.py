"""How far the figures below can be trusted, and up to when: services decide it, here it is worded."""

from dataclasses import replace
from datetime import datetime

import streamlit as st

from pages.parts.language import words_for
from pages.parts.plain import plain
from pages.parts.reader import current, may
from pages.parts.status import data_flow_badge
from services.causes import CAUSES
from services.contacts.periods import Period
from services.sealing.words import REASON_TEXTS
from services.system import System
from services.translation import N_, Words
from services.trust import Trust, trust_in
from services.watch.data_flow import Freshness, freshness
from services.watch.verdict import Verdict
from services.watch.words import headline, unasked

COMPLETE = N_("Complete, compared with Freshchat.")
COMPLETE_UNTIL = N_("Complete up to {until}, compared with Freshchat.")
MISSING_SINCE = N_("These figures are incomplete: contacts have been missing since {since}.")
SINCE: dict[str, str] = {
    "receiving": N_("Arriving as expected since, not compared yet."),
    "nothing_expected": N_("None are expected since."),
    "quieter_than_usual": N_("Quieter than usual since, not compared yet."),
    "learning": N_("What came since is not compared yet."),
    "unknown": N_("Of what came since nothing can be said yet."),
    "paused": N_("Nothing newer is shown while the integration is paused."),
}
"""What holds of the time after the last comparison, by the state of the data flow."""
SAID = frozenset({"receiving", "nothing_expected"})
"""States of which the headline says the same once more."""


def trust_line(integration_id: str, period: Period | None, system: System | None = None) -> Freshness:
    """Say how far the integration's figures of a period can be trusted, and why; of none while there are none.

    Of a period that is over, the state of now says nothing: it is told apart. ``system``: as this look asks it.
    Returns what the line was drawn from.
    """
    system = system or current()
    shown = freshness(system, integration_id)
    words = words_for(shown.integration.time_zone)
    if period is None:
        told = reason(shown.verdict, words)
    else:
        start, end = period.span(shown.integration.zone)
        found = trust_in(system, shown, start, end)
        now = shown.assessment.evidence.now
        rest = what_else(found, shown.verdict, words)
        if end <= now:
            rest = words.text(N_("Now: {what}"), what=rest)
        if end > now and shown.verdict.cause == "own_outage":
            found = replace(found, ours=False)  # the reason says so
        told = f"{sentence(found, now, words)} {rest}".strip()
    with st.container(horizontal=True, vertical_alignment="center", key="trust"):
        data_flow_badge(shown, words)
        st.markdown(told, width="stretch")
        if may("support"):
            st.page_link(
                "data_flow.py",
                label=words.text("See why"),
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params={"integration": integration_id},
            )
    return shown


def deleted_line(deleted_at: datetime, words: Words) -> None:
    """Say until when a deleted integration's figures go."""
    told = N_("Deleted on {moment}. The contacts counted until then are kept; nothing comes after it.")
    st.info(words.text(told, moment=words.moment(deleted_at)), icon=":material/delete:")


def sentence(found: Trust, now: datetime, words: Words) -> str:
    """Return how far the figures can be trusted: the claim in bold, and what limits it; empty for nothing yet."""
    if found.kind == "nothing_yet":
        return ""
    until = "" if found.until is None else words.text(COMPLETE_UNTIL, until=_moment(found.until, now, words))
    if found.kind == "complete":
        return f"**{words.text(COMPLETE)}**"
    if found.kind == "complete_until":
        since = SINCE.get(found.data_flow or "", "")
        return f"**{until}** {words.text(since)}".rstrip()
    return f"**{_limit(found, words)}** {until}".rstrip()


def what_else(found: Trust, verdict: Verdict, words: Words) -> str:
    """Return what is to be said beside that sentence, as Markdown: how the data flows, unless that was just said."""
    if found.kind == "complete_until" and found.data_flow in SAID:
        return plain(unasked(verdict, words))
    return reason(verdict, words)


def reason_text(verdict: Verdict, words: Words) -> str:
    """Return the cause where there is one by name, else what is the case. The evidence is the data flow page's."""
    if verdict.broken and not CAUSES[verdict.cause].vague:
        queues = f" ({', '.join(verdict.queues)})" if verdict.queues else ""
        return words.text(CAUSES[verdict.cause].name) + queues + "."
    return headline(verdict, words)


def reason(verdict: Verdict, words: Words) -> str:
    """Return the same as Markdown that shows it."""
    return plain(reason_text(verdict, words))


def _limit(found: Trust, words: Words) -> str:
    """Return what keeps the figures from being complete."""
    if found.kind == "missing":
        assert found.since is not None
        return words.text(MISSING_SINCE, since=words.moment(found.since))
    if found.kind == "fetching":
        return _fetching(found.contacts, words)
    if found.kind == "gap":
        assert found.since is not None
        told = (
            N_("{span} without data from {since}: Stillwatch itself was not running or not reachable.")
            if found.ours
            else N_("{span} without data from {since}.")
        )
        return words.text(told, span=words.duration(found.without_data), since=words.moment(found.since))
    if found.kind == "missing_today":
        return words.count(
            "{n} contact of today is missing here by Freshchat's figures; if it does not come, it is fetched after "
            "midnight.",
            "{n} contacts of today are missing here by Freshchat's figures; what does not come is fetched after "
            "midnight.",
            found.contacts or 0,
        )
    assert found.day is not None
    if found.day.reason is None:
        return words.text(N_("Not compared with Freshchat yet."))
    why = words.text(REASON_TEXTS[found.day.reason])
    told = (
        N_("{day} differs from Freshchat: {why}.")
        if found.kind == "differs"
        else N_("{day} is not compared with Freshchat: {why}.")
    )
    limit = words.text(told, day=words.day(found.day.day), why=why)
    if not found.more:
        return limit
    more = words.count("Nor is {n} more day.", "Nor are {n} more days.", found.more)
    return f"{limit} {more}"


def _fetching(contacts: int | None, words: Words) -> str:
    if not contacts:
        return words.text(N_("What an outage cost is still being fetched."))
    return words.count(
        "About {n} contact that an outage cost is still being fetched.",
        "About {n} contacts that an outage cost are still being fetched.",
        contacts,
    )


def _moment(at: datetime, now: datetime, words: Words) -> str:
    return words.time(at) if words.day(at) == words.day(now) else words.moment(at)
