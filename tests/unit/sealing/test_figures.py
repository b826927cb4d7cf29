"""Both sides' figures of a span, lined up by group."""

from datetime import UTC, datetime, timedelta

from data.seals import QueueFigures
from services.freshchat.answers import Resolved
from services.sealing.figures import side_by_side

START = datetime(2026, 3, 2, tzinfo=UTC)
NAMES = {"g1": "Support", "g2": "Vertrieb"}


def resolved(group_id: str | None, count: int, hour: int = 8) -> Resolved:
    at = START + timedelta(hours=hour)
    return Resolved(group_id, at, at + timedelta(hours=1), count)


def test_hours_are_summed_up_and_groups_go_by_their_names() -> None:
    figures = side_by_side(
        [resolved("g1", 3), resolved("g1", 4, hour=9), resolved("g2", 1)],
        [("g1", "Support", 6, 2), ("g2", "Vertrieb", 1, 0)],
        NAMES,
    )
    assert figures.queues == (QueueFigures("Support", 6, 7), QueueFigures("Vertrieb", 1, 1))
    assert (figures.contacts, figures.freshchat, figures.fetched) == (7, 8, 2)
    assert (figures.missing, figures.surplus) == (1, 0)


def test_a_renamed_group_has_one_line() -> None:
    figures = side_by_side([resolved("g1", 5)], [("g1", "Support", 3, 0), ("g1", "Hilfe", 2, 0)], NAMES)
    assert figures.queues == (QueueFigures("Support", 5, 5),)


def test_contacts_that_name_their_group_without_its_id_are_lined_up_by_the_name() -> None:
    figures = side_by_side(
        [resolved("g1", 2)], [(None, "Support", 2, 0), (None, "Gibt es nicht", 1, 0)], NAMES
    )
    assert figures.queues == (QueueFigures("Gibt es nicht", 1, 0), QueueFigures("Support", 2, 2))


def test_no_group_is_the_undefined_queue_on_both_sides() -> None:
    figures = side_by_side([resolved(None, 2)], [(None, "Undefined_Queue", 1, 0)], NAMES)
    assert figures.queues == (QueueFigures("Undefined_Queue", 1, 2),)


def test_what_one_queue_lacks_and_another_has_too_much_is_told_by_both_figures() -> None:
    figures = side_by_side(
        [resolved("g1", 2), resolved("g2", 1)], [("g1", "Support", 1, 0), ("g2", "Vertrieb", 2, 0)], NAMES
    )
    assert (figures.missing, figures.surplus) == (1, 1)


def test_nothing_on_either_side_is_no_line() -> None:
    assert side_by_side([resolved("g1", 0)], [], NAMES).queues == ()
