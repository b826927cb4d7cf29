"""What is said of a span's figures: complete only where Freshchat was asked, and only up to when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.seals import QueueFigures, Seal, SealReason, SealState
from data.watch import DataFlow, Incident
from services.trust import Kind, Trust, trust

ZONE = ZoneInfo("UTC")
TODAY = datetime(2026, 3, 4, tzinfo=UTC)
NOW = TODAY + timedelta(hours=16)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seal(back: int, state: SealState, reason: SealReason | None = None, missing: int = 0) -> Seal:
    day = (TODAY - back * DAY).date()
    end = TODAY + (1 - back) * DAY
    compared_until = None if state == "not_compared" else NOW - HOUR if state == "open" else end
    return Seal(
        "i",
        day,
        state,
        reason,
        compared_until=compared_until,
        compared_at=compared_until,
        queues=(QueueFigures("q", 10 - missing, 10),),
    )


EQUAL = [seal(2, "equal"), seal(1, "fetched"), seal(0, "open")]


def said(
    seals: list[Seal],
    *,
    start: datetime = TODAY - 2 * DAY,
    end: datetime = TODAY + DAY,
    data_flow: DataFlow = "receiving",
    broken_since: datetime | None = None,
    holes: list[Incident] | None = None,
    fetching: bool = False,
) -> Trust:
    return trust(
        start,
        end,
        NOW,
        zone=ZONE,
        data_flow=data_flow,
        broken_since=broken_since,
        holes=holes or [],
        fetching=fetching,
        seals=seals,
    )


def hole(start: datetime, end: datetime | None, missed: int | None = 5, recovered: int = 1) -> Incident:
    return Incident("i", "x", start, start, end, "silent", "key_revoked", missed=missed, recovered=recovered)


def test_today_is_complete_up_to_the_end_of_what_was_compared() -> None:
    assert said(EQUAL) == Trust("complete_until", NOW - HOUR, day=EQUAL[-1], data_flow="receiving")


def test_days_that_are_over_and_sealed_are_complete() -> None:
    assert said(EQUAL[:2], end=TODAY) == Trust("complete", TODAY)


def test_a_day_that_differs_says_how_many_are_missing_and_how_far_all_is_well() -> None:
    differs = seal(1, "differs", "report_lacks", missing=3)
    assert said([EQUAL[0], differs, EQUAL[2]]) == Trust(
        "differs", TODAY - DAY, contacts=3, day=differs, data_flow="receiving"
    )


def test_what_is_missing_today_is_said_before_the_day_is_over() -> None:
    today = seal(0, "open", missing=4)
    assert said([*EQUAL[:2], today]) == Trust(
        "missing_today", TODAY, TODAY, 4, day=today, data_flow="receiving"
    )


@pytest.mark.parametrize("reason", ["no_api_key", "missing_scope", "unreachable", "not_yet"])
def test_what_was_not_compared_is_never_complete(reason: SealReason) -> None:
    unknown = seal(1, "not_compared", reason)
    found = said([EQUAL[0], unknown, EQUAL[2]])
    assert (found.kind, found.more) == ("not_compared", 0)
    assert said([EQUAL[0], unknown, EQUAL[2]]).until == TODAY - DAY
    assert said([unknown], start=TODAY - DAY, end=TODAY).until is None


def test_a_running_outage_is_said_first_and_limits_what_is_complete() -> None:
    since = NOW - 3 * HOUR
    found = said(EQUAL, data_flow="silent", broken_since=since, holes=[hole(since, None)])
    assert found == Trust("missing", since, since, data_flow="silent")


def test_an_outage_of_now_says_nothing_of_days_that_are_over() -> None:
    assert said(EQUAL[:2], end=TODAY, data_flow="silent", broken_since=NOW - HOUR) == Trust("complete", TODAY)


@pytest.mark.parametrize(("fetching", "kind"), [(True, "fetching"), (False, "gap")])
def test_a_hole_says_how_long_it_is_and_how_many_are_missing(fetching: bool, kind: Kind) -> None:
    begin = TODAY + 10 * HOUR
    holes = [hole(begin, begin + HOUR), hole(begin + HOUR / 2, begin + 2 * HOUR)]
    found = said(EQUAL, holes=holes, fetching=fetching)
    assert found == Trust(kind, begin, begin, 8, 2 * HOUR, data_flow="receiving")


def test_contacts_of_a_hole_that_nobody_could_estimate_are_not_counted() -> None:
    assert said(EQUAL, holes=[hole(TODAY, TODAY + HOUR, missed=None)]).contacts is None


def test_a_hole_outside_of_the_span_does_not_matter() -> None:
    assert said(EQUAL, holes=[hole(TODAY - 5 * DAY, TODAY - 4 * DAY)]).kind == "complete_until"


@pytest.mark.parametrize("start", [NOW + HOUR, TODAY + 3 * DAY])
def test_nothing_is_said_of_the_future_or_of_what_never_began(start: datetime) -> None:
    assert said(EQUAL, start=start, end=start + DAY) == Trust("nothing_yet")
    assert said([], end=TODAY) == Trust("nothing_yet")
    assert said(EQUAL, data_flow="waiting") == Trust("nothing_yet")
    before = replace(seal(3, "not_compared", "before_connection"), day=date(2026, 3, 1))
    assert said([before, *EQUAL]).kind == "complete_until"


def test_of_several_days_that_were_not_compared_the_first_is_named_and_the_others_are_counted() -> None:
    days = [seal(2, "not_compared", "not_yet"), seal(1, "not_compared", "too_old"), EQUAL[2]]
    found = said(days)
    assert (found.day, found.more) == (days[0], 1)
