"""Contacts as CSV, for programs and for spreadsheets.

A spreadsheet reads CSV by its language: a German Excel wants semicolons, decimal commas and day.month.year,
and takes UTF-8 only with a byte order mark.
"""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from services.comparison import Comparison
from services.contact_view import ContactView
from services.contacts import ContactTable
from services.translation import N_, Words

BYTE_ORDER_MARK = "\ufeff"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a spreadsheet of one language reads CSV."""

    delimiter: str
    decimal_point: str
    date: str


DIALECTS = {"de": Dialect(";", ",", "%d.%m.%Y"), "en": Dialect(",", ".", "%Y-%m-%d")}


def plain_csv(table: ContactTable) -> str:
    """Return start (ISO 8601 with offset), queue and contacts, a row each; an empty field is "no data"."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("start", "queue", "contacts"))
    writer.writerows(table.rows())
    return text.getvalue()


def spreadsheet_csv(view: ContactView, words: Words) -> bytes:
    """Return one row for each interval and one column for each queue, as a spreadsheet of the language reads it.

    Local date and time stand in columns of their own, with the offset from UTC that tells the two hours
    between two and three apart when summer time ends.
    """
    dialect = DIALECTS[words.language]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow(_header(view, words))
    for index, start in enumerate(view.table.starts):
        writer.writerow(
            [
                start.strftime(dialect.date),
                f"{start:%H:%M}",
                _offset(start),
                *(_figure(contacts, dialect) for contacts in view.table.contacts[index]),
                _figure(view.total[index], dialect),
                *_usual(view.comparison, index, dialect),
            ]
        )
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")


def _header(view: ContactView, words: Words) -> list[str]:
    named = [N_("Date"), N_("Time"), N_("Offset from UTC")]
    header = [words.text(name) for name in named]
    header += [harmless(queue) for queue in view.table.queues]
    header.append(words.text(N_("Total")))
    if view.comparison is not None:
        header.append(comparison_name(view, words))
    return header


def comparison_name(view: ContactView, words: Words) -> str:
    """Return what the period is compared with, as a column or a line is called."""
    names = {"day": N_("Usual"), "week": N_("Week before"), "month": N_("Four weeks before")}
    return words.text(names[view.period.view])


def harmless(text: str) -> str:
    """Return the text so that a spreadsheet never runs it as a formula: queue names come from outside."""
    return "'" + text if text.startswith(FORMULA_SIGNS) else text


def _figure(value: float, dialect: Dialect) -> str:
    return "" if np.isnan(value) else f"{value:g}".replace(".", dialect.decimal_point)


def _usual(comparison: Comparison | None, index: int, dialect: Dialect) -> list[str]:
    return [] if comparison is None else [_figure(comparison.usual[index], dialect)]


def _offset(at: datetime) -> str:
    return f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:5]
