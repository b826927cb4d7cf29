"""The timeline puts contacts, expectation, refusals, heartbeats and incidents on one axis."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from data.activity import ActivityKind
from data.integrations import Integration
from data.watch import Incident
from services.system import System
from services.watch.incidents import save_incidents
from services.watch.timeline import Span, Timeline, steps_until, timeline

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)

Resolve = Callable[..., None]


@pytest.fixture
def draw(system: System, integration: Integration) -> Callable[..., Timeline]:
    def look(span: Span = "24h") -> Timeline:
        return timeline(system, integration.integration_id, span, system.clock())

    return look


def test_the_last_step_is_the_one_under_way() -> None:
    starts = steps_until(NOW + timedelta(minutes=7), QUARTER, 96, ZoneInfo("UTC"))
    assert len(starts) == 96
    assert starts[-1] == NOW
    assert {later - earlier for earlier, later in pairwise(starts)} == {QUARTER}


@pytest.mark.parametrize(
    "zone", ["Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York"]
)
def test_hours_are_those_of_the_clock_on_the_wall(zone: str) -> None:
    starts = steps_until(NOW, timedelta(hours=1), 24, ZoneInfo(zone))
    assert {start.astimezone(ZoneInfo(zone)).minute for start in starts} == {0}
    assert starts[-1] <= NOW < starts[-1] + timedelta(hours=1)


def test_pushed_contacts_and_those_fetched_back_are_told_apart(
    resolve: Resolve, draw: Callable[..., Timeline]
) -> None:
    resolve("Support", NOW - timedelta(minutes=50), 3)
    resolve("Sales", NOW - timedelta(minutes=50), 1)
    resolve("Support", NOW - timedelta(minutes=50), 2, reporter="backfill", received_at=NOW)
    shown = draw()
    place = shown.starts.index(NOW - timedelta(minutes=60))
    assert (shown.received[place], shown.recovered[place]) == (4, 2)
    assert (shown.received.sum(), shown.recovered.sum()) == (4, 2)


def test_what_is_older_than_the_span_is_left_out(resolve: Resolve, draw: Callable[..., Timeline]) -> None:
    resolve("Support", NOW - timedelta(hours=30))
    assert draw("24h").received.sum() == 0
    assert draw("14d").received.sum() == 1


def test_heartbeats_and_refusals_stand_where_they_arrived(
    system: System, integration: Integration, draw: Callable[..., Timeline]
) -> None:
    noted: list[tuple[int, ActivityKind]] = [
        (70, "heartbeat"),
        (65, "heartbeat"),
        (40, "revoked_key"),
        (39, "expired_key"),
        (38, "events"),
    ]
    for minutes, kind in noted:
        system.activity.note(integration.integration_id, "k", kind, NOW - timedelta(minutes=minutes))
    system.activity.flush()
    shown = draw()
    assert shown.heartbeats[shown.starts.index(NOW - timedelta(minutes=75))] == 2
    assert shown.refused[shown.starts.index(NOW - timedelta(minutes=45))] == 2
    assert (shown.heartbeats.sum(), shown.refused.sum()) == (2, 2)


def test_incidents_that_touch_the_span_are_shown(
    system: System, integration: Integration, draw: Callable[..., Timeline]
) -> None:
    def incident(name: str, opened: timedelta, closed: timedelta | None) -> Incident:
        return Incident(
            integration.integration_id,
            name,
            NOW - opened,
            NOW - opened,
            None if closed is None else NOW - closed,
            "silent",
            "none",
        )

    saved = [
        incident("long over", timedelta(days=3), timedelta(days=2)),
        incident("over today", timedelta(days=2), timedelta(hours=2)),
        incident("open", timedelta(hours=1), None),
    ]
    save_incidents(system, saved)
    assert {entry.incident_id for entry in draw().incidents} == {"over today", "open"}


def test_without_history_nothing_is_expected(draw: Callable[..., Timeline]) -> None:
    assert draw().expected is None


@pytest.mark.parametrize("span", ["24h", "14d"])
def test_with_history_the_expected_lies_in_its_band(
    resolve: Resolve, draw: Callable[..., Timeline], span: Span
) -> None:
    for day in range(1, 57):
        for hour in range(8, 16):
            resolve("Support", NOW.replace(hour=hour) - timedelta(days=day), 2)
    shown = draw(span)
    assert shown.expected is not None
    assert shown.low is not None
    assert shown.high is not None
    assert shown.expected.max() > 0
    assert (shown.low <= shown.expected).all()
    assert (shown.expected < shown.high + 1).all()  # whole contacts
