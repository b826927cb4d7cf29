"""Made-up integrations whose truth is known: weekdays from 8 to 18 h local time, Poisson contacts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from services.detector import Model, fit

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = datetime(2025, 3, 4, 0, 0, tzinfo=BERLIN)  # the night to a Tuesday
Made = Callable[..., pd.DataFrame]


def made_up(
    start: datetime, end: datetime, seed: int = 1, zone: ZoneInfo = BERLIN, **per_hour: float
) -> pd.DataFrame:
    """Return counts of queues with this many contacts per open hour."""
    rng = np.random.default_rng(seed)
    starts = pd.date_range(start.astimezone(UTC), end.astimezone(UTC), freq="15min", inclusive="left")
    local = starts.tz_convert(zone)
    is_open = (local.hour >= 8) & (local.hour < 18) & (local.day_of_week < 5)
    parts = []
    for queue, rate in per_hour.items():
        contacts = rng.poisson(rate / 4, len(starts)) * np.asarray(is_open)
        parts.append(pd.DataFrame({"queue": queue, "interval_start": starts, "contacts": contacts}))
    frame = pd.concat(parts, ignore_index=True)
    return frame[frame["contacts"] > 0].reset_index(drop=True)


@pytest.fixture(scope="session")
def counts() -> Made:
    return made_up


@pytest.fixture(scope="session")
def history() -> pd.DataFrame:
    """Eight weeks before NIGHT: Sales 40, Support 12, Returns 3 contacts per open hour."""
    return made_up(NIGHT - timedelta(days=56), NIGHT, Sales=40, Support=12, Returns=3)


@pytest.fixture(scope="session")
def model(history: pd.DataFrame) -> Model:
    learned = fit(history, zone=BERLIN, now=NIGHT)
    assert learned is not None
    return learned
