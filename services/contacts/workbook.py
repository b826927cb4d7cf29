"""Contacts as an Excel workbook: by interval, by source queue, and what the figures mean."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from services.contacts.ahead import AHEAD_COLUMNS, WHAT_IT_IS, Ahead
from services.contacts.export import harmless, header_of, local_parts, meaning
from services.contacts.view import ContactView
from services.translation import N_, Words

NOTHING_RUNS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""What comes from outside is text, whatever it begins with."""

LONGEST_SHEET_NAME = 31


def workbook(
    view: ContactView,
    integration: str,
    seals: Mapping[date, str],
    words: Words,
    to_come: Ahead | None = None,
) -> bytes:
    """Return the view as an .xlsx file. ``integration``: its name. ``seals``: of the days that are over, in words.

    ``to_come``: what is expected, on a sheet of its own.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, NOTHING_RUNS) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": words.dialect.excel_date, "align": "left"})
        share = book.add_format({"num_format": "0%"})
        _by_interval(_sheet(book, N_("Contacts"), words), view, words, head, day)
        _by_queue(_sheet(book, N_("Source queues"), words), view, words, head, share)
        if to_come is not None:
            _expected(_sheet(book, N_("Expected"), words), to_come, words, head, day)
        about = _sheet(book, N_("About"), words)
        about.set_column(0, 0, 24)
        for row, pair in enumerate(meaning(view, integration, seals, words)):
            for column, text in enumerate(pair):
                about.write_string(row, column, text)
    return file.getvalue()


def _sheet(book: xlsxwriter.Workbook, name: str, words: Words) -> Worksheet:
    return book.add_worksheet(words.text(name)[:LONGEST_SHEET_NAME])


def _by_interval(sheet: Worksheet, view: ContactView, words: Words, head: object, day: object) -> None:
    """Write one row for each interval and one column for each queue; an empty cell is "no data"."""
    for column, name in enumerate(header_of(view, words)):
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 3)
    sheet.set_column(0, 2, 12)
    for row, start in enumerate(view.table.starts, start=1):
        _local_start(sheet, row, start, words, day)
        figures = [*view.table.contacts[row - 1], view.total[row - 1]]
        if view.comparison is not None:
            figures.append(round(float(view.comparison.usual[row - 1]), 2))
        _numbers(sheet, row, 3, figures)


def _expected(sheet: Worksheet, to_come: Ahead, words: Words, head: object, day: object) -> None:
    """Write a row for each interval to come, and below them what the figures are and are not."""
    for column, name in enumerate(AHEAD_COLUMNS):
        sheet.write_string(0, column, words.text(name), head)
    sheet.freeze_panes(1, 3)
    sheet.set_column(0, len(AHEAD_COLUMNS) - 1, 12)
    values = zip(to_come.mean, to_come.low, to_come.high, strict=True)
    for row, (start, figures) in enumerate(zip(to_come.starts, values, strict=True), start=1):
        _local_start(sheet, row, start, words, day)
        _numbers(sheet, row, 3, [round(float(figure), 2) for figure in figures])
    sheet.write_string(len(to_come.starts) + 2, 0, words.text(WHAT_IT_IS))


def _local_start(sheet: Worksheet, row: int, start: datetime, words: Words, day: object) -> None:
    """Write a local time as date, time and offset from UTC."""
    _, time, offset = local_parts(start, words.dialect)
    sheet.write_datetime(row, 0, start.replace(hour=0, minute=0, second=0, tzinfo=None), day)
    sheet.write_string(row, 1, time)
    sheet.write_string(row, 2, offset)


def _by_queue(sheet: Worksheet, view: ContactView, words: Words, head: object, share: object) -> None:
    """Write each source queue against its own usual, what stands out first."""
    named = [N_("Source queue"), N_("Contacts"), N_("Held against"), N_("Difference"), N_("Share")]
    for column, name in enumerate(named):
        sheet.write_string(0, column, words.text(name), head)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 40)
    for row, each in enumerate(view.by_queue, start=1):
        sheet.write_string(row, 0, harmless(each.queue))
        usual = np.nan if each.standing is None else each.standing.usual
        difference = None if each.standing is None else each.standing.share
        _numbers(sheet, row, 1, [np.nan if each.contacts is None else each.contacts, usual])
        if difference is not None:
            sheet.write_number(row, 3, difference, share)
        sheet.write_number(row, 4, each.share, share)


def _numbers(sheet: Worksheet, row: int, column: int, values: Sequence[float]) -> None:
    for place, value in enumerate(values, start=column):
        if not np.isnan(value):
            sheet.write_number(row, place, float(value))
