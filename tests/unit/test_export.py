"""CSV that programs read, and CSV that the reader's Excel reads."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from data.integrations import Integration
from services.contact_view import ContactView, contact_view, earlier_periods
from services.export import harmless, plain_csv, spreadsheet_csv
from services.periods import Period
from services.system import System
from services.translation import Words

SEVEN = datetime(2026, 3, 3, 6, tzinfo=UTC)  # 07:00 in Berlin


@pytest.fixture
def view(system: System, integration: Integration, resolve: Callable[..., None]) -> ContactView:
    for weeks in (1, 2, 3, 4):
        resolve("Support", SEVEN - timedelta(weeks=weeks), weeks)
    resolve("Support", SEVEN - timedelta(weeks=8))
    resolve("Support", SEVEN, 2)
    resolve("=1+1", SEVEN, 1)
    period = Period.around("day", date(2026, 3, 3))
    queues = ["Support", "=1+1"]
    arguments = (system, integration.integration_id, period, "60m", queues, system.clock())
    return contact_view(*arguments, earlier=earlier_periods(*arguments))


def rows(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def test_a_program_gets_instants_and_an_empty_field_without_data(view: ContactView) -> None:
    header, *lines = rows(plain_csv(view.table), ",")
    assert header == ["start", "queue", "contacts"]
    assert ["2026-03-03T07:00:00+01:00", "Support", "2"] in lines
    assert ["2026-03-03T23:00:00+01:00", "Support", ""] in lines


def test_a_german_excel_gets_semicolons_commas_and_a_byte_order_mark(view: ContactView) -> None:
    raw = spreadsheet_csv(view, Words("de", "Europe/Berlin"))
    assert raw.startswith(b"\xef\xbb\xbf")
    header, *lines = rows(raw.decode("utf-8-sig"), ";")
    assert header == ["Datum", "Uhrzeit", "Abstand zu UTC", "'=1+1", "Support", "Summe", "Üblich"]
    assert lines[7] == ["03.03.2026", "07:00", "+01:00", "1", "2", "3", "1,5"]
    assert lines[23][3:6] == ["", "", ""]


def test_an_english_excel_gets_commas_and_points(view: ContactView) -> None:
    header, *lines = rows(spreadsheet_csv(view, Words("en", "Europe/Berlin")).decode("utf-8-sig"), ",")
    assert header[-2:] == ["Total", "Usual"]
    assert lines[7] == ["2026-03-03", "07:00", "+01:00", "1", "2", "3", "1.5"]


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@SUM(A1)"])
def test_a_queue_name_never_runs_as_a_formula(name: str) -> None:
    assert harmless(name) == "'" + name
    assert harmless("Kundensupport") == "Kundensupport"
