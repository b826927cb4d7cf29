"""The small charts of source queues: parts of a period, what is usual of each, and what is not known."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from services.contacts.by_queue import MOST_PARTS, parts_of, queue_figures
from services.contacts.table import ContactTable
from services.intervals import QUARTER_HOUR

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def quarter_hours(contacts: np.ndarray, days_before: int = 0) -> ContactTable:
    """Quarter hours from a midnight on, [intervals, queues]."""
    first = MIDNIGHT - timedelta(days=days_before)
    starts = [first + place * QUARTER_HOUR for place in range(len(contacts))]
    queues = [f"Queue {column}" for column in range(contacts.shape[1])]
    return ContactTable(
        "UTC", "15m", "every_resolution", starts, queues, contacts, np.zeros_like(contacts, bool)
    )


@pytest.mark.parametrize(("days", "part"), [(1, 30), (2, 60), (7, 240), (14, 480), (31, 24 * 60)])
def test_parts_divide_a_day_and_are_few_enough_to_be_seen(days: int, part: int) -> None:
    table = quarter_hours(np.zeros((days * 96, 1)))
    places = parts_of(table)
    assert len(places) <= MOST_PARTS
    assert {b - a for a, b in pairwise(places)} == {part // 15}


def test_a_part_of_which_nothing_is_known_is_no_zero_and_of_which_some_is_counts_that() -> None:
    contacts = np.zeros((96, 1))
    contacts[:4, 0] = [np.nan, np.nan, np.nan, 3]
    (figure,) = queue_figures(quarter_hours(contacts), [], MIDNIGHT + timedelta(days=1), weekly=False)
    assert np.isnan(figure.course[0])
    assert figure.course[1:3] == (3, 0)
    assert figure.usual == ()


def test_the_usual_of_each_part_is_the_mean_without_the_highest_and_the_lowest_of_many() -> None:
    before = [
        quarter_hours(np.full((96, 1), amount), 7 * week) for week, amount in enumerate([1, 2, 4, 90], 1)
    ]
    (figure,) = queue_figures(
        quarter_hours(np.zeros((96, 1))), before, MIDNIGHT + timedelta(days=1), weekly=False
    )
    assert figure.usual == (6,) * 48
