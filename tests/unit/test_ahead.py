"""What is to be expected of the days to come, and what is noted of a period."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from data.calendar import ClosedSpan, save_closed_span
from data.integrations import Integration
from data.watch import Incident, save_incident
from services import integrations
from services.contacts.ahead import ahead, ahead_csv, days_to_come
from services.contacts.marks import marks
from services.contacts.periods import Period
from services.detector import expected_between, expected_in, fit
from services.integrations.draft import Draft
from services.intervals import midnight
from services.pausing import pause
from services.system import System
from services.translation import Words
from tests.conftest import NOW

TODAY = date(2026, 3, 3)  # a Tuesday; the clock stands at 10:00 in Berlin
DAY, WEEK = Period.around("day", TODAY), Period.around("week", TODAY)


@pytest.fixture
def eight_weeks(system: System, integration: Integration) -> None:
    """Six contacts of Support and two of Sales each quarter hour from 8:00 to 18:00 in Berlin, on every day."""
    quarters = pd.date_range(NOW - timedelta(days=60), NOW, freq="15min", tz="UTC", inclusive="left")
    rows = [
        (integration.integration_id, queue, at.to_pydatetime(), count, count, count)
        for at in quarters.floor("15min")
        for queue, count in (("Support", 6), ("Sales", 2))
        if 7 <= at.hour < 17
    ]
    system.writer.write(lambda transaction: transaction.insert("contact_count", rows))


def of(system: System, integration: Integration, period: Period, *queues: str, interval: str = "60m") -> Any:
    return ahead(system, integration.integration_id, period, interval, queues, system.clock())


@pytest.mark.usefixtures("eight_weeks")
def test_the_rest_of_today_is_expected_by_hour_with_its_band(
    system: System, integration: Integration
) -> None:
    found = of(system, integration, DAY, "Support", "Sales")
    assert found.starts[0] == NOW + timedelta(hours=1)
    assert f"{found.starts[0]:%H:%M}" == "11:00"
    assert found.mean[0] == pytest.approx(32, rel=0.1)
    assert found.low[0] < found.mean[0] < found.high[0]
    assert found.mean[-1] == pytest.approx(0, abs=0.5)
    assert found.rest[0] == pytest.approx(found.mean.sum())
    alone = of(system, integration, DAY, "Sales")
    assert alone.mean[0] == pytest.approx(8, rel=0.15)


@pytest.mark.usefixtures("eight_weeks")
def test_nothing_is_expected_on_a_closed_day_to_come(system: System, integration: Integration) -> None:
    friday = date(2026, 3, 6)
    span = ClosedSpan(
        integration.integration_id,
        "s",
        midnight(friday, integration.zone),
        midnight(friday + timedelta(days=1), integration.zone),
        "closed",
        "Betriebsausflug",
    )
    system.writer.write(lambda transaction: save_closed_span(transaction, span))
    found = of(system, integration, WEEK, "Support", "Sales", interval="1d")
    by_day = dict(zip([start.date() for start in found.starts], found.mean, strict=True))
    assert by_day[friday] == 0
    assert by_day[date(2026, 3, 5)] == pytest.approx(320, rel=0.1)
    assert date(2026, 3, 3) not in by_day  # the day under way is no day to come


@pytest.mark.usefixtures("eight_weeks")
def test_nobody_claims_to_know_more_than_a_week_ahead_or_anything_of_the_past(
    system: System, integration: Integration
) -> None:
    month = of(system, integration, Period.around("month", TODAY), "Support", interval="1d")
    assert month.starts[-1].date() == date(2026, 3, 11)
    assert of(system, integration, DAY.step(-1), "Support") is None
    pause(system, integration.integration_id, paused=True)
    assert of(system, integration, DAY, "Support") is None


def test_while_it_learns_nothing_is_expected(
    system: System, integration: Integration, resolve: Callable[..., None]
) -> None:
    resolve("Support", NOW - timedelta(days=3), 5)
    assert of(system, integration, DAY, "Support") is None


@pytest.mark.usefixtures("eight_weeks")
def test_the_expectation_is_exported_and_says_what_it_is_not(
    system: System, integration: Integration
) -> None:
    found = days_to_come(system, integration.integration_id, "60m", ["Support", "Sales"], system.clock())
    assert found is not None
    assert found.starts[-1].date() == TODAY + timedelta(days=7)
    text = ahead_csv(found, Words("de", "Europe/Berlin")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][:4] == ["Datum", "Uhrzeit", "Abstand zu UTC", "Erwartet"]
    assert rows[1][:3] == ["03.03.2026", "11:00", "UTC+01:00"]
    assert len(rows) == len(found.starts) + 3
    assert "Kampagnen" in rows[-1][0]


def test_of_one_queue_the_sums_are_those_of_the_detector() -> None:
    quarters = pd.date_range(NOW - timedelta(days=56), NOW, freq="15min", tz="UTC", inclusive="left")
    rng = np.random.default_rng(1)
    counts = pd.DataFrame(
        {"queue": "Support", "interval_start": quarters, "contacts": rng.poisson(4, len(quarters))}
    )
    two = pd.concat([counts, counts.assign(queue="Sales")])
    model = fit(two[two["contacts"] > 0], zone=ZoneInfo("Europe/Berlin"), now=NOW)
    assert model is not None
    borders = [NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=3)]
    mean, low, high = expected_in(model, ["Support"], borders)
    one = expected_between(model, "Support", *borders[1:])
    assert mean[1] == pytest.approx(one.mean)
    assert (low[1], high[1]) == (one.low, one.high)
    both = expected_in(model, ["Support", "Sales"], borders)
    assert both[0][1] == pytest.approx(2 * mean[1], rel=0.1)
    assert both[2][1] - both[1][1] > high[1] - low[1]


def test_incidents_closed_days_and_holidays_are_noted_within_the_period(
    system: System, integration: Integration
) -> None:
    draft = Draft(integration.name, integration.domain, time_zone="Europe/Berlin", holidays="DE-BY")
    integrations.change(system, integration.integration_id, draft)
    new_year = Period.around("day", date(2026, 1, 1))
    (holiday,) = marks(system, integration.integration_id, new_year, NOW)
    assert holiday.kind == "holiday"
    assert (holiday.start, holiday.end) == new_year.span(integration.zone)
    began = datetime(2026, 3, 2, 20, tzinfo=UTC)
    outage = Incident(integration.integration_id, "i", began, began, None, "silent", "key_revoked")
    mistaken = Incident(
        integration.integration_id, "j", began, began, None, "silent", "none", false_alarm=True
    )
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    system.writer.write(lambda transaction: save_incident(transaction, mistaken))
    (incident,) = marks(system, integration.integration_id, DAY, NOW)
    assert (incident.kind, incident.cause) == ("incident", "key_revoked")
    assert (incident.start, incident.end) == (midnight(TODAY, integration.zone), NOW)
