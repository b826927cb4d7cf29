"""In a planned closure nobody misses the app, and no contact is missed."""

from dataclasses import replace
from datetime import timedelta

from services.watch.closures import Closure, apart, open_parts
from services.watch.verdict import decide
from tests.unit.watch.test_verdict import NOW, ago, evidence


def hours(start: float, end: float) -> Closure:
    return NOW + timedelta(hours=start), NOW + timedelta(hours=end)


def test_closures_that_overlap_or_touch_are_one() -> None:
    found = apart([hours(3, 4), hours(0, 2), hours(1, 1.5), hours(4, 5)])
    assert found == (hours(0, 2), hours(3, 5))
    assert apart([]) == ()


def test_a_span_without_its_closures_is_what_is_left() -> None:
    closures = apart([hours(1, 2), hours(4, 6)])

    def left(start: float, end: float) -> list[Closure]:
        return open_parts(closures, *hours(start, end))

    assert left(0, 8) == [hours(0, 1), hours(2, 4), hours(6, 8)]
    assert left(1.5, 5) == [hours(2, 4)]
    assert left(4.5, 5) == []
    assert left(2, 4) == [hours(2, 4)]
    assert left(7, 8) == [hours(7, 8)]


def test_no_heartbeat_is_missed_while_a_planned_closure_runs_nor_right_after_it() -> None:
    stopped = evidence(
        last_accepted_at=ago(hours=2), last_heartbeat_at=ago(hours=2), last_event_at=ago(hours=2)
    )
    assert decide(stopped).cause == "heartbeat_missing"
    running = replace(stopped, closures=(hours(-2, 1),))
    assert decide(running).data_flow == "receiving"
    just_over = replace(stopped, closures=(hours(-2, -0.2),))
    assert decide(just_over).data_flow == "receiving"
    long_over = replace(stopped, closures=(hours(-2, -1),))
    assert decide(long_over).cause == "heartbeat_missing"
    to_come = replace(stopped, closures=(hours(1, 2),))
    assert decide(to_come).cause == "heartbeat_missing"
