"""What a probe's figures prove, and when to ask."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.probing.judgement import Suspicion, at_least, grace, is_due, judge, threshold

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@given(st.integers(1, 120), st.integers(0, 121))
def test_the_tail_is_exact(n: int, x: int) -> None:
    p = Fraction(1, 1000)
    exact = sum((comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(x, n + 1)), Fraction(0))
    assert at_least(x, n, 0.001) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize(
    ("x", "n"), [(1, 1_000_000), (900, 1_000_000), (1100, 1_000_000), (1_000_000, 1_000_000)]
)
def test_large_numbers_are_no_trouble(x: int, n: int) -> None:
    assert 0 <= at_least(x, n, 0.001) <= 1


@pytest.mark.parametrize(
    ("freshchat", "missing", "judgement"),
    [
        (0, 0, "no_evidence"),
        (20, 0, "no_loss"),
        (20, 2, "no_loss"),
        (20, 3, "loss"),
        (1, 1, "no_loss"),
        (2, 2, "loss"),
        (41, 41, "loss"),
        (10_000, 10, "no_loss"),
        (10_000, 30, "loss"),
    ],
)
def test_three_missing_of_twenty_are_a_loss(freshchat: int, missing: int, judgement: str) -> None:
    assert judge(freshchat, missing, threshold=threshold(900)) == judgement


def test_false_alarms_keep_the_promise() -> None:
    """One false alarm a quarter, with a probe every quarter hour, whatever the number of chats and queues."""
    probes = 91 * 24 * 4
    for queues in (1, 10):
        limit = threshold(900, queues)
        for n in (1, 5, 20, 100, 1000):
            alarm_at = next(x for x in range(n + 2) if at_least(x, n, 0.001) < limit)
            assert at_least(alarm_at, n, 0.001) * probes * queues <= 0.5


def test_half_of_the_promise_is_for_the_total_and_half_is_shared_by_the_queues() -> None:
    probes = 91 * 24 * 4
    assert threshold(900) == threshold(900, 1) == pytest.approx(0.5 / probes)
    assert threshold(900, 10) == pytest.approx(0.05 / probes)
    assert threshold(1800) == pytest.approx(1 / probes)


@pytest.mark.parametrize(
    ("lag", "waits"),
    [(None, 120), (0, 30), (10, 30), (60, 90), (3600, 1800)],
)
def test_the_grace_follows_from_the_measured_lag(lag: float | None, waits: float) -> None:
    measured = None if lag is None else timedelta(seconds=lag)
    assert grace(measured) == timedelta(seconds=waits)


@pytest.mark.parametrize(
    ("age", "suspicion", "due"),
    [
        (None, "calm", True),
        (3599, "calm", False),
        (3600, "calm", True),
        (899, "suspicious", False),
        (900, "suspicious", True),
        (29, "at_once", False),
        (30, "at_once", True),
    ],
)
def test_suspicion_sets_the_pace(age: int | None, suspicion: Suspicion, due: bool) -> None:
    last = None if age is None else NOW - timedelta(seconds=age)
    assert is_due(last, NOW, probe_seconds=900, suspicion=suspicion) == due
