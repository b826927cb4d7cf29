"""The total of a period, held against what is usual, and how far it can be trusted."""

from datetime import datetime

import numpy as np
import streamlit as st

from services.contacts.periods import WEEKDAYS_COMPARED
from services.contacts.usual import Comparison
from services.contacts.view import ContactView
from services.translation import N_, Words


def figures(view: ContactView, now: datetime, words: Words) -> None:
    """Draw the total, what is usual, and a warning when some of it is missing."""
    total = view.until_now
    usual = view.comparison if view.comparison is not None and view.comparison.until_now > 0 else None
    missing = view.without_data(now)
    with st.container(gap="xxsmall"):
        st.metric(
            _period_name(view, words),
            "–" if np.isnan(view.total).all() else words.number(total),
            _difference(total, usual.until_now, words) if usual else None,
            delta_color="off",
            delta_arrow="off",
        )
        if usual:
            suffix = words.text(N_(" (in the time with data)")) if missing else ""
            st.caption(_compared(view, usual, now, words) + suffix)
        elif view.begun_at is not None and view.end <= view.begun_at:
            st.caption(
                words.text(N_("The first contact was counted on {day}."), day=words.day(view.begun_at))
            )
    if missing:
        text = words.text(
            "No data for {span} of this period: the total is too low.", span=words.duration(missing)
        )
        st.warning(text, icon=":material/warning:")


def _difference(total: int, before: float, words: Words) -> str:
    share = round(total / before - 1, 2)
    return ("+" if share > 0 else "") + words.percent(share)


def _compared(view: ContactView, comparison: Comparison, now: datetime, words: Words) -> str:
    values = {"usual": words.number(comparison.until_now)}
    over = view.over(now)
    if view.period.view == "week":
        whole, so_far = N_("{usual} in the week before"), N_("{usual} by the same time of the week before")
        return words.text(whole if over else so_far, **values)
    if view.period.view == "month":
        whole = N_("{usual} on the same weekdays four weeks before")
        so_far = N_("{usual} by the same time four weeks before")
        return words.text(whole if over else so_far, **values)
    usual = words.text(N_("{usual} are usual") if over else N_("{usual} are usual by this time"), **values)
    some = N_(": the median of the same weekday in {weeks} of the last six weeks")
    every = N_(": the median of the same weekday in the last six weeks")
    weeks = comparison.periods
    return usual + words.text(every if weeks == WEEKDAYS_COMPARED else some, weeks=weeks)


def _period_name(view: ContactView, words: Words) -> str:
    period = view.period
    if period.view == "day":
        return words.day(period.first)
    return f"{words.day(period.first)} – {words.day(period.last)}"
