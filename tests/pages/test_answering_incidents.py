"""An incident on the data flow page: found by its link, acknowledged, or silenced with a reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from data.alerts import Alert, alert
from data.integrations import Integration
from data.watch import Incident
from pages.parts.plain import plain
from services.system import System
from services.watch.incidents import save_incidents
from tests.conftest import NOW
from tests.pages.reading import click, labels, shown


@pytest.fixture
def incident(system: System, integration: Integration, refused: None) -> Incident:
    began = NOW - timedelta(hours=1)
    incident = Incident(integration.integration_id, "outage", began, NOW, None, "silent", "heartbeat_missing")
    older = replace(incident, incident_id="older", closed_at=NOW, opened_at=began - timedelta(days=9))
    save_incidents(system, [incident, older])
    return incident


def told(system: System, incident: Incident) -> Alert:
    found = alert(system.database, incident.integration_id, incident.incident_id)
    assert found is not None
    return found


def test_a_link_shows_its_incident_before_everything_else(open_page: Any, incident: Incident) -> None:
    page = open_page("data_flow.py", integration=incident.integration_id, incident="older")
    assert page.header[0].value == "The incident of this link"
    assert labels(page).count("Mark as false alarm") >= 2


def test_a_link_to_no_incident_says_so(open_page: Any, incident: Incident) -> None:
    page = open_page("data_flow.py", integration=incident.integration_id, incident="nobody")
    assert "There is no incident with the id **nobody**" in page.warning[0].value


@pytest.mark.usefixtures("told_by_a_proxy")
def test_an_incident_is_acknowledged_by_whoever_reads(
    open_page: Any, system: System, incident: Incident
) -> None:
    page = open_page("data_flow.py", integration=incident.integration_id, incident="outage")
    page.text_input(key="reason_outage").set_value("Kim sees to it")
    click(page, "Acknowledge")
    answered = told(system, incident)
    assert (answered.acknowledged_by, answered.reason) == ("test@example.com", "Kim sees to it")
    assert "Kim sees to it" in shown(page)


@pytest.mark.usefixtures("told_by_a_proxy")
def test_silence_without_a_reason_is_refused_in_words(
    open_page: Any, system: System, incident: Incident
) -> None:
    page = open_page("data_flow.py", integration=incident.integration_id, incident="outage")
    click(page, "Silence")
    assert "Say why" in shown(page)
    page.text_input(key="reason_outage").set_value("maintenance")
    click(page, "Silence")
    assert told(system, incident).silenced_until == NOW + timedelta(hours=1)
    assert "Silenced until" in shown(page)
    assert plain("Silenced by test@example.com. maintenance") in shown(page)
