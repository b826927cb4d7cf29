"""Searching and sorting, where there are so many integrations that it helps."""

from dataclasses import dataclass

import streamlit as st

from services.overview import ORDERS, Order
from services.translation import N_, Words

MANY = 10
"""From so many integrations on, they can be searched and sorted, and the calm ones take one line each."""

ORDER_NAMES: dict[Order, str] = {
    "worst": N_("Worst first"),
    "name": N_("By name"),
    "contacts": N_("Most contacts today"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Which integrations are shown, in which order, and whether the calm ones are short."""

    search: str = ""
    order: Order = "worst"
    short: bool = False


def choose_view(number: int, words: Words) -> Shown:
    """Draw the controls when there are many integrations. What was chosen lasts for the visit."""
    if number < MANY:
        return Shown()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = search_field(number, words)
        order = st.segmented_control(
            words.text("Order"),
            ORDERS,
            format_func=lambda order: words.text(ORDER_NAMES[order]),
            default=ORDERS[0],
            key="order",
            required=True,
            label_visibility="collapsed",
            wrap=True,
            persist_state="session",
        )
    return Shown(search, order or ORDERS[0], short=True)


def search_field(number: int, words: Words) -> str:
    """Draw the field when there are many integrations, and return what is looked for."""
    if number < MANY:
        return ""
    found = st.text_input(
        words.text("Search"),
        key="search",
        placeholder=words.text("Name or domain"),
        icon=":material/search:",
        label_visibility="collapsed",
        live="200ms",
        width=280,
        persist_state="session",
    )
    return found or ""


def nobody_is_named_so(words: Words) -> None:
    """Say that the search found nothing."""
    st.info(words.text("No integration has this name or domain."), icon=":material/search_off:")
