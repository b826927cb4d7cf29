"""The run lengths behind the thresholds: exact for Poisson arrivals."""

import numpy as np
import pytest

from services.detector.arl import loss_run_length, loss_share, silence_height, silence_run_length

DELAYS = {  # contacts per false alarm: mean delay in contacts at 80, 60, 50 and 30 % lost
    100: (7.1, 11.1, 14.2, 25.6),
    1_000: (11.8, 20.4, 27.9, 62.3),
    10_000: (16.6, 30.2, 42.7, 106.3),
    100_000: (21.4, 40.0, 57.7, 151.8),
}


@pytest.mark.parametrize(("run_length", "delay"), [(100, 4.6), (1_000, 6.9), (10_000, 9.2), (100_000, 11.5)])
def test_a_silence_is_seen_after_the_logarithm_of_the_promise(run_length: int, delay: float) -> None:
    assert round(float(silence_height(run_length)), 1) == delay
    assert silence_run_length(silence_height(run_length)) == pytest.approx(run_length)


@pytest.mark.parametrize("run_length", DELAYS)
def test_a_partial_loss_is_seen_after_the_exact_delay(run_length: int) -> None:
    for arriving, delay in zip((0.2, 0.4, 0.5, 0.7), DELAYS[run_length], strict=True):
        height = loss_run_length(arriving).height(run_length)
        assert round(loss_run_length(arriving, arriving).at(height), 1) == delay


def test_the_run_length_is_that_of_simulated_arrivals() -> None:
    rho, height, rng = 0.4, 3.0, np.random.default_rng(7)
    for arrival_rate in (1.0, rho):
        statistic, clock, ended = np.zeros(20_000), np.zeros(20_000), []
        while len(clock):
            gap = rng.exponential(1 / arrival_rate, len(clock))
            over = statistic + (1 - rho) * gap >= height
            ended.append(clock[over] + (height - statistic[over]) / (1 - rho))
            statistic = np.maximum(0, statistic + (1 - rho) * gap + np.log(rho))[~over]
            clock = (clock + gap)[~over]
        times = np.concatenate(ended)
        error = 4 * times.std() / np.sqrt(len(times))
        assert abs(loss_run_length(rho, arrival_rate).at(height) - times.mean()) < error


def test_the_cusum_starts_to_rise_below_the_slowest_normal_share() -> None:
    for share in (0.5, 0.6, 0.7):
        rho = loss_share(share)
        assert (1 - rho) / -np.log(rho) == pytest.approx(share)
