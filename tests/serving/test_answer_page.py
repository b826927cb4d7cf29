"""The link in a message: opening it changes nothing, its button acknowledges or silences, and it works once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import escape

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from data.alerts import Alert, alert, notifications
from data.integrations import Integration
from data.watch import Incident
from services.alerting.links import answer_link
from services.audit import entries
from services.notifications import channels
from services.notifications.channels import ChannelDraft
from services.serving.answer_page import answer_route
from services.system import System
from services.watch.incidents import save_incidents
from tests.conftest import NOW, Clock


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    app = Starlette(routes=[answer_route(system)])
    with TestClient(app, base_url="http://127.0.0.1:8501") as client:
        yield client


@pytest.fixture
def link(system: System, integration: Integration) -> str:
    """The path of the link that a channel named On call was sent of an incident."""
    channels.add(system, ChannelDraft("On call", "json://127.0.0.1:9", language="de"))
    opened_at = NOW - timedelta(hours=1)
    incident = Incident(integration.integration_id, "outage", opened_at, NOW, None, "silent", "key_revoked")
    save_incidents(system, [incident])
    (one,) = notifications(system.database, integration.integration_id, "outage")
    return answer_link(system, one).removeprefix("http://127.0.0.1:8501")


def told_of(system: System, integration: Integration) -> Alert:
    found = alert(system.database, integration.integration_id, "outage")
    assert found is not None
    return found


def test_a_program_that_follows_the_link_acknowledges_nothing(
    system: System, integration: Integration, client: TestClient, link: str
) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = client.request(method, link)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
    page = client.get(link).text
    assert '<html lang="de">' in page
    assert "Kundenservice: Stille" in page
    assert 'method="post"' in page
    assert told_of(system, integration).acknowledged_at is None


def test_the_button_acknowledges_once_with_its_reason(
    system: System, integration: Integration, client: TestClient, link: str
) -> None:
    assert client.post(link, data={"action": "acknowledge", "reason": "Kim sees to it"}).status_code == 200
    answered = told_of(system, integration)
    assert (answered.acknowledged_at, answered.acknowledged_by) == (NOW, "On call")
    assert answered.reason == "Kim sees to it"
    assert client.get(link).status_code == 410
    assert client.post(link, data={"action": "silence", "hours": "4", "reason": "x"}).status_code == 410
    assert told_of(system, integration).silenced_until is None


def test_silence_wants_a_reason_and_leaves_the_link_unused_without_one(
    system: System, integration: Integration, client: TestClient, link: str
) -> None:
    refused = client.post(link, data={"action": "silence", "hours": "4"})
    assert refused.status_code == 422
    assert 'method="post"' in refused.text
    assert client.post(link, data={"action": "silence", "hours": "many", "reason": "x"}).status_code == 422
    done = client.post(link, data={"action": "silence", "hours": "4", "reason": "<b>maintenance</b>"})
    assert done.status_code == 200
    assert told_of(system, integration).silenced_until == NOW + timedelta(hours=4)


def test_the_audit_log_names_the_channel_whose_link_it_was(
    system: System, client: TestClient, link: str
) -> None:
    client.post(link, data={"action": "acknowledge", "reason": "on it"})
    (entry,) = [one for one in entries(system, NOW, NOW + timedelta(days=1)) if one.subject == "outage"]
    assert (entry.who, entry.role, entry.action) == ("On call", "support", "incident_acknowledged")
    assert entry.after == {"reason": "on it"}
    assert entry.address == "testclient"


@pytest.mark.parametrize("hours", ["²", "٣", "5", "-1", "9" * 400, "1e3"])
def test_what_is_none_of_the_hours_is_refused(client: TestClient, link: str, hours: str) -> None:
    sent = {"action": "silence", "hours": hours, "reason": "x"}
    assert client.post(link, data=sent).status_code == 422


def test_what_was_typed_is_kept_when_it_is_refused(client: TestClient, link: str) -> None:
    long = "<b>" + "x" * 498
    refused = client.post(link, data={"action": "acknowledge", "reason": long})
    assert refused.status_code == 422
    assert f'value="{escape(long)}"' in refused.text
    assert "500 Zeichen" in refused.text


def test_a_link_ends_after_a_week_and_with_its_channel(
    system: System, client: TestClient, link: str, clock: Clock
) -> None:
    clock.advance(days=6, hours=23)
    assert client.get(link).status_code == 200
    clock.advance(hours=1)
    assert client.get(link).status_code == 410
    assert "sieben Tage" in client.get(link).text
    assert client.post(link, data={"action": "acknowledge"}).status_code == 410
    (channel,) = channels.all_channels(system)
    channels.remove(system, channel.channel_id)
    assert client.get(link).status_code == 404


def test_a_link_answers_its_own_incident_and_no_other(
    system: System, integration: Integration, client: TestClient, link: str
) -> None:
    opened_at = NOW - timedelta(hours=1)
    other = Incident(integration.integration_id, "other", opened_at, NOW, None, "partial_loss", "queue_gone")
    save_incidents(system, [other])
    assert client.post(link, data={"action": "acknowledge"}).status_code == 200
    untouched = alert(system.database, integration.integration_id, "other")
    assert untouched is not None
    assert untouched.acknowledged_at is None


def test_what_is_over_needs_no_answer(
    system: System, integration: Integration, client: TestClient, link: str
) -> None:
    opened_at = NOW - timedelta(hours=1)
    ended = Incident(integration.integration_id, "outage", opened_at, NOW, NOW, "silent", "key_revoked")
    save_incidents(system, [ended])
    assert client.get(link).status_code == 410
    assert client.post(link, data={"action": "acknowledge"}).status_code == 410


def test_a_link_that_was_changed_or_made_up_opens_nothing(
    system: System, client: TestClient, link: str
) -> None:
    changed = re.sub(r"(.)$", lambda end: "A" if end[1] != "A" else "B", link[:-4]) + link[-4:]
    other_secret = "/alerts/" + system.vault.lock("json://127.0.0.1:9")
    for path in (changed, "/alerts/nonsense", other_secret, "/alerts/" + system.vault.lock("answer/i/n")):
        assert client.get(path).status_code == 404
        assert client.post(path, data={"action": "acknowledge"}).status_code == 404


def test_a_long_body_is_refused(client: TestClient, link: str) -> None:
    assert client.post(link, data={"reason": "x" * 20_000}).status_code == 413
