"""CSV that programs read, and CSV that the reader's Excel reads."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from data.integrations import Integration
from services.contacts.export import file_name, harmless, plain_csv, spreadsheet_csv
from services.contacts.periods import Period
from services.contacts.view import ContactView, contact_view, earlier_periods
from services.system import System
from services.translation import Words

SEVEN = datetime(2026, 3, 3, 6, tzinfo=UTC)  # 07:00 in Berlin
SEALS = {date(2026, 3, 3): "Equal to Freshchat (3 of 3)", date(2026, 3, 2): "Not compared"}


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
    raw = spreadsheet_csv(view, "Büro, Süd", {}, Words("de", "Europe/Berlin"))
    assert raw.startswith(b"\xef\xbb\xbf")
    header, *lines = rows(raw.decode("utf-8-sig"), ";")
    assert header == ["Datum", "Uhrzeit", "Abstand zu UTC", "'=1+1", "Support", "Summe", "Üblich"]
    assert lines[7] == ["03.03.2026", "07:00", "UTC+01:00", "1", "2", "3", "1,5"]
    assert lines[23][3:6] == ["", "", ""]


def test_a_french_excel_gets_semicolons_commas_and_days_with_strokes(view: ContactView) -> None:
    raw = spreadsheet_csv(view, "Büro, Süd", {}, Words("fr", "Europe/Berlin"))
    header, *lines = rows(raw.decode("utf-8-sig"), ";")
    assert header == ["Date", "Heure", "Décalage UTC", "'=1+1", "Support", "Total", "Habituel"]
    assert lines[7] == ["03/03/2026", "07:00", "UTC+01:00", "1", "2", "3", "1,5"]


def test_an_english_excel_gets_commas_and_points(view: ContactView) -> None:
    header, *lines = rows(
        spreadsheet_csv(view, "Büro, Süd", {}, Words("en", "Europe/Berlin")).decode("utf-8-sig"), ","
    )
    assert header[-2:] == ["Total", "Usual"]
    assert lines[7] == ["2026-03-03", "07:00", "UTC+01:00", "1", "2", "3", "1.5"]


@pytest.mark.parametrize(
    "name",
    [
        "=cmd()",
        "+1",
        "-1",
        "@SUM(A1)",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM(A1)",
        "\ufe621",
        "\ufe661",
        "\u22121",
        " =1",
        "\t=1",
        "\n=1",
    ],
)
def test_a_queue_name_never_runs_as_a_formula(name: str) -> None:
    assert harmless(name) == "'" + name
    assert harmless("Kundensupport") == "Kundensupport"


def meaning(view: ContactView, words: Words) -> dict[str, str]:
    """What stands below the figures, after the blank row."""
    found = rows(
        spreadsheet_csv(view, "=Büro, Süd", SEALS, words).decode("utf-8-sig"), words.dialect.delimiter
    )
    return dict(found[found.index([]) + 1 :])


def test_the_meaning_of_the_figures_stands_below_them(view: ContactView) -> None:
    assert meaning(view, Words("en", "Europe/Berlin")) == {
        "Integration": "'=Büro, Süd",
        "Period": "Tue 3 Mar 2026",
        "Time zone": "Europe/Berlin",
        "Counting rule": "1 contact = 1 resolved chat, counted when it was resolved",
        "Empty field": "no data, which is not zero",
        "Seal, Mon 2 Mar 2026": "Not compared",
        "Seal, Tue 3 Mar 2026": "Equal to Freshchat (3 of 3)",
    }
    once = replace(view, table=replace(view.table, counting="once_per_chat"))
    assert meaning(once, Words("de", "Europe/Berlin"))["Zählregel"].startswith("1 Kontakt = 1 Chat")


def test_a_large_count_is_written_in_full(view: ContactView) -> None:
    view.table.contacts[7, :] = 1_234_567
    view.total[7] = 12_345_678
    assert view.comparison is not None
    view.comparison.usual[7] = 1_000_000 / 3
    _, *lines = rows(spreadsheet_csv(view, "x", {}, Words("en", "Europe/Berlin")).decode("utf-8-sig"), ",")
    assert lines[7][3:] == ["1234567", "1234567", "12345678", "333333.33"]
    view.comparison.usual[7] = np.nan
    _, *lines = rows(spreadsheet_csv(view, "x", {}, Words("en", "Europe/Berlin")).decode("utf-8-sig"), ",")
    assert lines[7][6] == ""


def test_the_contract_s_csv_names_its_queues_as_they_are_and_holds_nothing_else(view: ContactView) -> None:
    header, *lines = rows(plain_csv(view.table), ",")
    assert header == ["start", "queue", "contacts"]
    assert {len(line) for line in lines} == {3}
    assert {line[1] for line in lines} == {"=1+1", "Support"}


def test_a_file_s_name_tells_integration_period_and_interval(view: ContactView) -> None:
    assert file_name("Kundenservice", view) == "contacts_Kundenservice_2026-03-03_60m"
    week = replace(view, period=Period.around("week", date(2026, 3, 3)))
    assert file_name("../Büro: Süd/1 ", week) == "contacts_Büro-Süd-1_2026-03-02_to_2026-03-08_60m"
    assert file_name("//", view) == "contacts_2026-03-03_60m"
    assert len(file_name("x" * 100, view)) < 100
