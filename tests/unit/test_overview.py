"""Today against the usual, in one line; and its small drawing."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from pages.parts.charts.colours import LIGHT
from pages.parts.overview.sparkline import alternative, drawing, figures
from services.contacts.table import ContactTable
from services.contacts.today import against_usual
from services.intervals import QUARTER_HOUR
from services.set_up import next_step_of
from services.translation import Words

MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def day(contacts: list[float], *, days_before: int = 0, quarters: int = 96) -> ContactTable:
    """A day with these contacts in its first quarter hours, and NaN for "no data"; none in those that follow."""
    start = MIDNIGHT - timedelta(days=days_before)
    counts = np.array(contacts + [0.0] * (quarters - len(contacts)))[:, None]
    starts = [start + place * QUARTER_HOUR for place in range(quarters)]
    return ContactTable(
        "UTC", "15m", "every_resolution", starts, ["all"], counts, np.zeros_like(counts, bool)
    )


def today(contacts: list[float]) -> ContactTable:
    """A day that goes on: what follows these quarter hours is still to come."""
    return day([*contacts, *[np.nan] * (96 - len(contacts))])


def test_both_lines_are_added_up_from_midnight() -> None:
    before = [day([2, 2, 2, 2], days_before=7), day([4, 4, 4, 4], days_before=14)]
    found = against_usual(today([1, 2]), before, MIDNIGHT + timedelta(minutes=30))
    assert found.contacts[:2].tolist() == [1, 3]
    assert np.isnan(found.contacts[2:]).all()
    assert found.usual is not None
    assert found.usual[:5].tolist() == [3, 6, 9, 12, 12]
    assert (found.so_far, found.usual_so_far) == (3, 6)


def test_what_is_usual_so_far_leaves_out_what_is_not_known_of_today() -> None:
    before = [day([2, 2, 2, 2], days_before=7), day([2, 2, 2, 2], days_before=14)]
    found = against_usual(today([1, np.nan, 1, 1]), before, MIDNIGHT + timedelta(hours=1))
    assert (found.so_far, found.usual_so_far) == (3, 6)


def test_what_is_usual_in_the_time_with_data_is_not_told_as_what_is_usual_by_now() -> None:
    before = [day([2, 2, 2, 2], days_before=7), day([2, 2, 2, 2], days_before=14)]
    silent = against_usual(today([1, 3]), before, MIDNIGHT + timedelta(hours=1))
    assert "4 contacts today</strong> · usually 4 in the time with data" in figures(silent, Words())
    whole = against_usual(today([1, 3]), before, MIDNIGHT + timedelta(minutes=29))
    assert "4 contacts today</strong> · usually 4 by now" in figures(whole, Words())


def test_without_earlier_days_nothing_is_usual() -> None:
    found = against_usual(today([1]), [], MIDNIGHT + timedelta(minutes=5))
    assert (found.usual, found.usual_so_far) == (None, None)
    assert "stroke-dasharray" not in drawing(found, LIGHT)


def test_a_gap_is_grey_and_told_and_breaks_the_line() -> None:
    found = against_usual(today([1, np.nan, np.nan, 1]), [], MIDNIGHT + timedelta(minutes=50))
    drawn = ET.fromstring(drawing(found, LIGHT))  # noqa: S314 - our own drawing
    (gap,) = drawn.findall(f"{SVG}rect")
    assert (float(gap.attrib["x"]), float(gap.attrib["width"])) == (2.5, 5.0)
    assert len(drawn.findall(f"{SVG}polyline")) == 2
    assert "2 quarter hours without data" in alternative(found, Words())


def test_an_outage_that_goes_on_is_a_gap_up_to_now() -> None:
    found = against_usual(today([1, 1]), [], MIDNIGHT + timedelta(hours=1))
    (gap,) = ET.fromstring(drawing(found, LIGHT)).findall(f"{SVG}rect")  # noqa: S314
    assert float(gap.attrib["width"]) == 7.5  # two quarter hours that are over, and the one under way


@pytest.mark.parametrize("quarters", [92, 100])
def test_a_day_of_another_length_fills_the_drawing(quarters: int) -> None:
    found = against_usual(day([1.0] * quarters, quarters=quarters), [], MIDNIGHT + timedelta(days=2))
    (line,) = ET.fromstring(drawing(found, LIGHT)).findall(f"{SVG}polyline")  # noqa: S314
    assert line.attrib["points"].split()[-1].startswith("240.0,")


def test_the_next_step_of_the_set_up_is_the_first_that_is_not_done() -> None:
    assert next_step_of(frozenset({"added"})) == "key"
    assert next_step_of(frozenset({"added", "app"})) == "key"
    assert next_step_of(frozenset({"added", "key", "app", "contact"})) is None
