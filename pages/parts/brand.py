"""What makes the page ours: the mark, the name beside it, and the title of the browser's tab."""

import streamlit as st

from pages.parts.charts.colours import colours
from pages.parts.live import live
from pages.parts.reader import current
from services.brand import DRAWING, MARK, NAME
from services.notifications.going_on import incidents_going_on
from services.system import StoreUnavailable

TAB_SECONDS = 10
_ALARM = '<circle cx="23.5" cy="8.5" r="7.5" fill="#D32F2F" stroke="#FFF" stroke-width="2"/>'


def put_on_brand() -> None:
    """Put the mark on the browser's tab and over the navigation.

    Before the navigation: the icon of its page would else be fetched from another host for the tab.
    """
    st.set_page_config(page_title=NAME, page_icon=MARK, layout="wide")
    st.logo(_mark_and_name(colours().ink), icon_image=MARK, size="large")


ALARM_MARK = MARK.replace("</svg>", f"{_ALARM}</svg>")
"""The mark on the tab while an incident goes on."""

TAB = "tab_title"


def name_tab(title: str) -> None:
    """Name the browser's tab after what it shows; while an incident goes on, its title and icon say so first."""
    st.session_state[TAB] = title
    try:
        going_on = incidents_going_on(current())
    except StoreUnavailable:
        st.set_page_config(page_title=f"(?) {title} · {NAME}", page_icon=MARK)
        return
    mark = ALARM_MARK if going_on else MARK
    st.set_page_config(
        page_title=f"({going_on}) {title} · {NAME}" if going_on else f"{title} · {NAME}", page_icon=mark
    )


def watch_tab(title: str) -> None:
    """Name the tab and keep its title and icon up to date, in the background and on a display on the wall too."""
    st.session_state[TAB] = title
    live(lambda: name_tab(st.session_state[TAB]), TAB_SECONDS)()


def _mark_and_name(ink: str) -> str:
    """Return the mark with the name in the text's colour; its width does not hang on the fonts at hand."""
    font = (
        "font-family=\"'Source Sans Pro', 'Source Sans 3', Helvetica, Arial, sans-serif\" font-weight=\"600\""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 152 32">{DRAWING}'
        f'<text x="42" y="23" font-size="21" textLength="104" {font} fill="{ink}">{NAME}</text></svg>'
    )
