"""When a day is compared: soon after it ended, and again while Freshchat's own figures may still grow."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.seals import QueueFigures, Seal, SealReason
from services.sealing.schedule import AFTER_TROUBLE, MOST_REPORTS, OLD, Day, is_due, next_at, next_day

MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
YESTERDAY = Day(date(2026, 3, 2), MIDNIGHT - 24 * HOUR, MIDNIGHT)
EQUAL = Seal(
    "i",
    YESTERDAY.date,
    "equal",
    compared_until=MIDNIGHT,
    compared_at=MIDNIGHT,
    queues=(QueueFigures("q", 1, 1),),
)


def back(days: int) -> Day:
    shift = timedelta(days=days)
    return Day(YESTERDAY.date - shift, YESTERDAY.start - shift, YESTERDAY.end - shift)


def differing(reason: SealReason, tries: int) -> Seal:
    return replace(EQUAL, state="differs", reason=reason, tries=tries, queues=(QueueFigures("q", 1, 2),))


def test_a_day_that_goes_on_is_compared_regularly_and_soon_after_its_end() -> None:
    running = replace(EQUAL, state="open")
    noon = MIDNIGHT - 12 * HOUR
    assert next_at(YESTERDAY, running, noon, HOUR) == noon + HOUR
    assert next_at(YESTERDAY, running, MIDNIGHT - 5 * MINUTE, HOUR) == MIDNIGHT + 10 * MINUTE


def test_a_difference_of_today_is_looked_at_again_within_minutes() -> None:
    noon = MIDNIGHT - 12 * HOUR
    assert (
        next_at(YESTERDAY, replace(differing("fetching", 0), state="open"), noon, HOUR) == noon + 5 * MINUTE
    )


def test_an_equal_day_is_compared_again_while_it_is_young_and_then_left_alone() -> None:
    moments = []
    now: datetime | None = MIDNIGHT + 10 * MINUTE
    while now is not None:
        moments.append(now - MIDNIGHT)
        now = next_at(YESTERDAY, EQUAL, now, HOUR)
    assert moments == [10 * MINUTE, HOUR, 6 * HOUR, 25 * HOUR]


def test_a_day_is_compared_soon_after_a_report_of_it_was_ordered() -> None:
    now = MIDNIGHT + 2 * HOUR
    assert next_at(YESTERDAY, differing("fetching", 3), now, HOUR) == now + 2 * MINUTE


def test_what_reports_lack_is_ordered_again_and_again_but_not_for_ever() -> None:
    now = MIDNIGHT + 2 * HOUR
    pauses = [
        next_at(YESTERDAY, differing("report_lacks", tries), now, HOUR) for tries in range(1, MOST_REPORTS)
    ]
    told = [at - now for at in pauses if at is not None]
    assert told == sorted(told)
    assert told[0] == 10 * MINUTE
    assert told[-1] == 24 * HOUR
    late = MIDNIGHT + 30 * HOUR
    assert next_at(YESTERDAY, differing("report_lacks", MOST_REPORTS), late, HOUR) is None


@pytest.mark.parametrize("reason", ["more_here", "other_group"])
def test_a_day_of_which_we_have_more_is_looked_at_daily_for_a_week(reason: SealReason) -> None:
    late = MIDNIGHT + 30 * HOUR
    assert next_at(YESTERDAY, differing(reason, 0), late, HOUR) == late + 24 * HOUR
    assert next_at(YESTERDAY, differing(reason, 0), MIDNIGHT + 9 * 24 * HOUR, HOUR) is None


def test_a_day_that_could_not_be_compared_is_tried_again() -> None:
    now = MIDNIGHT + 3 * 24 * HOUR
    unreachable = Seal("i", YESTERDAY.date, "not_compared", "unreachable")
    assert next_at(YESTERDAY, unreachable, now, HOUR) == now + AFTER_TROUBLE


def test_a_day_without_a_seal_is_due_minutes_after_it_began() -> None:
    assert not is_due(YESTERDAY, None, YESTERDAY.start + 9 * MINUTE)
    assert is_due(YESTERDAY, None, YESTERDAY.start + 10 * MINUTE)


def test_the_newest_day_goes_first() -> None:
    assert next_day([back(2), back(1), YESTERDAY], {}, [], MIDNIGHT + HOUR) == YESTERDAY


def test_a_day_that_is_being_fetched_waits_for_its_report() -> None:
    busy = [(YESTERDAY.start - HOUR, YESTERDAY.start + MINUTE)]
    assert next_day([back(1), YESTERDAY], {}, busy, MIDNIGHT + HOUR) is None


def test_old_days_are_compared_one_a_minute() -> None:
    days, now = [back(10), YESTERDAY], MIDNIGHT + HOUR
    settled = {YESTERDAY.date: replace(EQUAL, compared_at=now - timedelta(seconds=59), next_at=None)}
    assert now - back(10).end > OLD
    assert next_day(days, settled, [], now) is None
    assert next_day(days, settled, [], now + timedelta(seconds=1)) == back(10)
