"""What can be taken along from the contacts page: the figures, the chats behind them, and the chart as a picture."""

from collections.abc import Callable, Mapping
from datetime import date

import streamlit as st

from pages.parts.charts.colours import colours
from pages.parts.contacts.figures import period_name
from pages.parts.contacts.picture import picture_buttons
from pages.parts.contacts.shown_as import AS_NAMES
from pages.parts.reader import current
from services.contacts.ahead import Ahead, ahead_csv, days_to_come
from services.contacts.chats import MOST_CHATS, chats_csv, counted_chats
from services.contacts.export import expected_name, file_name, plain_csv, spreadsheet_csv
from services.contacts.rule import COUNTING_RULES
from services.contacts.view import ContactView
from services.contacts.workbook import workbook
from services.intervals import INTERVALS
from services.translation import Words

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def downloads(
    integration_id: str,
    integration: str,
    view: ContactView,
    seals: Mapping[date, str],
    words: Words,
    *,
    drawn: str | None,
    to_come: bool,
) -> None:
    """Draw the buttons. ``integration``: its name. ``seals``: of the days that are over, in words.

    ``drawn``: the tab, if it can be saved as a picture; ``to_come``: something is expected of the days to come.
    """
    _ = words.text
    name = file_name(integration, view)
    with st.container(horizontal=True, key="downloads"):
        _button(
            "csv",
            _("CSV"),
            f"{name}.csv",
            lambda: plain_csv(view.table),
            icon="download",
            told=_("For programs: commas, instants with offset, one row for each interval and queue."),
        )
        _button(
            "csv_excel",
            _("CSV for Excel"),
            f"{name}_excel.csv",
            lambda: spreadsheet_csv(view, integration, seals, words),
            icon="table_view",
            told=_("For an English Excel: commas, local times, one column for each queue."),
        )
        _button(
            "excel",
            _("Excel"),
            f"{name}.xlsx",
            lambda: workbook(view, integration, seals, words, _days_to_come(integration_id, view, to_come)),
            icon="table",
            told=_("By interval, by source queue, what is expected, and what the figures mean."),
            kind=EXCEL,
        )
        _chats(integration_id, name, view, words)
        if to_come:
            _to_come(integration_id, integration, view, words)
        if drawn is not None:
            # The hours of the week are those of a span of their own, which their legend names.
            shown = words.text(AS_NAMES[drawn]) if drawn == "hours" else period_name(view, words)
            picture_buttons(
                name if drawn == "chart" else f"{name}_{drawn}",
                title=f"{integration} – {shown}",
                note=f"{view.table.time_zone} · {words.text(COUNTING_RULES[view.table.counting])}",
                ground=colours().ground,
                ink=colours().ink,
            )


def _chats(integration_id: str, name: str, view: ContactView, words: Words) -> None:
    too_many = view.until_now > MOST_CHATS
    told = words.text("A row for each chat that was counted, with its ids and times, to check a figure.")
    if too_many:
        told = words.text(
            "At most {most} chats at once: choose a shorter period.", most=words.number(MOST_CHATS)
        )
    _button(
        "chats",
        words.text("Chats"),
        f"{name}_chats.csv",
        lambda: _chats_of(integration_id, view, words),
        icon="forum",
        told=told,
        disabled=too_many,
    )


def _to_come(integration_id: str, integration: str, view: ContactView, words: Words) -> None:
    _button(
        "expected",
        words.text("Expected"),
        f"{expected_name(integration)}.csv",
        lambda: _expected(integration_id, view, words),
        icon="trending_up",
        told=words.text("What is expected of today's rest and the seven days after it, with its band."),
    )


def _button(
    key: str,
    label: str,
    file: str,
    make: Callable[[], bytes | str],
    *,
    icon: str,
    told: str,
    kind: str = "text/csv",
    disabled: bool = False,
) -> None:
    """Draw a button that downloads what ``make`` returns, which is made at the click."""
    st.download_button(
        label,
        make,
        file,
        kind,
        key=key,
        icon=f":material/{icon}:",
        on_click="ignore",
        help=told,
        disabled=disabled,
    )


def _expected(integration_id: str, view: ContactView, words: Words) -> bytes:
    found = _days_to_come(integration_id, view, to_come=True)
    return b"" if found is None else ahead_csv(found, words)


def _days_to_come(integration_id: str, view: ContactView, to_come: bool) -> Ahead | None:
    if not to_come:
        return None
    system = current()
    interval = view.table.interval if view.table.interval in INTERVALS else "1d"
    return days_to_come(system, integration_id, interval, view.table.queues, system.clock())


def _chats_of(integration_id: str, view: ContactView, words: Words) -> bytes:
    system = current()
    chats = counted_chats(system, integration_id, view.period, view.table.queues, system.clock())
    return chats_csv(chats, words)
