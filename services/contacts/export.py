"""Contacts as CSV, for programs and for spreadsheets.

A spreadsheet reads CSV by its language: a German Excel wants semicolons, decimal commas and day.month.year,
and takes UTF-8 only with a byte order mark.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

import numpy as np

from data.watch import Incident
from services.causes import CAUSES
from services.contacts.rule import COUNTING_RULES
from services.contacts.table import ContactTable
from services.contacts.usual import Comparison
from services.contacts.view import ContactView
from services.translation import N_, Dialect, Words

BYTE_ORDER_MARK = "\ufeff"
FORMULA_SIGNS = frozenset("=+-@\u2212\t\r\n")
LONGEST_PART = 60
DAYS_OF_A_WEEK = 7
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def plain_csv(table: ContactTable) -> str:
    """Return start (ISO 8601 with offset), queue and contacts, a row each; an empty field is "no data"."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("start", "queue", "contacts"))
    writer.writerows(table.rows())
    return text.getvalue()


def file_name(integration: str, view: ContactView) -> str:
    """Return the name of a download without its ending: whose contacts, of when, by which interval."""
    period = view.period
    days = dict.fromkeys((period.first.isoformat(), period.last.isoformat()))
    whose = _BETWEEN_WORDS.sub("-", integration)[:LONGEST_PART].strip("-")
    return "_".join(filter(None, ("contacts", whose, "_to_".join(days), view.table.interval)))


def expected_name(integration: str) -> str:
    """Return the name of the file of what is to come, without its ending."""
    whose = _BETWEEN_WORDS.sub("-", integration)[:LONGEST_PART].strip("-")
    return "_".join(filter(None, ("expected", whose)))


def spreadsheet_csv(view: ContactView, integration: str, seals: Mapping[date, str], words: Words) -> bytes:
    """Return one row for each interval and one column for each queue, as a spreadsheet of the language reads it.

    Local date and time stand in columns of their own, with the offset from UTC that tells the two hours
    between two and three apart when summer time ends. What the figures mean stands below them, after a blank
    row, so that the header stays the first. ``integration``: its name. ``seals``: of the days that are over, in words.
    """
    dialect = words.dialect
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow(header_of(view, words))
    for index, start in enumerate(view.table.starts):
        writer.writerow(
            [
                *local_parts(start, dialect),
                *(figure(contacts, dialect) for contacts in view.table.contacts[index]),
                figure(view.total[index], dialect),
                *_usual(view.comparison, index, dialect),
            ]
        )
    writer.writerow([])
    writer.writerows(meaning(view, integration, seals, words))
    return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")


def local_parts(at: datetime, dialect: Dialect, *, seconds: bool = False) -> tuple[str, str, str]:
    """Return date, time and offset from UTC of a local time."""
    return at.strftime(dialect.date), f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}", _offset(at)


def header_of(view: ContactView, words: Words) -> list[str]:
    """Return the names of the columns: date, time, offset, each queue, total, and what it is held against."""
    named = [N_("Date"), N_("Time"), N_("Offset from UTC")]
    header = [words.text(name) for name in named]
    header += [harmless(queue) for queue in view.table.queues]
    header.append(words.text(N_("Total")))
    if view.comparison is not None:
        header.append(comparison_name(view, words))
    return header


def comparison_name(view: ContactView, words: Words) -> str:
    """Return what the period is compared with, as a column or a line is called."""
    if view.against == "usual":
        return words.text(N_("Usual"))
    if view.against == "year":
        return words.text(N_("A year before"))
    if view.period.view == "month":
        return words.text(N_("Four weeks before"))
    return words.text(N_("Week before") if view.period.days <= DAYS_OF_A_WEEK else N_("The time before"))


def harmless(text: str) -> str:
    """Return the text so that a spreadsheet never runs it as a formula: names come from outside.

    A spreadsheet also takes signs of full width, as Japanese keyboards write them, for their narrow twins.
    """
    first = unicodedata.normalize("NFKC", text.lstrip())[:1]
    return "'" + text if first in FORMULA_SIGNS or text[:1] in FORMULA_SIGNS else text


def meaning(
    view: ContactView, integration: str, seals: Mapping[date, str], words: Words
) -> list[tuple[str, str]]:
    """Return what belongs to the figures, a name and a text in each row; last come the seals of the days."""
    days = dict.fromkeys((words.day(view.period.first), words.day(view.period.last)))
    return [
        (words.text(N_("Integration")), harmless(integration)),
        (words.text(N_("Period")), " – ".join(days)),
        (words.text(N_("Time zone")), view.table.time_zone),
        (words.text(N_("Counting rule")), words.text(COUNTING_RULES[view.table.counting])),
        (words.text(N_("Empty field")), words.text(N_("no data, which is not zero"))),
        *((words.text(N_("Not watched")), _not_watched(hole, words)) for hole in view.not_watched),
        *((words.text(N_("Seal, {day}"), day=words.day(day)), seal) for day, seal in sorted(seals.items())),
    ]


def _not_watched(hole: Incident, words: Words) -> str:
    until = "…" if hole.closed_at is None else words.moment(hole.closed_at)
    return f"{words.moment(hole.opened_at)} – {until}: {words.text(CAUSES[hole.cause].name)}"


def figure(value: float, dialect: Dialect) -> str:
    """Return a count in full, or an average with two digits at most."""
    if np.isnan(value):
        return ""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", dialect.decimal_point)


def _usual(comparison: Comparison | None, index: int, dialect: Dialect) -> list[str]:
    return [] if comparison is None else [figure(comparison.usual[index], dialect)]


def _offset(at: datetime) -> str:
    """Return such as UTC+01:00; a spreadsheet would take +01:00 alone for a time of day."""
    return "UTC" + f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:5]
