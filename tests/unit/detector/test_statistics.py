"""The running statistics and the thresholds, piece by piece."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from services.detector.arl import loss_run_length
from services.detector.spread import POISSON
from services.detector.statistics import State, Steps, evidence, run, surprise
from services.detector.thresholds import tail_factor

LENGTH = 60
CONTACTS = arrays(float, (2, LENGTH), elements=st.sampled_from([0.0, 0.0, 0.0, 1.0, 2.0, 7.0]))
EXPECTED = arrays(float, (2, LENGTH), elements=st.floats(0.01, 5))


def steps(contacts: np.ndarray, expected: np.ndarray, reset: np.ndarray | None = None) -> Steps:
    shape = np.full((2, 1), POISSON)
    return Steps(
        contacts,
        expected,
        surprise(expected, shape, np.zeros((2, 1))),
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
    once = run(whole, State.fresh(2, 0.0), starts).at(LENGTH - 1)
    first = run(cut(whole, slice(0, middle)), State.fresh(2, 0.0), starts[:middle])
    then = run(cut(whole, slice(middle, None)), first.at(middle - 1), starts[middle:]).at(LENGTH - middle - 1)
    for name in State.__slots__:
        np.testing.assert_allclose(getattr(then, name), getattr(once, name), atol=1e-6)


@settings(max_examples=50, deadline=None)
@given(contacts=CONTACTS, expected=EXPECTED)
def test_the_running_sums_are_those_of_the_textbook(contacts: np.ndarray, expected: np.ndarray) -> None:
    whole = steps(contacts, expected)
    trace = run(whole, State.fresh(2, 0.0), np.arange(LENGTH) * 900.0)
    for row in range(2):
        silence = loss = 0.0
        for place in range(LENGTH):
            y = contacts[row, place]
            added = whole.surprise[row, place]
            silence = added / (y + 1) if y else silence + added
            loss = max(0.0, loss + whole.evidence[row, place])
            assert trace.silence[row, place] == pytest.approx(silence, abs=1e-6)
            assert trace.loss[row, place] == pytest.approx(loss, abs=1e-6)


def test_poisson_silence_is_counted_in_expected_contacts() -> None:
    silent = steps(np.zeros((2, LENGTH)), np.full((2, LENGTH), 0.5))
    trace = run(silent, State.fresh(2, 0.0), np.arange(LENGTH) * 900.0)
    assert trace.silence[0, -1] == pytest.approx(LENGTH / 2, rel=1e-3)
    assert trace.silence_expected[0, -1] == pytest.approx(LENGTH / 2)


def test_counts_that_stray_make_a_silence_less_surprising() -> None:
    expected = np.array([[4.0]])
    straying = surprise(expected, np.array([[2.0]]), np.array([[0.0]]))
    assert straying[0, 0] < surprise(expected, np.array([[POISSON]]), np.array([[0.0]]))[0, 0]
    assert surprise(expected, np.array([[0.01]]), np.array([[0.3]]))[0, 0] == pytest.approx(1.2)


def test_both_statistics_start_afresh_where_nobody_judges() -> None:
    reset = np.zeros((2, LENGTH), bool)
    reset[:, 40] = True
    silent = steps(np.zeros((2, LENGTH)), np.ones((2, LENGTH)), reset)
    trace = run(silent, State.fresh(2, 0.0), np.arange(LENGTH) * 900.0)
    assert trace.silence[0, 39] > 30
    assert trace.silence[0, 40] == trace.loss[0, 40] == 0
    assert trace.silence_since[0, -1] == trace.loss_since[0, -1] == 41 * 900


def test_the_cusum_alarms_as_rarely_as_its_run_length_says() -> None:
    rng = np.random.default_rng(1)
    mean, length = 0.05, 400_000
    contacts = rng.poisson(mean, (2, length)).astype(float)
    trace = run(steps(contacts, np.full((2, length), mean)), State.fresh(2, 0.0), np.arange(length) * 900.0)
    height = 4.0
    alarms, place = 0, 0
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


def test_without_peaks_the_stream_counts_as_poisson() -> None:
    assert tail_factor(np.zeros(0), 1) == 1
