"""Closing days and asking for a backfill, on the page of an integration."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import DateInput

from data import backfill as stored
from data.integrations import Integration
from services import closed_days as calendar
from services import integrations, recurring
from services.backfill.jobs import request, status
from services.integrations.draft import draft_of
from services.system import System
from services.translation import Words
from services.watch.bundle import support_bundle
from services.watch.bundle_page import as_page
from tests.conftest import NOW, Clock

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


@pytest.mark.parametrize(
    ("fetched", "new", "told"),
    [
        (0, 0, "0 resolved chats in the reports"),
        (3, 0, "3 resolved chats in the reports, all of them known here before"),
        (3, 1, "3 resolved chats in the reports, 1 of them was new here"),
    ],
)
def test_what_a_backfill_brought_is_told_against_what_was_there(
    open_page: Open, system: System, integration: Integration, fetched: int, new: int, told: str
) -> None:
    request(system, integration.integration_id, NOW - timedelta(days=3), NOW - timedelta(days=1), "requested")
    (part,) = stored.parts(system.database, integration.integration_id)
    done = replace(part, state="done", fetched=fetched, new=new)
    system.writer.write(lambda transaction: stored.save_parts(transaction, [done]))
    page = open_page("integration.py", integration=integration.integration_id)
    assert told in [text.value for text in page.caption]


def test_a_row_that_could_not_be_read_shows_its_shape_on_the_page_and_in_the_support_bundle(
    open_page: Open, system: System, integration: Integration
) -> None:
    shape = "conversation_id: aaa-999; resolved_at: 99/99/9999 99:99"
    request(system, integration.integration_id, NOW - timedelta(days=3), NOW - timedelta(days=1), "incident")
    (part,) = stored.parts(system.database, integration.integration_id)
    bad = replace(part, state="done", unreadable=2, unreadable_shape=shape)
    system.writer.write(lambda transaction: stored.save_parts(transaction, [bad]))
    page = open_page("integration.py", integration=integration.integration_id)
    told = next(text.value for text in page.caption if "could not be read" in text.value)
    assert "2 rows could not be read. The first one, 9 for a digit and a for a letter: " in told
    assert shape in told.replace("\\", "")
    bundle = support_bundle(system, integration.integration_id, "en")
    assert [(known.unreadable, known.unreadable_shape) for known in bundle.backfills] == [(2, shape)]
    assert shape in as_page(bundle, Words("en", "Europe/Berlin"))
