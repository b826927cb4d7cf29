"""The tab of the chart: the drawing, what its marks mean, and the same in words for whoever does not see it."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import streamlit as st

from pages.parts.charts.colours import colours
from pages.parts.charts.contacts import HEIGHT, contacts_chart, grouped, shades_of
from pages.parts.charts.drawing import draw
from pages.parts.charts.hover import Beside, interval_name
from pages.parts.charts.legend import series_names
from pages.parts.charts.noted import seal_signs
from pages.parts.contacts.figures import amount_of, difference, held_against, period_name
from pages.parts.contacts.tables import standing_out
from pages.parts.plain import plain
from services.contacts.ahead import WHAT_IT_IS
from services.contacts.export import comparison_name
from services.contacts.outliers import beyond_scale
from services.contacts.view import ContactView
from services.intervals import INTERVALS
from services.translation import N_, Words


def chart(
    view: ContactView,
    queues: Sequence[str],
    by_age: Sequence[str],
    beside: Beside,
    now: datetime,
    words: Words,
) -> None:
    """Draw the chart. ``queues``: the busiest first; ``by_age``: the oldest first, which gives their colours."""
    series = grouped(view, queues, words)
    shades = shades_of(series, by_age)
    with st.container(key="contacts_drawing"):
        draw(
            contacts_chart(view, series, shades, beside, now, words, colours()),
            height=HEIGHT,
            key="contacts_chart",
            told=in_words(view, words),
        )
    with st.container(gap="xxsmall", key="contacts_legend"):
        series_names(list(series), shades)
        if out := standing_out(view, words):
            st.markdown(out)
        for told in (
            held_against(view, now, words),
            _expected(view, beside, words),
            _legend(view, beside, words),
        ):
            if told:
                st.caption(told)
        if view.period.days == 1:
            seal = plain(beside.told[view.period.first])
            st.caption(words.text("Seal of the day, all source queues: {seal}", seal=seal))
        if beside.ahead is not None:
            st.caption(words.text(WHAT_IT_IS))


def in_words(view: ContactView, words: Words) -> str:
    """Return what the chart shows: the total, how it stands, when it was busiest, the busiest queues, and gaps."""
    parts = [
        words.text(
            "Contacts per source queue, {period}: {total} in total.",
            period=period_name(view, words),
            total=words.number(view.until_now),
        )
    ]
    if view.comparison is not None:
        found = view.comparison.standing
        parts.append(f"{difference(found, words)}, {amount_of(found, view.comparison, words)}.")
    if np.nansum(view.total) > 0:
        busiest = int(np.nanargmax(view.total))
        text = N_("Most in {interval}: {contacts}.")
        contacts = words.number(float(view.total[busiest]))
        parts.append(words.text(text, interval=interval_name(view, busiest, words), contacts=contacts))
        busy = sorted(view.by_queue, key=lambda each: -(each.contacts or 0))[:3]
        named = "; ".join(f"{each.queue} {words.number(each.contacts or 0)}" for each in busy)
        parts.append(words.text(N_("Busiest source queues: {queues}."), queues=named))
    without = sum(gap.after - gap.first for gap in view.gaps if gap.kind == "no_data")
    if without:
        parts.append(words.count("{n} interval without data.", "{n} intervals without data.", without))
    return " ".join(parts)


def _expected(view: ContactView, beside: Beside, words: Words) -> str:
    """Return how many contacts are expected of the rest of what is shown, or of as much of it as can be told."""
    if beside.ahead is None:
        return ""
    mean, low, high = beside.ahead.rest
    if high < 1:
        return ""
    values = {"mean": words.number(mean), "low": words.number(low), "high": words.number(high)}
    starts = beside.ahead.starts
    beyond = next((at for at in view.table.starts if at > starts[-1]), None)
    if beyond is not None:
        told = N_("About {mean} more are expected from {start} to {end} ({low} to {high})")
        return words.text(told, start=words.moment(starts[0]), end=words.moment(beyond), **values)
    if starts[0] <= view.table.starts[0]:
        return words.text(N_("About {mean} are expected ({low} to {high})"), **values)
    told = N_("About {mean} more are expected from {start} on ({low} to {high})")
    return words.text(told, start=words.moment(starts[0]), **values)


def _legend(view: ContactView, beside: Beside, words: Words) -> str:
    """Say what the lines, areas and signs mean that are on the chart just now."""
    parts = []
    if view.comparison is not None:
        name = comparison_name(view, words)
        if view.comparison.periods > 1:
            text = N_("Dashed line: {name}, smoothed, with the middle half of those days as a band")
        else:
            text = N_("Dashed line: {name}")
        parts.append(words.text(text, name=name))
        days = len(view.comparison.each)
        if days:
            parts.append(
                words.count("Thin line: {n} day of these", "Thin lines: each of these {n} days", days)
            )
    if beside.ahead is not None:
        parts.append(words.text(N_("Teal line: expected, with its band")))
    if any(gap.kind != "recovered" for gap in view.gaps):
        parts.append(words.text("Grey area: no data, which is not zero"))
    if any(gap.kind == "recovered" for gap in view.gaps):
        parts.append(words.text("Blue strip: fetched back after an outage"))
    kinds = {mark.kind for mark in beside.marks}
    if "incident" in kinds:
        parts.append(words.text(N_("Red strip: incident")))
    if kinds - {"incident"}:
        parts.append(words.text(N_("Tinted: closed day or public holiday")))
    if view.period.days > 1 and view.table.interval in INTERVALS:
        parts += [signs] if (signs := seal_signs(beside.seals, words, colours())) else []
    for place in beyond_scale(view.total):
        at, contacts = words.moment(view.table.starts[place]), words.number(int(view.total[place]))
        parts.append(
            words.text("Cut off at the scale's end: {contacts} contacts at {at}", contacts=contacts, at=at)
        )
    return " · ".join(parts)
