"""The running statistics and the thresholds, piece by piece."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from services.detector.arl import loss_run_length
from services.detector.grid import QUARTERS_A_PROMISE, QUARTERS_A_WEEK
from services.detector.spread import POISSON, Spread
from services.detector.statistics import DAY_PRIOR, State, Steps, Trace, evidence, hush, prior_of, run
from services.detector.thresholds import _run_lengths, tail_factor

LENGTH = 60
CONTACTS = arrays(float, (2, LENGTH), elements=st.sampled_from([0.0, 0.0, 0.0, 1.0, 2.0, 7.0]))
EXPECTED = arrays(float, (2, LENGTH), elements=st.floats(0.01, 5))


BY_LEVEL = np.array([False, True])  # one stream is judged by its hours, the other by the day's level


def walked(whole: Steps, start: State | None = None, starts: np.ndarray | None = None) -> Trace:
    length = whole.contacts.shape[1]
    return run(
        whole,
        prior_of(BY_LEVEL),
        State.fresh(2, 0.0) if start is None else start,
        np.arange(length) * 900.0 if starts is None else starts,
    )


def steps(contacts: np.ndarray, expected: np.ndarray, reset: np.ndarray | None = None) -> Steps:
    shape = np.full((2, 1), POISSON)
    return Steps(
        contacts,
        expected,
        hush(expected, Spread(shape[:, 0], np.zeros(2)), BY_LEVEL),
        evidence(contacts, expected, shape, 0.4),
        np.zeros(contacts.shape, bool) if reset is None else reset,
    )


def cut(whole: Steps, part: slice) -> Steps:
    return Steps(*(getattr(whole, name)[:, part] for name in Steps.__slots__))


@settings(max_examples=50, deadline=None)
@given(contacts=CONTACTS, expected=EXPECTED, middle=st.integers(1, LENGTH - 1))
def test_a_walk_that_is_interrupted_ends_where_a_whole_one_does(
    contacts: np.ndarray, expected: np.ndarray, middle: int
) -> None:
    starts = np.arange(LENGTH) * 900.0
    whole = steps(contacts, expected)
    once = walked(whole).at(LENGTH - 1)
    first = walked(cut(whole, slice(0, middle)))
    then = walked(cut(whole, slice(middle, None)), first.at(middle - 1), starts[middle:])
    for name in State.__slots__:
        ended = getattr(then.at(LENGTH - middle - 1), name)
        np.testing.assert_allclose(ended, getattr(once, name), rtol=1e-6, atol=1e-6)


@settings(max_examples=50, deadline=None)
@given(contacts=CONTACTS, expected=EXPECTED)
def test_the_running_sums_are_those_of_the_textbook(contacts: np.ndarray, expected: np.ndarray) -> None:
    whole = steps(contacts, expected)
    trace = walked(whole)
    for row in range(2):
        hushed = loss = 0.0
        a = b = prior = prior_of(BY_LEVEL)[row]
        frozen = (prior, prior)
        for place in range(LENGTH):
            y, mu = contacts[row, place], expected[row, place]
            added = whole.hush[row, place]
            hushed = added / (y + 1) if y else hushed + added
            loss = max(0.0, loss + whole.evidence[row, place])
            kept = math.exp(-1 / 24)
            a = kept * a + (1 - kept) * prior + min(y, 3 * mu + 3 * math.sqrt(mu) + 3)
            b = kept * b + (1 - kept) * prior + mu
            frozen = (a, b) if y else frozen
            silence = frozen[0] * math.log1p(hushed / frozen[1])
            assert trace.hush[row, place] == pytest.approx(hushed, abs=1e-6)
            assert trace.silence[row, place] == pytest.approx(silence, abs=1e-6)
            assert trace.loss[row, place] == pytest.approx(loss, abs=1e-6)


def test_poisson_silence_is_counted_in_expected_contacts() -> None:
    silent = steps(np.zeros((2, LENGTH)), np.full((2, LENGTH), 0.5))
    trace = walked(silent)
    assert trace.silence[0, -1] == pytest.approx(LENGTH / 2, rel=1e-3)
    assert trace.silence_expected[:, -1] == pytest.approx(LENGTH / 2)
    assert trace.silence[1, -1] == pytest.approx(DAY_PRIOR * math.log1p(LENGTH / 2 / DAY_PRIOR))


def test_a_busy_day_makes_a_silence_more_surprising_and_its_length_does_not_make_it_less() -> None:
    found = []
    for contacts in (4.0, 10.0, 20.0):
        day = np.zeros((2, LENGTH))
        day[:, : LENGTH // 2] = contacts
        trace = walked(steps(day, np.full((2, LENGTH), 10.0)))
        assert (np.diff(trace.silence[1, LENGTH // 2 :]) > 0).all()
        found.append(trace.silence[:, LENGTH // 2 + 1])
    by_hours, by_level = np.array(found).T
    assert by_level[0] < 0.75 * by_level[1] < 0.75 * 0.75 * by_level[2]
    assert by_hours == pytest.approx(by_hours[0], rel=0.1)


def test_a_burst_makes_no_busy_day() -> None:
    day = np.full((2, LENGTH), 2.0)
    usual = walked(steps(day, np.full((2, LENGTH), 2.0)))
    day[:, 10] = 5000.0
    burst = walked(steps(day, np.full((2, LENGTH), 2.0)))
    assert burst.seen[1, -1] < 1.3 * usual.seen[1, -1]


def test_counts_that_stray_make_a_silence_less_surprising() -> None:
    expected = np.array([[4.0]])

    def added(shape: float, least: float) -> float:
        strays = Spread(np.array([shape * 4]), np.array([least]))
        return float(hush(expected, strays, np.array([False]))[0, 0])

    assert added(2.0, 0.0) < added(POISSON, 0.0)
    assert added(0.01, 0.3) == pytest.approx(1.2)


def test_both_statistics_start_afresh_where_nobody_judges() -> None:
    reset = np.zeros((2, LENGTH), bool)
    reset[:, 40] = True
    silent = steps(np.zeros((2, LENGTH)), np.ones((2, LENGTH)), reset)
    trace = walked(silent)
    assert (trace.silence[:, 39] > 28).all()
    assert trace.silence[0, 39] > 30
    assert not trace.silence[:, 40].any()
    assert trace.loss[0, 40] == 0
    assert trace.silence_since[0, -1] == trace.loss_since[0, -1] == 41 * 900


def test_the_cusum_alarms_as_rarely_as_its_run_length_says() -> None:
    rng = np.random.default_rng(1)
    mean, length = 0.05, 400_000
    contacts = rng.poisson(mean, (2, length)).astype(float)
    trace = walked(steps(contacts, np.full((2, length), mean)))
    height = 4.0
    alarms = 0
    over = trace.loss >= height
    for row in range(2):  # count the starts of excursions that reach the height
        calm = True
        for place in np.flatnonzero(over[row] | (trace.loss[row] <= 0)):
            if over[row, place]:
                alarms += calm
            calm = not over[row, place]
    between = 2 * length * mean / alarms
    assert between == pytest.approx(loss_run_length(0.4).at(height), rel=0.25)


def test_the_tail_of_a_poisson_stream_is_not_stretched() -> None:
    rng = np.random.default_rng(2)
    assert tail_factor(rng.exponential(1, 5000), 0) < 1.15
    assert tail_factor(rng.exponential(3, 5000), 0) == pytest.approx(3, rel=0.2)


def test_a_single_outage_does_not_blunt_the_thresholds() -> None:
    peaks = np.random.default_rng(3).exponential(1, 1000)
    assert tail_factor(np.append(peaks, 500.0), 0) < 1.3 * tail_factor(peaks, 0)


@pytest.mark.parametrize(
    ("weekly", "of_the_total"), [([20.0], 1.0), ([20.0, 20.0], 0.5), ([20.0, 12.0, 8.0], 0.5)]
)
def test_both_statistics_of_all_streams_share_the_promise(weekly: list[float], of_the_total: float) -> None:
    contacts = np.array(weekly) * QUARTERS_A_PROMISE / QUARTERS_A_WEEK
    alarms = 2 * contacts / _run_lengths(np.array(weekly), promise=0.7)
    assert alarms.sum() == pytest.approx(0.7)
    assert alarms[0] == pytest.approx(0.7 * of_the_total)


def test_without_peaks_the_stream_counts_as_poisson() -> None:
    assert tail_factor(np.zeros(0), 1) == 1
