"""The decisions of a backfill: parts, budget, turns, back-off, and what is fetched again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.backfill import Job, Part, ReportOrder
from services.backfill import plan
from services.backfill.plan import (
    BadSpan,
    Span,
    back_off,
    covered,
    cut,
    fetchable,
    follow_up,
    in_turn,
    merged,
)

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def job(
    integration_id: str = "i", reason: str = "requested", *, follow_ups: int = 0, job_id: str = "j"
) -> Job:
    return Job(integration_id, job_id, reason, NOW - DAY, NOW, NOW, follow_ups)  # type: ignore[arg-type]


def part(integration_id: str = "i", state: str = "pending", *, number: int = 0, reported_at: datetime | None = None,
         start: datetime = NOW - DAY, end: datetime = NOW, job_id: str = "j") -> Part:  # fmt: skip
    return Part(integration_id, job_id, number, start, end, state, NOW, None, reported_at)  # type: ignore[arg-type]


def orders(*ages: timedelta, integration_id: str = "i", domain: str = "d") -> list[ReportOrder]:
    return [ReportOrder(integration_id, NOW - age, domain, "e") for age in sorted(ages, reverse=True)]


@given(st.integers(1, 455 * 24 * 60), st.integers(0, 10_000))
def test_parts_cover_the_span_without_overlap_the_newest_first(minutes: int, before: int) -> None:
    end = NOW - timedelta(minutes=before)
    span = Span(end - timedelta(minutes=minutes), end)
    parts = list(cut(span))
    assert (parts[0].end, parts[-1].start) == (span.end, span.start)
    assert all(later.start == earlier.end for later, earlier in pairwise(parts))
    assert all(timedelta(0) < one.end - one.start <= timedelta(days=28) for one in parts)


def test_the_future_is_cut_off() -> None:
    assert fetchable(NOW - DAY, NOW + DAY, NOW, cut_old=False) == Span(NOW - DAY, NOW)


def test_what_freshchat_has_forgotten_is_refused_or_cut_off() -> None:
    with pytest.raises(BadSpan):
        fetchable(NOW - 500 * DAY, NOW, NOW, cut_old=False)
    assert fetchable(NOW - 500 * DAY, NOW, NOW, cut_old=True) == Span(NOW - 455 * DAY, NOW)


@pytest.mark.parametrize(
    ("start", "end"),
    [(NOW, NOW), (NOW, NOW - DAY), (NOW + DAY, NOW + 2 * DAY), (NOW - 600 * DAY, NOW - 500 * DAY)],
)
def test_a_span_without_length_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(BadSpan):
        fetchable(start, end, NOW, cut_old=True)


def test_an_account_orders_one_report_a_minute_and_120_a_day() -> None:
    assert plan.next_order_at([]) is None
    assert plan.next_order_at(orders(timedelta(seconds=10))) == NOW + timedelta(seconds=51)
    spread = orders(*[timedelta(minutes=10) * number for number in range(1, 121)])
    assert plan.next_order_at(spread) == spread[0].ordered_at + DAY
    assert plan.next_order_at(spread[1:]) == NOW - timedelta(minutes=10) + timedelta(seconds=61)


def test_integrations_on_one_account_take_turns() -> None:
    entries = [(part("busy"), job("busy")), (part("quiet"), job("quiet"))]
    domains = {"busy": "d", "quiet": "d"}
    last = orders(timedelta(minutes=5), integration_id="busy")
    assert [entry[0].integration_id for entry in in_turn(entries, last, domains, NOW)] == ["quiet", "busy"]
    just_now = orders(timedelta(seconds=5), integration_id="busy")
    assert list(in_turn(entries, just_now, domains, NOW)) == []
    other = {"busy": "d", "quiet": "another"}
    assert [entry[0].integration_id for entry in in_turn(entries, just_now, other, NOW)] == ["quiet"]


def test_reports_under_way_come_first_and_cost_no_order() -> None:
    entries = [(part(), job()), (part(state="reported", number=1), job())]
    assert [entry[0].part for entry in in_turn(entries, orders(timedelta(seconds=5)), {"i": "d"}, NOW)] == [1]


def test_lost_contacts_go_before_old_history() -> None:
    entries = [
        (part(job_id="h"), job(reason="history", job_id="h")),
        (part(job_id="s"), job(reason="same_day", job_id="s")),
        (part(job_id="r"), job(reason="incident", job_id="r")),
    ]
    assert [entry[0].job_id for entry in in_turn(entries, [], {"i": "d"}, NOW)] == ["r", "s", "h"]


def test_back_off_grows_and_is_never_shorter_than_asked_for() -> None:
    waits = [back_off(troubles, None) for troubles in range(1, 25)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=5), timedelta(hours=1))
    assert back_off(1, 90.0) == timedelta(seconds=90)


def test_a_young_end_is_fetched_again_until_it_is_a_day_old() -> None:
    now, again, delays = NOW, job(), []
    fetched = part(start=NOW - 10 * DAY, reported_at=NOW)
    while (planned := follow_up(again, fetched, "j2", now)) is not None:
        again, fetched = planned
        delays.append(fetched.due_at - NOW)
        assert (again.reason, fetched.span_start, fetched.span_end) == (
            "same_day",
            NOW - DAY + (now - NOW),
            NOW,
        )
        now = fetched.due_at
        fetched = part(start=fetched.span_start, reported_at=now)
    assert delays == [timedelta(hours=1), timedelta(hours=7), timedelta(hours=25)]


def test_an_old_span_is_fetched_once() -> None:
    assert follow_up(job(), part(end=NOW - DAY, start=NOW - 2 * DAY, reported_at=NOW), "j2", NOW) is None


def test_follow_ups_are_merged_into_one() -> None:
    waiting = job(reason="same_day", follow_ups=2), part()
    other = (
        job(reason="same_day", follow_ups=1, job_id="k"),
        part(job_id="k", start=NOW - 2 * DAY, end=NOW + DAY),
    )
    one, of_it = merged(waiting, other)
    assert (one.job_id, one.follow_ups, one.span_start, one.span_end) == ("j", 1, NOW - 2 * DAY, NOW + DAY)
    assert (of_it.job_id, of_it.span_start, of_it.span_end) == ("j", NOW - 2 * DAY, NOW + DAY)


@pytest.mark.parametrize(
    ("spans", "whole"),
    [
        ([], False),
        ([(0, 10)], True),
        ([(0, 4), (4, 10)], True),
        ([(5, 12), (-3, 6)], True),
        ([(0, 4), (5, 10)], False),
        ([(1, 10)], False),
        ([(0, 9)], False),
    ],
)
def test_spans_cover_another_only_without_a_gap(spans: list[tuple[int, int]], whole: bool) -> None:
    made = [Span(NOW + start * DAY, NOW + end * DAY) for start, end in spans]
    assert covered(made, NOW, NOW + 10 * DAY) == whole
