"""What the detector says of an integration, told from counts alone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.detector import (
    Excluded,
    Model,
    OpenAlarm,
    Reading,
    StreamReading,
    evaluate,
    expected,
    expected_between,
    fit,
)
from services.detector.expectation import band
from tests.unit.detector.conftest import BERLIN, NIGHT, Made

LAG = timedelta(minutes=2)


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    return datetime(2025, 3, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def judged(model: Model, history: pd.DataFrame, now: datetime, **options: object) -> Reading:
    recent = history[
        (history["interval_start"] >= model.watched_from(now)) & (history["interval_start"] < now)
    ]
    return evaluate(model, recent, now=now, lag=LAG, **options)  # type: ignore[arg-type]


def of_queue(reading: Reading, queue: str) -> StreamReading:
    return next(stream for stream in reading.queues if stream.queue == queue)


@pytest.fixture(scope="module")
def live(history: pd.DataFrame, counts: Made) -> pd.DataFrame:
    """The history and three more days of the same."""
    return pd.concat(
        [history, counts(NIGHT, NIGHT + timedelta(days=3), seed=5, Sales=40, Support=12, Returns=3)]
    )


def without(frame: pd.DataFrame, start: datetime, queue: str | None = None) -> pd.DataFrame:
    lost = frame["interval_start"] >= start
    return frame[~(lost & (frame["queue"] == queue))] if queue else frame[~lost]


def test_without_a_history_there_is_no_model(history: pd.DataFrame) -> None:
    assert fit(history.iloc[:0], zone=BERLIN, now=NIGHT) is None
    assert fit(history, zone=BERLIN, now=NIGHT + timedelta(days=400)) is None


def test_healthy_days_raise_nothing(model: Model, live: pd.DataFrame) -> None:
    for hour in range(0, 72, 3):
        reading = judged(model, live, NIGHT + timedelta(hours=hour, minutes=7))
        assert not any(stream.alarm for stream in (reading.total, *reading.queues))


def test_a_night_is_no_silence(model: Model, live: pd.DataFrame) -> None:
    evening, morning = judged(model, live, at(19)), judged(model, live, at(7, day=5))
    assert morning.total.silence.level < evening.total.silence.level + 0.05
    assert morning.total.nothing_expected_until is not None
    assert at(7, 30, day=5) <= morning.total.nothing_expected_until <= at(8, 15, day=5)


def test_a_silence_is_told_with_since_expected_and_received(model: Model, live: pd.DataFrame) -> None:
    reading = judged(model, without(live, at(11)), at(11, 40))
    silence = reading.total.silence
    assert silence.alarm
    assert silence.received == 0
    assert at(10, 45) <= silence.since <= at(11)
    assert silence.expected == pytest.approx(55 * 40 / 60, rel=0.3)
    assert silence.once_in_weeks is not None
    assert silence.once_in_weeks > 10


def test_a_partial_loss_is_told_apart_from_a_silence(model: Model, live: pd.DataFrame) -> None:
    rng = np.random.default_rng(3)
    broken = live.copy()
    lost = broken["interval_start"] >= at(9)
    broken.loc[lost, "contacts"] = rng.binomial(broken.loc[lost, "contacts"], 0.35)
    loss = judged(model, broken[broken["contacts"] > 0], at(17)).total
    assert loss.partial_loss.alarm
    assert not loss.silence.alarm
    assert 0.2 < loss.partial_loss.received / loss.partial_loss.expected < 0.5


def test_a_queue_that_is_lost_alone_alarms_alone(model: Model, live: pd.DataFrame) -> None:
    reading = judged(model, without(live, at(9), "Support"), at(15))
    assert not reading.total.alarm
    assert [stream.queue for stream in reading.queues if stream.alarm] == ["Support"]
    assert reading.queues[0].queue == "Support"


def test_a_total_that_alarms_mutes_its_queues(model: Model, live: pd.DataFrame) -> None:
    reading = judged(model, without(live, at(9)), at(17))
    assert reading.total.alarm
    assert not any(stream.alarm for stream in reading.queues)
    assert of_queue(reading, "Sales").silence.level > 1


def test_under_fourteen_days_it_tells_silences_only(history: pd.DataFrame, live: pd.DataFrame) -> None:
    young = history[history["interval_start"] >= NIGHT - timedelta(days=11)]
    model = fit(young, zone=BERLIN, now=NIGHT)
    assert model is not None
    reading = judged(model, without(live, at(9)), at(17))
    assert reading.learning
    assert reading.days_of_history == pytest.approx(11, abs=1)
    assert reading.total.silence.alarm
    rng = np.random.default_rng(3)
    broken = live.copy()
    lost = broken["interval_start"] >= at(9)
    broken.loc[lost, "contacts"] = rng.binomial(broken.loc[lost, "contacts"], 0.35)
    partial = judged(model, broken[broken["contacts"] > 0], at(17))
    assert not any(stream.alarm for stream in (partial.total, *partial.queues))
    assert partial.total.level < 0.5


@pytest.mark.parametrize("days", [2, 3, 5, 9])
def test_a_silence_in_the_first_two_weeks_is_told_later_than_after_them(
    history: pd.DataFrame, live: pd.DataFrame, model: Model, days: int
) -> None:
    friday = datetime(2025, 2, 28, tzinfo=BERLIN)
    young = history[
        (history["interval_start"] >= friday - timedelta(days=days)) & (history["interval_start"] < friday)
    ]
    fitted = fit(young, zone=BERLIN, now=friday)
    assert fitted is not None
    silent = without(history, friday + timedelta(hours=11))
    told = [
        minutes
        for minutes in range(5, 400, 5)
        if judged(fitted, silent, friday + timedelta(hours=11, minutes=minutes)).total.alarm
    ]
    assert told
    assert 20 < told[0] < 240
    assert len(told) == (400 - told[0]) // 5


def test_what_cannot_be_judged_yet_says_from_when_on_it_can(history: pd.DataFrame) -> None:
    first = at(10, day=3)  # a Monday
    young = history[history["interval_start"] >= first]
    model = fit(young, zone=BERLIN, now=NIGHT)
    assert model is not None
    reading = judged(model, young, at(9))
    assert not reading.total.judged
    assert reading.total.earliest_verdict_at == at(10, day=5)
    assert {stream.earliest_verdict_at for stream in reading.queues if stream.queue != "Returns"} == {
        at(10, day=5)
    }


def test_a_stream_too_thin_for_its_first_days_is_judged_after_two_weeks(counts: Made) -> None:
    start = NIGHT - timedelta(days=7)
    young = counts(start, NIGHT, seed=4, Rare=0.4)
    model = fit(young, zone=BERLIN, now=NIGHT)
    assert model is not None
    total = judged(model, young, at(9)).total
    assert not total.alarm
    assert total.earliest_verdict_at == young["interval_start"].min() + timedelta(days=14)


def test_with_two_weeks_it_is_more_careful_than_with_eight(history: pd.DataFrame, model: Model) -> None:
    young = fit(history[history["interval_start"] >= NIGHT - timedelta(days=20)], zone=BERLIN, now=NIGHT)
    assert young is not None
    assert not young.learning
    for factors in (young.silence_factor, young.loss_factor):
        assert (factors >= 1).all()
    assert young.loss_factor.sum() > model.loss_factor.sum()


def test_what_may_still_be_on_its_way_is_not_missed(model: Model, live: pd.DataFrame) -> None:
    silent = without(live, at(11))
    recent = silent[silent["interval_start"] >= model.watched_from(at(11, 40))]
    patient = evaluate(model, recent, now=at(11, 40), lag=timedelta(minutes=45))
    assert patient.total.silence.expected < 3
    assert not patient.total.alarm


def test_the_last_contact_ends_a_silence_to_the_second(model: Model, live: pd.DataFrame) -> None:
    silent = pd.concat(
        [
            without(live, at(11)),
            pd.DataFrame({"queue": ["Sales"], "interval_start": [at(11, 30)], "contacts": [1]}),
        ]
    )
    last = at(11, 38)
    reading = judged(model, silent, at(11, 40), last_contact_at={"Sales": last})
    assert reading.total.silence.since == last
    assert reading.total.silence.expected == 0
    assert of_queue(reading, "Sales").silence.since == last


def test_a_holiday_is_neither_judged_nor_learned(history: pd.DataFrame, live: pd.DataFrame) -> None:
    closed = date(2025, 3, 4)
    model = fit(history, zone=BERLIN, now=NIGHT, holidays=[closed])
    assert model is not None
    assert not judged(model, without(live, at(0)), at(17)).total.alarm
    assert expected_between(model, None, at(8), at(18)).mean == 0
    assert judged(model, without(live, at(0, day=5)), at(17, day=5)).total.alarm


def test_an_outage_in_the_history_is_not_learned(history: pd.DataFrame, model: Model) -> None:
    broken = (history["interval_start"] >= NIGHT - timedelta(days=25)) & (
        history["interval_start"] < NIGHT - timedelta(days=22)
    )
    span = Excluded(NIGHT - timedelta(days=25), NIGHT - timedelta(days=22))
    day = (at(0), at(23, 59))
    usual = expected_between(model, None, *day).mean
    told = fit(history[~broken], zone=BERLIN, now=NIGHT, excluded=[span])
    untold = fit(history[~broken], zone=BERLIN, now=NIGHT)
    assert told is not None
    assert untold is not None
    assert expected_between(told, None, *day).mean == pytest.approx(usual, rel=0.03)
    assert expected_between(untold, None, *day).mean == pytest.approx(usual, rel=0.03)


def test_a_loss_of_the_last_two_days_is_not_yet_normal(history: pd.DataFrame, model: Model) -> None:
    later = fit(without(history, NIGHT - timedelta(days=1)), zone=BERLIN, now=NIGHT)
    assert later is not None
    assert later.weekly[0] == pytest.approx(model.weekly[0], rel=1e-6)


def test_a_planned_downtime_is_not_judged_and_an_open_incident_is(
    history: pd.DataFrame, live: pd.DataFrame
) -> None:
    silent = without(live, at(9))
    found = []
    for is_judged in (False, True):
        span = Excluded(at(9), at(18), judged=is_judged)
        model = fit(history, zone=BERLIN, now=NIGHT, excluded=[span])
        assert model is not None
        found.append(judged(model, silent, at(17)).total.alarm)
    assert found == [False, True]


def test_one_queue_may_be_excluded_alone(history: pd.DataFrame, live: pd.DataFrame) -> None:
    span = Excluded(at(9), at(18), queues=("Support",))
    model = fit(history, zone=BERLIN, now=NIGHT, excluded=[span])
    assert model is not None
    assert not any(stream.alarm for stream in judged(model, without(live, at(9), "Support"), at(17)).queues)
    assert judged(model, without(live, at(9), "Sales"), at(17)).total.alarm


def test_several_unconfirmed_alarms_teach_it_to_be_careful(counts: Made) -> None:
    history = counts(NIGHT - timedelta(days=56), NIGHT, seed=9, Sales=8)
    spans = []
    for week in range(1, 6):
        start = datetime(2025, 3, 4, 9, tzinfo=BERLIN) - timedelta(weeks=week)
        spans.append(Excluded(start, start + timedelta(hours=5), unconfirmed=True))
        inside = (history["interval_start"] >= spans[-1].start) & (history["interval_start"] < spans[-1].end)
        history = history[~inside]
    confirmed = [Excluded(span.start, span.end) for span in spans]
    careful = fit(history, zone=BERLIN, now=NIGHT, excluded=spans)
    trusting = fit(history, zone=BERLIN, now=NIGHT, excluded=confirmed)
    assert careful is not None
    assert trusting is not None
    assert careful.silence_height[0] > 1.3 * trusting.silence_height[0]
    assert careful.weekly[0] == pytest.approx(trusting.weekly[0], rel=1e-6)


def test_an_integration_starts_afresh_after_a_pause(model: Model, live: pd.DataFrame) -> None:
    silent = without(live, at(9))
    assert judged(model, silent, at(12)).total.alarm
    resumed = judged(model, silent, at(12), since=at(11, 50)).total
    assert not resumed.alarm
    assert resumed.silence.expected < 10


def test_a_trickle_is_no_recovery_and_a_flow_is(model: Model, live: pd.DataFrame) -> None:
    outage = (live["interval_start"] >= at(9)) & (live["interval_start"] < at(14))
    trickle = pd.DataFrame({"queue": ["Sales"], "interval_start": [at(12)], "contacts": [1]})
    broken = pd.concat([live[~outage], trickle])
    alarm: dict[str | None, OpenAlarm] = {None: OpenAlarm("silence", at(9, 30))}
    assert judged(model, broken, at(13), open_alarms=alarm).total.recovered_at is None
    assert judged(model, broken, at(15), open_alarms=alarm).total.recovered_at == at(14)
    assert judged(model, broken, at(15)).total.recovered_at is None


def test_the_earliest_verdict_comes_true_when_nothing_comes(model: Model, live: pd.DataFrame) -> None:
    silent = without(live, at(11))
    announced = judged(model, silent, at(11)).total.earliest_verdict_at
    assert announced is not None
    assert not judged(model, silent, announced - timedelta(minutes=16)).total.alarm
    assert judged(model, silent, announced).total.alarm


def test_a_new_queue_is_judged_for_silence_from_its_third_day_on(
    history: pd.DataFrame, counts: Made, live: pd.DataFrame
) -> None:
    found = []
    for days in (1, 6):
        new = counts(NIGHT - timedelta(days=days), NIGHT, seed=4, New=20)
        model = fit(pd.concat([history, new]), zone=BERLIN, now=NIGHT)
        assert model is not None
        stream = of_queue(judged(model, live, at(17)), "New")
        assert not stream.partial_loss.alarm
        found.append((stream.judged, stream.silence.alarm))
    assert found == [(False, False), (True, True)]


def test_a_queue_that_nobody_knew_counts_as_life(model: Model, live: pd.DataFrame) -> None:
    silent = without(live, at(11))
    other = pd.DataFrame({"queue": "Renamed", "interval_start": [at(11, 30)], "contacts": [9]})
    assert judged(model, silent, at(11, 40)).total.silence.alarm
    assert not judged(model, pd.concat([silent, other]), at(11, 40)).total.silence.alarm


@pytest.mark.parametrize("change", [datetime(2025, 3, 30, tzinfo=UTC), datetime(2025, 10, 26, tzinfo=UTC)])
def test_a_change_of_daylight_saving_time_moves_nothing(counts: Made, change: datetime) -> None:
    history = counts(change - timedelta(days=50), change, seed=2, Sales=60)
    model = fit(history, zone=BERLIN, now=change)
    assert model is not None
    monday = (change + timedelta(days=1)).date()
    opening = datetime(monday.year, monday.month, monday.day, 8, tzinfo=BERLIN).astimezone(UTC)
    band = expected(model, None, [opening - timedelta(hours=1), opening + timedelta(hours=1)])
    assert band["mean"].iloc[0] < 1
    assert band["mean"].iloc[1] == pytest.approx(15, rel=0.25)


def test_the_band_holds_healthy_counts(model: Model, live: pd.DataFrame) -> None:
    starts = [at(8) + timedelta(minutes=15 * step) for step in range(40)]
    band = expected(model, "Sales", starts)
    sales = live[live["queue"] == "Sales"].set_index("interval_start")["contacts"]
    seen = sales.reindex(band.index, fill_value=0)
    assert ((seen >= band["low"]) & (seen <= band["high"])).mean() >= 0.85
    assert (band["low"] <= band["mean"]).all()
    assert (band["mean"] <= band["high"]).all()
    missed = expected_between(model, "Sales", at(8), at(18))
    assert missed.mean == pytest.approx(band["mean"].sum(), rel=1e-6)
    assert missed.low < missed.mean < missed.high


def test_an_unknown_queue_has_nothing_to_expect(model: Model) -> None:
    assert expected_between(model, "Nobody", at(8), at(18)).mean == 0


def test_the_only_queue_is_expected_to_bring_all_there_is_and_one_of_several_its_part(
    model: Model, counts: Made
) -> None:
    alone = fit(counts(NIGHT - timedelta(days=56), NIGHT, Sales=40), zone=BERLIN, now=NIGHT)
    assert alone is not None
    day = (at(8), at(18))
    assert expected_between(alone, "Sales", *day) == expected_between(alone, None, *day)
    parts = [expected_between(model, queue, *day).mean for queue in ("Sales", "Support", "Returns")]
    assert expected_between(model, None, *day).mean == pytest.approx(sum(parts), rel=0.05)
    assert parts == pytest.approx([400, 120, 30], rel=0.2)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), minutes=st.integers(0, 3 * 24 * 60))
def test_the_order_of_the_rows_changes_nothing(
    model: Model, live: pd.DataFrame, seed: int, minutes: int
) -> None:
    now = NIGHT + timedelta(minutes=minutes)
    shuffled = live.sample(frac=1, random_state=seed)
    assert judged(model, shuffled, now) == judged(model, live, now)


def test_zones_with_half_hours_are_learned_by_their_own_clock(counts: Made) -> None:
    zone = ZoneInfo("Asia/Kolkata")
    history = counts(NIGHT - timedelta(days=30), NIGHT, zone=zone, Sales=40)
    model = fit(history, zone=zone, now=NIGHT)
    assert model is not None
    opening = datetime(2025, 3, 4, 8, tzinfo=zone).astimezone(UTC)
    band = expected(model, None, [opening - timedelta(hours=1), opening + timedelta(hours=1)])
    assert band["mean"].iloc[0] < 1 < 5 < band["mean"].iloc[1]


@pytest.mark.parametrize(
    ("mean", "shape", "quantiles"),
    [(0.3, 10.0, (0, 2)), (10.0, 3.0, (1, 26)), (50.0, 10.0, (22, 89)), (300.0, 10.0, (141, 516))],
)
def test_the_band_is_that_of_the_negative_binomial(
    mean: float, shape: float, quantiles: tuple[int, int]
) -> None:
    low, high = band(np.array([mean]), np.array([shape]))
    assert (low[0], high[0]) == quantiles  # summed up exactly, term by term
