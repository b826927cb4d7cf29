"""What a history of its own making does to the detector: outages nobody marked, and mass closings."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from bench.walk import walk
from services.detector import Model, evaluate, expected, fit

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2025, 3, 3, tzinfo=ZONE)
WEEKS = timedelta(weeks=8)
NOON = 12
Days = list[tuple[float, float]]


def stream(*, per_hour: float = 60, noon: bool = False, days: int = 0, seed: int = 1) -> pd.DataFrame:
    """Return eight weeks before MONDAY and some days after it: weekdays 8 to 18 h, busy and slow days in turn.

    ``noon``: nobody works from 12 to 13 h.
    """
    rng = np.random.default_rng(seed)
    starts = pd.date_range(MONDAY - WEEKS, MONDAY + timedelta(days=days), freq="15min", inclusive="left")
    is_open = (starts.hour >= 8) & (starts.hour < 18) & (starts.day_of_week < 5)
    is_open &= ~((starts.hour == NOON) & noon)
    factors = rng.gamma(60, 1 / 60, 7 * 8 + days + 1)
    day = np.asarray((starts - starts[0]).days)
    contacts = rng.poisson(per_hour / 4 * factors[day]) * np.asarray(is_open)
    frame = pd.DataFrame({"queue": "all", "interval_start": starts.tz_convert("UTC"), "contacts": contacts})
    return frame[frame["contacts"] > 0].reset_index(drop=True)


def with_outages(counts: pd.DataFrame, seed: int = 5) -> pd.DataFrame:
    """Lose everything ten times for one to three hours, at random while contacts are due."""
    rng = np.random.default_rng(seed)
    starts = counts["interval_start"]
    lost = np.zeros(len(counts), dtype=bool)
    for day in rng.choice(range(56), 56, replace=False):
        begin = MONDAY - WEEKS + timedelta(days=int(day), hours=float(rng.uniform(8, 15)))
        if begin.weekday() < 5 and lost.sum() < 10 * 8:
            lost |= np.asarray((starts >= begin) & (starts < begin + timedelta(hours=rng.uniform(1, 3))))
    return counts[~lost].reset_index(drop=True)


def learned(counts: pd.DataFrame) -> Model:
    model = fit(counts, zone=ZONE, now=MONDAY)
    assert model is not None
    return model


def minutes_until_told(model: Model, counts: pd.DataFrame, broken: datetime) -> int:
    """Return after how many minutes without a contact the silence is told."""
    before = counts[counts["interval_start"] < broken]
    for minutes in range(1, 600):
        now = broken + timedelta(minutes=minutes)
        if evaluate(model, before, now=now, lag=timedelta(0)).total.alarm:
            return minutes
    raise AssertionError("not told within ten hours")


@pytest.mark.parametrize("per_hour", [20, 60, 300])
def test_hours_of_outage_in_the_history_do_not_blunt_the_detector(per_hour: float) -> None:
    healthy = stream(per_hour=per_hour, days=1)
    broken = with_outages(healthy)
    assert len(broken) < len(healthy) - 50
    sharp, blunted = learned(healthy), learned(broken)
    assert blunted.silence_height[0] == pytest.approx(sharp.silence_height[0], rel=0.1)
    assert blunted.weekly[0] == pytest.approx(sharp.weekly[0], rel=0.02)
    stop = MONDAY + timedelta(hours=11)
    delay = minutes_until_told(sharp, healthy, stop)
    assert minutes_until_told(blunted, broken, stop) == pytest.approx(delay, rel=0.1, abs=1)


def test_nor_do_they_move_the_threshold_for_partial_loss_one_way() -> None:
    """A single one moves a little with every day that is left out, up as often as down."""
    moved = []
    for seed in range(1, 6):
        healthy = stream(seed=seed)
        blunted = learned(with_outages(healthy, seed + 4))
        moved.append(np.log(blunted.loss_height[0] / learned(healthy).loss_height[0]))
    assert abs(np.mean(moved)) < 0.1


def test_a_stream_that_is_quiet_at_noon_has_no_outages() -> None:
    quiet = stream(noon=True, days=1)
    model = learned(quiet)
    noon, after = MONDAY + timedelta(hours=12, minutes=15), MONDAY + timedelta(hours=13, minutes=15)
    band = expected(model, None, [noon, after])["mean"]
    assert band.iloc[0] < 0.5
    assert band.iloc[1] == pytest.approx(15, rel=0.2)
    assert model.silence_height[0] == pytest.approx(learned(stream()).silence_height[0], rel=0.1)
    assert minutes_until_told(model, quiet, MONDAY + timedelta(hours=12)) > 60


def test_outages_that_were_alarms_themselves_do_not_blunt_the_next() -> None:
    """Nobody confirmed them, and still the last outage is told as soon as in a healthy history."""
    healthy = stream(days=1)
    stop = MONDAY + timedelta(hours=11)
    told = []
    for history in (healthy, with_outages(healthy)):
        cut = history[(history["interval_start"] < stop) | (history["interval_start"] >= stop + WEEKS)]
        end = pd.to_datetime([stop + timedelta(hours=6)], utc=True)
        more = pd.DataFrame({"queue": "all", "interval_start": end, "contacts": 1})
        alarms = walk(pd.concat([cut, more]), zone=ZONE).alarms
        told.append((alarms[-1].at - stop, len(alarms)))
    (sharp, few), (blunted, many) = told
    assert few == 1
    assert many >= 5
    assert blunted.total_seconds() == pytest.approx(sharp.total_seconds(), rel=0.1)


@pytest.mark.parametrize("nights", [1, 3, 40])
def test_a_midnight_mass_closing_does_not_teach_that_midnight_is_busy(nights: int) -> None:
    history = stream(days=1)
    starts = [MONDAY - timedelta(days=day) for day in range(nights)]
    mass = pd.DataFrame({"queue": "Undefined_Queue", "interval_start": starts, "contacts": 4000})
    mass["interval_start"] = mass["interval_start"].dt.tz_convert("UTC")
    model = fit(pd.concat([history, mass]), zone=ZONE, now=MONDAY + timedelta(minutes=30))
    assert model is not None
    usual = learned(history)
    assert expected(model, None, [MONDAY])["mean"].iloc[0] < 1
    assert model.weekly[0] == pytest.approx(usual.weekly[0], rel=0.02)
    assert model.silence_height[0] == pytest.approx(usual.silence_height[0], rel=0.1)
    stop = MONDAY + timedelta(hours=11)
    everything = pd.concat([history, mass])
    assert minutes_until_told(model, everything, stop) <= 1.1 * minutes_until_told(usual, history, stop) + 1


def test_after_a_mass_closing_the_next_morning_is_judged_as_usual() -> None:
    history = stream(days=1)
    model = learned(history)
    mass = pd.DataFrame(
        {"queue": "all", "interval_start": pd.to_datetime([MONDAY], utc=True), "contacts": 4000}
    )
    today = pd.concat([history, mass])
    for minutes in range(15, 18 * 60, 15):
        now = MONDAY + timedelta(minutes=minutes)
        seen = today[today["interval_start"] < now]
        assert not evaluate(model, seen, now=now, lag=timedelta(0)).total.alarm
