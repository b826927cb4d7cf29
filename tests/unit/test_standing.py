"""How far a figure lies from the usual, and whether that is much."""

import numpy as np
import pytest

from pages.parts.contacts.figures import difference
from services.contacts.by_queue import QueueFigure, held_quiet
from services.contacts.standing import Standing, standing
from services.translation import Words


@pytest.mark.parametrize(
    ("contacts", "amount"),
    [
        (100, "as_usual"),
        (110, "as_usual"),
        (125, "more"),
        (160, "much_more"),
        (75, "less"),
        (40, "much_less"),
    ],
)
def test_chance_alone_is_about_as_usual_and_more_than_chance_is_said(contacts: float, amount: str) -> None:
    found = standing(contacts, np.array([95.0, 99, 100, 100, 101, 105]))
    assert found is not None
    assert found.usual == 100
    assert found.amount == amount


def test_where_days_differ_much_from_each_other_a_difference_says_less() -> None:
    steady = standing(150, np.array([99.0, 100, 100, 101]))
    restless = standing(150, np.array([40.0, 60, 140, 160]))
    assert steady is not None
    assert restless is not None
    assert steady.amount == "much_more"
    assert restless.amount == "as_usual"


def test_a_few_contacts_more_or_less_are_chance() -> None:
    found = standing(3, np.array([1.0, 1, 1, 2, 0, 1]))
    assert found is not None
    assert found.amount == "as_usual"


def test_where_nothing_is_usual_there_is_no_share_of_it() -> None:
    found = standing(12, np.array([0.0, 0, 0]))
    assert found is not None
    assert found.share is None
    assert found.amount == "much_more"
    assert standing(12, np.array([])) is None


@pytest.mark.parametrize(("contacts", "told"), [(1001, "0%"), (999, "0%"), (980, "-2%"), (1120, "+12%")])
def test_a_difference_of_nothing_has_no_sign(contacts: float, told: str) -> None:
    assert difference(Standing(contacts, usual=1000, score=0), Words("en", "UTC")) == told


def test_a_queue_that_the_watcher_holds_quiet_is_not_about_as_usual() -> None:
    """Its days differ so much that the sum of one shows nothing; the watcher sees the hours too."""
    figures = [
        QueueFigure("Busy", 50, 0.5, Standing(50, 52, -0.2), ()),
        QueueFigure("Quiet", 8, 0.1, Standing(8, 22.8, -1.9), ()),
        QueueFigure("More", 30, 0.3, Standing(30, 22, 1.5), ()),
        QueueFigure("Fewer", 2, 0.1, Standing(2, 40, -6), ()),
    ]
    held = held_quiet(figures, ("Quiet", "More", "Fewer"))
    told = {each.queue: each.standing.amount for each in held if each.standing is not None}
    assert told == {"Fewer": "much_less", "Quiet": "less", "Busy": "as_usual", "More": "as_usual"}
    assert [each.queue for each in held] == ["Fewer", "Quiet", "Busy", "More"]
    assert held_quiet(figures[:1], ()) == (figures[0],)
