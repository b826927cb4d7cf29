"""The question about a new rhythm, on the data flow page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from data.watch import Incident, save_incident
from services import closed_days
from services.system import System
from tests.conftest import NOW

Open = Callable[..., AppTest]


def test_an_incident_of_the_figures_is_answered_as_a_new_rhythm_with_one_click(
    open_page: Open, system: System, integration: Integration
) -> None:
    began = NOW - timedelta(hours=2)
    incident = Incident(
        integration.integration_id, "i", began, began, None, "silent", "key_valid_contact_support"
    )
    system.writer.write(lambda transaction: save_incident(transaction, incident))
    page = open_page("data_flow.py", integration=integration.integration_id)
    next(button for button in page.button if button.label == "This is the new rhythm").click().run()
    (span,) = closed_days.spans(system, integration.integration_id)
    assert span.kind == "rhythm"
    assert span.ends_at <= NOW


def test_a_queue_that_fell_silent_is_answered_as_a_new_rhythm_of_its_own(
    open_page: Open, system: System, integration: Integration
) -> None:
    began = NOW - timedelta(hours=2)
    incident = Incident(
        integration.integration_id, "i", began, began, None, "partial_loss", "queue_gone", ("Sales",)
    )
    system.writer.write(lambda transaction: save_incident(transaction, incident))
    page = open_page("data_flow.py", integration=integration.integration_id)
    next(button for button in page.button if button.label == "This is the new rhythm").click().run()
    (span,) = closed_days.spans(system, integration.integration_id)
    assert (span.kind, span.queue) == ("rhythm", "Sales")


def test_each_moved_rhythm_is_asked_about(
    open_page: Open, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("data_flow.py", integration=integration.integration_id)
    assert not [button for button in page.button if button.label == "Yes, learn it"]
    moves = {"Sales": NOW - timedelta(days=2), "Claims": NOW - timedelta(days=1)}
    monkeypatch.setattr("pages.parts.data_flow.incident_list.asked_since", lambda *_: moves)
    page = open_page("data_flow.py", integration=integration.integration_id)
    assert len([button for button in page.button if button.label == "Yes, learn it"]) == 2
    asked = " ".join(text.value for text in page.markdown)
    assert "Contacts of Sales come at other hours" in asked
    assert "Contacts of Claims come at other hours" in asked
