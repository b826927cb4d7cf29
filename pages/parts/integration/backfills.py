"""What was fetched from Freshchat: the first history, lost contacts, and whatever somebody asks for."""

from datetime import date, timedelta
from typing import Literal

import streamlit as st

from pages.parts.days_fields import days_fields
from pages.parts.live import live
from pages.parts.plain import plain
from pages.parts.reader import current
from services.backfill.jobs import BadSpan, JobStatus, TooManyJobs, request, status
from services.intervals import midnight
from services.translation import N_, Words

REFRESH_SECONDS = 3
MOST_SHOWN = 8
OLDEST_DAYS = 455
"""Freshchat's reports reach 15 months back."""

REASONS = {
    "history": N_("First import of history"),
    "incident": N_("After an incident"),
    "resume": N_("After a pause"),
    "same_day": N_("Once more, since reports of the same day are incomplete"),
    "difference": N_("Where a day differed from Freshchat"),
    "requested": N_("Requested"),
}
STATES: dict[str, tuple[str, Literal["gray", "blue", "green", "red"], str]] = {
    "scheduled": (N_("scheduled"), "gray", ":material/schedule:"),
    "running": (N_("running"), "blue", ":material/sync:"),
    "done": (N_("done"), "green", ":material/check_circle:"),
    "failed": (N_("failed"), "red", ":material/error:"),
}


def backfill_section(integration_id: str, words: Words) -> None:
    """Draw the jobs with their progress, and the fields to ask for another span."""
    st.caption(
        words.text(
            "Freshchat makes one report a minute, each for up to 28 days. What is fetched twice is counted once."
        )
    )
    live(_jobs, REFRESH_SECONDS)(integration_id, words)
    zone = current().integration(integration_id).zone
    today = current().clock().astimezone(zone).date()
    with st.form(f"backfill_{integration_id}", border=False):
        first, last = days_fields(
            today - timedelta(days=1),
            today,
            words,
            earliest=today - timedelta(days=OLDEST_DAYS - 1),
            latest=today,
        )
        asked = st.form_submit_button(words.text("Fetch from Freshchat"), icon=":material/cloud_download:")
    if asked:
        _ask(integration_id, first, last, words)


def _ask(integration_id: str, first: date, last: date, words: Words) -> None:
    if last < first:
        st.error(words.text("The last day lies before the first."), icon=":material/error:")
        return
    zone = current().integration(integration_id).zone
    end = midnight(last + timedelta(days=1), zone)
    try:
        request(current(), integration_id, midnight(first, zone), end, "requested")
    except BadSpan:
        st.error(words.text("Freshchat has no reports on this time any more."), icon=":material/error:")
    except TooManyJobs:
        st.error(words.text("Too many backfills are waiting: try again later."), icon=":material/error:")


def _jobs(integration_id: str, words: Words) -> None:
    jobs = status(current(), integration_id)
    if not jobs:
        st.info(
            words.text(
                "Nothing was fetched yet. The history is fetched as soon as Freshchat accepts the key."
            ),
            icon=":material/info:",
        )
    for job in jobs[:MOST_SHOWN]:
        _job(job, words)


def _job(status: JobStatus, words: Words) -> None:
    name, colour, icon = STATES[status.state]
    job = status.job
    with st.container(key=f"job_{job.job_id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(words.text(name), color=colour, icon=icon)
            st.markdown(f"**{words.text(REASONS[job.reason])}**", width="content")
            days = dict.fromkeys((words.day(job.span_start), words.day(job.span_end)))
            st.caption(" – ".join(days), width="content")
        st.progress(status.progress)
        chats = words.count(
            "{n} resolved chat in the reports", "{n} resolved chats in the reports", status.fetched
        )
        st.caption(f"{chats}, {_new(status, words)}" if status.fetched else chats)
        if status.unreadable:
            st.caption(f":material/warning: {_unreadable(status, words)}")
        if status.error is not None:
            st.caption(words.text("Last trouble: {code}", code=status.error))


def _new(status: JobStatus, words: Words) -> str:
    if status.new == 0:
        return words.text("all of them known here before")
    return words.count("{n} of them was new here", "{n} of them were new here", status.new)


def _unreadable(status: JobStatus, words: Words) -> str:
    """Return how many rows could not be read, and what the first of them looks like without its content."""
    told = words.count("{n} row could not be read.", "{n} rows could not be read.", status.unreadable)
    if status.unreadable_shape is None:
        return told
    shape = words.text(
        "The first one, 9 for a digit and a for a letter: {shape}", shape=plain(status.unreadable_shape)
    )
    return f"{told} {shape}"
