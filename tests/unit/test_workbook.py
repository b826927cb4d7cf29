"""Contacts as an Excel workbook, read back by a reader of its own."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from data.integrations import Integration
from services.contacts.ahead import Ahead
from services.contacts.periods import Period
from services.contacts.view import ContactView, contact_view, earlier_periods
from services.contacts.workbook import workbook
from services.system import System
from services.translation import LANGUAGES, Words

SEVEN = datetime(2026, 3, 3, 6, tzinfo=UTC)  # 07:00 in Berlin
EVIL = '=HYPERLINK("x")'


@pytest.fixture
def view(system: System, integration: Integration, resolve: Callable[..., None]) -> ContactView:
    for weeks in range(1, 7):
        resolve("Support", SEVEN - timedelta(weeks=weeks), 2)
    resolve("Support", SEVEN - timedelta(weeks=8))
    resolve("Support", SEVEN, 3)
    resolve(EVIL, SEVEN, 1)
    arguments = (
        system,
        integration.integration_id,
        Period.around("day", date(2026, 3, 3)),
        "60m",
        ["Support", EVIL],
        system.clock(),
    )
    return contact_view(*arguments, earlier=earlier_periods(*arguments))


def read(view: ContactView, language: str = "en") -> Workbook:
    seals = {date(2026, 3, 3): "Equal to Freshchat"}
    return load_workbook(
        io.BytesIO(workbook(view, "+Kundenservice", seals, Words(language, "Europe/Berlin")))
    )


def test_each_interval_is_a_row_of_numbers_and_no_data_is_an_empty_cell(view: ContactView) -> None:
    sheet = read(view)["Contacts"]
    header = [cell.value for cell in sheet[1]]
    assert header == ["Date", "Time", "Offset from UTC", "'" + EVIL, "Support", "Total", "Usual"]
    day, *figures = [cell.value for cell in sheet[9]]
    assert f"{day:%Y-%m-%d}" == "2026-03-03"
    assert figures == ["07:00", "UTC+01:00", 1, 3, 4, 2]
    assert [cell.value for cell in sheet[25]][3:6] == [None, None, None]


def test_each_source_queue_is_held_against_its_own_usual(view: ContactView) -> None:
    sheet = read(view)["Source queues"]
    rows = {row[0].value: [cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=2)}
    assert rows["Support"] == [3, 2, 0.5, 0.75]
    assert rows["'" + EVIL] == [1, 0, None, 0.25]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_is_a_formula_and_the_rule_and_the_seals_stand_with_the_figures(
    view: ContactView, language: str
) -> None:
    book = read(view, language)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    texts = {cell.value for cell in cells}
    assert {"'+Kundenservice", "Europe/Berlin", "Equal to Freshchat"} <= texts


def test_what_is_expected_stands_on_a_sheet_of_its_own_and_says_what_it_is(view: ContactView) -> None:
    starts = [SEVEN.astimezone(ZoneInfo("Europe/Berlin")) + timedelta(hours=hours) for hours in (1, 2)]
    to_come = Ahead(starts, np.array([2.5, 1.26]), np.array([0, 0]), np.array([6, 4]), (3.76, 0, 9))
    book = load_workbook(io.BytesIO(workbook(view, "One", {}, Words("en", "Europe/Berlin"), to_come)))
    rows = [[cell.value for cell in row] for row in book["Expected"].iter_rows()]
    assert rows[0] == ["Date", "Time", "Offset from UTC", "Expected", "Expected at least", "Expected at most"]
    assert [row[1:] for row in rows[1:3]] == [
        ["08:00", "UTC+01:00", 2.5, 0, 6],
        ["09:00", "UTC+01:00", 1.26, 0, 4],
    ]
    assert rows[-1][0].startswith("Expected: what the last eight weeks")
    assert "Expected" not in read(view).sheetnames
