"""Days and hours are those of the pinned time zone data, whatever the system underneath knows."""

import os
import subprocess
import sys
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from services.contacts.periods import Period
from services.contacts.table import ContactTable
from services.contacts.usual import compare, until_now
from services.intervals import interval_starts

ROOT = Path(__file__).resolve().parents[2]
LATEST = """
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones
from services.intervals import midnight
for zone, day in (("America/Asuncion", (2025, 7, 1)), ("Asia/Almaty", (2025, 7, 1))):
    print(zone, midnight(datetime(*day).date(), ZoneInfo(zone)).hour, zone in available_timezones())
"""


def test_an_older_systems_time_zones_change_nothing(tmp_path: Path) -> None:
    for name, meant in (("America/Asuncion", "GMT+4"), ("Asia/Almaty", "GMT-6")):
        old = tmp_path / name
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_bytes((packaged() / "Etc" / meant).read_bytes())
    environment = os.environ | {"PYTHONTZPATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        [sys.executable, "-c", LATEST], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    # Paraguay stays at UTC-03:00 since 2024, all of Kazakhstan is at UTC+05:00 since then.
    assert told.stdout.splitlines() == ["America/Asuncion 3 True", "Asia/Almaty 19 True"]


def packaged() -> Path:
    return Path(str(files("tzdata"))) / "zoneinfo"


@pytest.mark.parametrize(
    ("zone", "short_day"), [("America/Santiago", date(2026, 9, 6)), ("Africa/Cairo", date(2026, 4, 24))]
)
@pytest.mark.parametrize("weeks_later", [0, 1])
def test_a_day_that_begins_at_one_is_held_against_whole_days(
    zone: str, short_day: date, weeks_later: int
) -> None:
    period = Period.around("week", short_day + timedelta(weeks=weeks_later))
    this, before = (table(zone, each) for each in (period, *period.compared_with("before")))
    end = period.span(ZoneInfo(zone))[1]
    found = compare(this, [before], "before", until_now(this, [before], end, weekly=False))
    assert found is not None
    assert list(found.usual) == [1, 2, 3, 4, 5, 6, 7]
    assert found.until_now == 28


def table(name: str, period: Period) -> ContactTable:
    """A week by days, with as many contacts as the day's place in it."""
    zone = ZoneInfo(name)
    starts = [at.astimezone(zone) for at in interval_starts(*period.span(zone), "1d", zone)]
    contacts = np.arange(1.0, len(starts) + 1)[:, None]
    return ContactTable(
        name, "1d", "every_resolution", starts, ["Support"], contacts, np.zeros(contacts.shape, dtype=bool)
    )
