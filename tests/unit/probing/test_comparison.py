"""Freshchat's figures beside ours: what is missing, since when, and in which queue."""

from datetime import UTC, datetime, timedelta

import pytest

from data.probes import Comparison
from services.freshchat.answers import Resolved
from services.probing.comparison import Window, compare
from services.probing.judgement import threshold

T0 = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
NAMES = {"g1": "Support", "g2": "Vertrieb"}


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


WINDOW = Window(at(0), at(67))


def told(group: str | None, minutes: int, count: int, length: int = 15) -> Resolved:
    return Resolved(group, at(minutes), at(minutes + length), count)


def run(
    resolved: list[Resolved], *received: tuple[str | None, str, int, int]
) -> dict[str | None, Comparison]:
    ours = [(group, queue, at(minutes), contacts) for group, queue, minutes, contacts in received]
    total, queues = compare(WINDOW, resolved, ours, NAMES, lambda streams: threshold(900, streams))
    return {None: total} | {queue.queue: queue for queue in queues}


def test_a_window_is_asked_for_in_full_quarter_hours_and_minutes() -> None:
    assert WINDOW.pieces() == [(at(0), at(60), "15m"), (at(60), at(67), "1m")]
    assert Window(at(8), at(67)).pieces() == [
        (at(8), at(15), "1m"),
        (at(15), at(60), "15m"),
        (at(60), at(67), "1m"),
    ]
    assert Window(at(3), at(9)).pieces() == [(at(3), at(9), "1m")]
    assert Window(at(10), at(20)).pieces() == [(at(10), at(15), "1m"), (at(15), at(20), "1m")]
    assert Window(at(15), at(30)).pieces() == [(at(15), at(30), "15m")]


@pytest.mark.parametrize(
    "window", [WINDOW, Window(at(8), at(67)), Window(at(3), at(9)), Window(at(10), at(20))]
)
def test_every_minute_belongs_to_an_interval_inside_the_window(window: Window) -> None:
    pieces = window.pieces()
    assert (pieces[0][0], pieces[-1][1]) == (window.start, window.end)
    minute = window.start
    while minute < window.end:
        start, end = window.interval(minute + timedelta(seconds=30))
        assert window.start <= start <= minute < end <= window.end
        minute += timedelta(minutes=1)


def test_equal_figures_are_no_loss() -> None:
    found = run(
        [told("g1", 0, 2), told(None, 30, 1)], ("g1", "Support", 3, 2), (None, "Undefined_Queue", 31, 1)
    )
    assert found == {
        None: Comparison(None, None, 3, 3),
        "Support": Comparison("Support", "g1", 2, 2),
        "Undefined_Queue": Comparison("Undefined_Queue", None, 1, 1),
    }


def test_a_loss_is_counted_from_its_first_interval() -> None:
    found = run(
        [told("g1", 0, 20), told("g1", 15, 5), told("g1", 45, 4), told("g1", 62, 2, 1)],
        ("g1", "Support", 3, 20),
    )
    assert found["Support"] == Comparison(
        "Support", "g1", 31, 20, 11, at(15), at(63), freshchat_since=11, received_since=0, loss=True
    )
    assert found[None].loss


def test_a_loss_that_was_made_good_is_none() -> None:
    found = run([told("g1", 0, 5), told("g1", 15, 5)], ("g1", "Support", 16, 10))
    assert found[None] == Comparison(None, None, 10, 10)


def test_contacts_a_moment_before_the_next_interval_are_not_missed() -> None:
    found = run([told("g1", 15, 3)], ("g1", "Support", 14, 3))
    assert not found[None].missing


def test_one_lost_queue_is_named() -> None:
    found = run([told("g1", 0, 200), told("g2", 15, 4)], ("g1", "Support", 3, 200))
    assert (found[None].missing, found["Vertrieb"].loss, found["Support"].loss) == (4, True, False)
    assert found["Vertrieb"].missing_since == at(15)


def test_what_was_told_to_belong_to_another_group_is_not_lost() -> None:
    found = run([told("g1", 0, 9)], ("g2", "Vertrieb", 3, 9))
    assert (found["Support"].missing, found["Support"].loss, found[None].loss) == (9, False, False)


def test_a_contact_without_a_group_id_is_matched_by_its_queue() -> None:
    found = run([told("g1", 0, 9)], (None, "Support", 3, 9))
    assert found["Support"] == Comparison("Support", "g1", 9, 9)


def test_a_renamed_group_is_one_stream() -> None:
    found = run([told("g1", 0, 9)], ("g1", "Alter Name", 3, 4), ("g1", "Support", 9, 5))
    assert found["Support"].missing == 0


def test_nothing_of_nothing_is_no_loss() -> None:
    assert run([]) == {None: Comparison()}


def test_a_group_that_is_not_known_has_the_undefined_queue() -> None:
    found = run([told("g9", 0, 5)])
    assert (found["Undefined_Queue"].group_id, found["Undefined_Queue"].loss) == ("g9", True)


def test_a_count_for_the_whole_window_is_compared_too() -> None:
    whole = Resolved("g1", WINDOW.start, WINDOW.end, 10)
    assert not run([whole], ("g1", "Support", 3, 5), ("g1", "Support", 50, 5))[None].missing
    lost = run([whole], ("g1", "Support", 50, 5))[None]
    assert (lost.missing, lost.missing_since, lost.loss) == (5, WINDOW.start, True)
