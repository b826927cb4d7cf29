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


def test_a_moved_rhythm_is_asked_about(
    open_page: Open, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("data_flow.py", integration=integration.integration_id)
    assert not [button for button in page.button if button.label == "Yes, learn it"]
    monkeypatch.setattr("pages.parts.data_flow.incident_list.asked_since", lambda *_: NOW - timedelta(days=2))
    page = open_page("data_flow.py", integration=integration.integration_id)
    assert [button for button in page.button if button.label == "Yes, learn it"]
