"""Closing days and asking for a backfill, on the page of an integration."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import DateInput

from data.integrations import Integration
from services import closed_days as calendar
from services import integrations, recurring
from services.backfill.jobs import status
from services.integrations.editing import draft_of
from services.system import System
from tests.conftest import Clock

Open = Callable[..., AppTest]


def button(page: AppTest, label: str) -> object:
    return next(button for button in page.button if button.label == label)


def last_day(page: AppTest) -> DateInput:
    """The last of the days to fetch."""
    _, last = (field for field in page.date_input if "backfill" in (field.form_id or ""))
    return last


def test_a_closed_day_is_entered_and_removed_again(
    open_page: Open, system: System, integration: Integration
) -> None:
    page = open_page("integration.py", integration=integration.integration_id)
    first, last = (field for field in page.date_input if "closed" in (field.form_id or ""))
    first.set_value(date(2026, 12, 24))
    last.set_value(date(2026, 12, 26))
    button(page, "Add").click().run()  # type: ignore[attr-defined]
    (span,) = calendar.spans(system, integration.integration_id)
    assert (span.kind, span.starts_at.isoformat()) == ("closed", "2026-12-23T23:00:00+00:00")
    assert span.ends_at.isoformat() == "2026-12-26T23:00:00+00:00"
    button(page, "Remove").click().run()  # type: ignore[attr-defined]
    assert calendar.spans(system, integration.integration_id) == []


def test_a_half_day_is_offered_and_accepted_with_one_click(
    open_page: Open, system: System, integration: Integration, clock: Clock
) -> None:
    draft = replace(draft_of(integration), holidays="DE")
    integrations.change(system, integration.integration_id, draft)
    clock.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    page = open_page("integration.py", integration=integration.integration_id)
    button(page, "Yes, every year").click().run()  # type: ignore[attr-defined]
    (rule,) = recurring.rules(system, integration.integration_id)
    assert (rule.repeats, rule.day, rule.starts, rule.ends) == ("yearly", "12-24", "13:00", "24:00")
    assert any("24 December" in text.value for text in page.markdown)
    next(button for button in page.button if (button.key or "").startswith("remove_rule")).click().run()
    assert recurring.rules(system, integration.integration_id) == []


def test_a_planned_downtime_may_reach_into_the_next_day(system: System, integration: Integration) -> None:
    calendar.plan_downtime(system, integration.integration_id, date(2026, 3, 28), time(22), time(4))
    (span,) = calendar.spans(system, integration.integration_id)
    assert (span.ends_at - span.starts_at).total_seconds() == 5 * 3600  # the clocks go forward in between


def test_a_backfill_is_asked_for_and_shown_with_its_progress(
    open_page: Open, system: System, integration: Integration
) -> None:
    page = open_page("integration.py", integration=integration.integration_id)
    last_day(page).set_value(date(2026, 3, 1))
    button(page, "Fetch from Freshchat").click().run()  # type: ignore[attr-defined]
    assert "The last day lies before the first." in [error.value for error in page.error]
    assert status(system, integration.integration_id) == []
    last_day(page).set_value(date(2026, 3, 3))
    button(page, "Fetch from Freshchat").click().run()  # type: ignore[attr-defined]
    (job,) = status(system, integration.integration_id)
    assert (job.job.reason, job.state) == ("requested", "running")
    page = open_page("integration.py", integration=integration.integration_id)
    assert any("Requested" in text.value for text in page.markdown)
