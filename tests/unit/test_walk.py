"""The walk is the product's engine: what it says at a minute, ``evaluate`` says at that minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from bench.walk import walk
from services.detector import Model, evaluate

ZONE = ZoneInfo("Europe/Berlin")
FIRST = datetime(2025, 1, 6, tzinfo=ZONE).astimezone(UTC)
NO_LAG = timedelta(0)


def recorded(days: int, *, arriving: float, broken: datetime, ends: datetime) -> pd.DataFrame:
    """Return quarter hours of a stream that is open from 8 to 18 h and broken for a while."""
    rng = np.random.default_rng(11)
    starts = pd.date_range(FIRST, periods=days * 96, freq="15min")
    hour = starts.tz_convert(ZONE).hour
    contacts = rng.poisson(6, len(starts)) * np.asarray((hour >= 8) & (hour < 18))
    lost = np.asarray((starts >= pd.Timestamp(broken)) & (starts < pd.Timestamp(ends)))
    contacts[lost] = rng.binomial(contacts[lost], arriving)
    frame = pd.DataFrame({"queue": "all", "interval_start": starts, "contacts": contacts})
    return frame[frame["contacts"] > 0].reset_index(drop=True)


@pytest.mark.parametrize(("arriving", "kind"), [(0.0, "silence"), (0.35, "partial_loss")])
def test_an_alarm_of_the_walk_is_an_alarm_of_the_product(arriving: float, kind: str) -> None:
    broken = datetime(2025, 2, 19, 9, 0, tzinfo=ZONE)
    counts = recorded(50, arriving=arriving, broken=broken, ends=broken + timedelta(days=1))
    models: list[tuple[int, Model]] = []
    (alarm,) = walk(counts, zone=ZONE, visit=lambda *night: models.append(night)).alarms
    assert alarm.kind == kind
    assert alarm.at >= broken
    model = next(model for night, model in reversed(models) if night * 900 <= alarm.at.timestamp())
    for minutes, expected in ((-1, False), (0, True)):
        now = alarm.at + timedelta(minutes=minutes)
        total = evaluate(model, counts[counts["interval_start"] < now], now=now, lag=NO_LAG).total
        assert total.alarm is expected
    found = total.silence if kind == "silence" else total.partial_loss
    assert found.since == alarm.since
    assert found.received == alarm.received
    assert found.expected == pytest.approx(alarm.expected, rel=0.05)
    assert found.once_in_weeks == pytest.approx(alarm.once_in_weeks, rel=0.2)


def test_an_outage_of_many_days_is_one_alarm_and_is_not_learned() -> None:
    broken = datetime(2025, 2, 10, 9, 0, tzinfo=ZONE)
    ends = broken + timedelta(days=9)
    models: list[tuple[int, Model]] = []
    seen = walk(
        recorded(60, arriving=0.0, broken=broken, ends=ends),
        zone=ZONE,
        visit=lambda *night: models.append(night),
    )
    (episode,) = seen.episodes
    assert episode.ended is not None
    assert ends <= episode.ended <= ends + timedelta(hours=1)
    weekly = [model.weekly[0] for _, model in models]
    before, after = weekly[10], weekly[-1]
    assert after == pytest.approx(before, rel=0.1)


def test_a_level_that_stays_low_becomes_the_new_normal() -> None:
    broken = datetime(2025, 2, 10, 9, 0, tzinfo=ZONE)
    counts = recorded(110, arriving=0.4, broken=broken, ends=broken + timedelta(days=100))
    models: list[tuple[int, Model]] = []
    seen = walk(counts, zone=ZONE, visit=lambda *night: models.append(night))
    (episode,) = seen.episodes
    assert episode.accepted is not None
    assert episode.accepted - episode.alarm.at >= timedelta(days=14)
    last = models[-1][1]
    assert last.weekly[0] == pytest.approx(0.4 * models[0][1].weekly[0], rel=0.15)
