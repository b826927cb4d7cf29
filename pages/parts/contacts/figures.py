"""Three figures of a period: the total, how it stands against what it is compared with, and what has no group."""

from datetime import datetime, timedelta

import numpy as np
import streamlit as st

from services.contacts.periods import WEEKDAYS_COMPARED
from services.contacts.standing import Amount, Standing
from services.contacts.usual import Comparison
from services.contacts.view import ContactView
from services.intervals import QUARTER_HOUR
from services.translation import N_, Words

AMOUNT_NAMES: dict[Amount, str] = {
    "much_less": N_("much less than usual"),
    "less": N_("less than usual"),
    "as_usual": N_("about as usual"),
    "more": N_("more than usual"),
    "much_more": N_("much more than usual"),
}
OTHER_AMOUNT_NAMES: dict[Amount, str] = {
    "much_less": N_("much less"),
    "less": N_("less"),
    "as_usual": N_("about as many"),
    "more": N_("more"),
    "much_more": N_("much more"),
}
"""Against one earlier period, of which nobody knows whether it was usual."""


def figures(view: ContactView, words: Words) -> None:
    """Draw the three figures side by side."""
    with st.container(horizontal=True, key="figures"):
        _total(view, words)
        _against(view, words)
        _undefined(view, words)


def warn_of_gaps(view: ContactView, now: datetime, words: Words) -> None:
    """Say how much of the period is missing from its total."""
    if missing := view.without_data(now):
        # Counted in whole intervals up to now: of a part of one the line above says it exactly, by another figure.
        told = (
            N_("Some of this period is without data: the total is too low.")
            if missing < timedelta(hours=1) and missing % QUARTER_HOUR
            else N_("No data for {span} of this period: the total is too low.")
        )
        text = words.text(told, span=words.duration(missing))
        st.warning(text, icon=":material/warning:")
    if view.dated_ahead:
        told = words.count(
            "{n} contact of this integration is dated ahead by its sender, and counts when its time has come.",
            "{n} contacts of this integration are dated ahead by their sender, and count when their time has come.",
            view.dated_ahead,
        )
        st.info(told, icon=":material/schedule:")


def amount_of(found: Standing, comparison: Comparison, words: Words) -> str:
    """Return whether a difference is much, in words."""
    names = AMOUNT_NAMES if comparison.against == "usual" else OTHER_AMOUNT_NAMES
    return words.text(names[found.amount])


def difference(found: Standing, words: Words) -> str:
    """Return such as "+12%", or how many more where nothing is usual."""
    if found.share is None:
        return "+" + words.number(found.contacts) if found.contacts else "0"
    share = round(found.share, 2) or 0.0  # never -0.0
    return ("+" if share > 0 else "") + words.percent(share)


def period_name(view: ContactView, words: Words) -> str:
    period = view.period
    if period.days == 1:
        return words.day(period.first)
    return f"{words.day(period.first)} – {words.day(period.last)}"


def _total(view: ContactView, words: Words) -> None:
    known = not np.isnan(view.total).all()
    period = view.period
    name = period_name(view, words) if period.days == 1 else words.span(period.first, period.last)
    st.metric(name, words.number(view.until_now) if known else "–")


def _against(view: ContactView, words: Words) -> None:
    found = view.comparison
    if found is None or (found.until_now == 0 and found.standing.contacts == 0):
        return
    st.metric(
        words.text(N_("Against the usual") if found.against == "usual" else N_("In comparison")),
        difference(found.standing, words),
        amount_of(found.standing, found, words),
        delta_color="off",
        delta_arrow={"less": "down", "more": "up"}.get(found.standing.amount.removeprefix("much_"), "off"),  # type: ignore[arg-type]
    )


def _undefined(view: ContactView, words: Words) -> None:
    found = view.undefined
    share = found.share if found is not None else 0.0 if view.until_now else None
    rising = words.text(N_("rising")) if found is not None and found.rising else None
    st.metric("Undefined_Queue", "–" if share is None else words.percent(share), rising, delta_color="off")


def held_against(view: ContactView, now: datetime, words: Words) -> str:
    """Return what the total was held against, in a sentence; empty where there is nothing to say."""
    found = view.comparison
    if found is None or found.until_now == 0:
        if view.begun_at is not None and view.end <= view.begun_at:
            text = N_("The first contact was counted on {day}.")
            return words.text(text, day=words.day(view.begun_at))
        if view.against in ("before", "year") and found is None:
            return words.text(N_("There is no data of the time to compare with."))
        return ""
    suffix = "" if found.whole and not view.without_data(now) else words.text(N_(" (in the time with data)"))
    return _compared(view, found, view.over(now), words) + suffix


def _compared(view: ContactView, found: Comparison, over: bool, words: Words) -> str:
    values = {"usual": words.number(found.until_now)}
    if found.against == "usual":
        usual = words.text(
            N_("{usual} are usual") if over else N_("{usual} are usual by this time"), **values
        )
        return usual + _median_of(view, found, words)
    if found.against == "year":
        whole, so_far = (
            N_("{usual} on the same weekdays a year before"),
            N_("{usual} by the same time a year before"),
        )
    elif view.period.view == "month":
        whole = N_("{usual} on the same weekdays four weeks before")
        so_far = N_("{usual} by the same time four weeks before")
    elif view.period.days <= 7:
        whole, so_far = N_("{usual} in the week before"), N_("{usual} by the same time of the week before")
    else:
        whole, so_far = (
            N_("{usual} in the same time before"),
            N_("{usual} by the same point of the time before"),
        )
    return words.text(whole if over else so_far, **values)


def _median_of(view: ContactView, found: Comparison, words: Words) -> str:
    weeks = found.periods
    if view.period.days == 1:
        some = N_(": the median of the same weekday in {weeks} of the last six weeks")
        every = N_(": the median of the same weekday in the last six weeks")
    else:
        some = N_(": the median of {weeks} of the six weeks before")
        every = N_(": the median of the six weeks before")
    return words.text(every if weeks == WEEKDAYS_COMPARED else some, weeks=weeks)
