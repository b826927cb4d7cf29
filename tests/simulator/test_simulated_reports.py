"""The simulated raw reports: ordered, polled, downloaded elsewhere, and what can go wrong with them."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from simulator.extracts import EVENTS
from simulator.times import iso
from tests.patience import PATIENCE
from tests.simulator.support import TOKEN, Running, in_json, sample


@pytest.fixture
def desk(account: Running) -> Running:
    """An account whose reports are not limited to one a minute."""
    account.switch(report_limits=False, report_polls=1)
    return account


def order(
    account: Running, event: str = "Conversation-Resolved", days: float = 8, **more: str | bool
) -> httpx.Response:
    end = account.simulator.account.now()
    body = {"start": iso(end - timedelta(days=days)), "end": iso(end), "event": event, "format": "csv"}
    return account.api.post("/v2/reports/raw", json=body | more)


def poll(account: Running, answer: httpx.Response) -> dict[str, Any]:
    """Ask until the report is no longer pending."""
    href = f"/v2{answer.json()['link']['href']}"
    while (found := in_json(account.api.get(href)))["status"] == "PENDING":
        continue
    return found


def download(link: dict[str, Any]) -> httpx.Response:
    return httpx.get(link["link"]["href"], timeout=PATIENCE, trust_env=False)


def rows(account: Running, answer: httpx.Response) -> list[dict[str, str]]:
    return [row for link in poll(account, answer)["links"] for row in read(download(link).content)]


def read(content: bytes) -> Iterator[dict[str, str]]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read(archive.namelist()[0])
    assert content.startswith(b"\xef\xbb\xbf")
    yield from csv.DictReader(io.StringIO(content.decode("utf-8-sig")))


def test_a_report_is_pending_and_then_has_several_links(desk: Running) -> None:
    answer = order(desk)
    expected = sample("rest/reports-raw-post-response.json")
    assert set(answer.json()) == set(expected)
    assert answer.json()["link"]["href"] == f"/reports/raw/{answer.json()['id']}"
    pending = desk.api.get(f"/v2{answer.json()['link']['href']}").json()
    assert pending["status"] == "PENDING"
    assert set(pending) == set(sample("rest/RECONSTRUCTED-reports-raw-get-pending.json"))
    done = poll(desk, answer)
    expected = sample("rest/RECONSTRUCTED-reports-raw-get-completed.json")
    assert done["status"] == "COMPLETED"
    assert len(done["links"]) == 2
    assert set(done["links"][0]) == set(expected["links"][0])
    assert datetime.strptime(done["interval"].split("_")[0], "%Y-%m-%d %H:%M:%S.%f")  # noqa: DTZ007


@pytest.mark.parametrize(("form", "start"), [("zip", b"PK"), ("csv", b"\xef\xbb\xbf")])
def test_the_rows_are_what_was_resolved(desk: Running, form: str, start: bytes) -> None:
    desk.switch(report_format=form)
    found = poll(desk, order(desk))
    assert download(found["links"][0]).content.startswith(start)
    reported = [row for link in found["links"] for row in read(download(link).content)]
    truth = desk.truth(**{"from": found["links"][0]["from"], "to": found["links"][-1]["to"]})["chats"]
    assert {(it["conversation_id"], it["interaction_id"], it["group_name"]) for it in reported} == {
        (it["chat_id"], it["interaction_id"], it["group"] or "") for it in truth
    }
    assert len(reported) == len(truth)


def test_a_report_has_what_was_resolved_a_moment_ago(desk: Running) -> None:
    chats = {it["chat_id"] for it in desk.resolve(count=5)}
    soon = iso(desk.simulator.account.now() + timedelta(minutes=1))
    assert chats <= {it["conversation_id"] for it in rows(desk, order(desk, end=soon))}


def test_personal_data_can_be_left_out(desk: Running) -> None:
    assert "agent_name" in rows(desk, order(desk))[0]
    assert "agent_name" not in rows(desk, order(desk, should_exclude_pii=True))[0]


def test_every_documented_event_can_be_ordered(desk: Running) -> None:
    desk.resolve(count=3)
    for event in EVENTS:
        assert order(desk, event, days=1).status_code == 200
    transcript = rows(desk, order(desk, "Chat-Transcript", days=1))
    assert {"message", "actor_email"} <= set(transcript[0])
    durations = rows(desk, order(desk, "Resolution-Time", days=1))
    assert all(float(it["value_in_seconds"]) > 0 for it in durations)


def test_the_download_host_refuses_and_notes_an_authorization(desk: Running) -> None:
    link = poll(desk, order(desk))["links"][0]
    assert httpx.URL(link["link"]["href"]).port != httpx.URL(desk.url).port
    refused = httpx.get(
        link["link"]["href"], headers={"Authorization": f"Bearer {TOKEN}"}, timeout=PATIENCE, trust_env=False
    )
    assert refused.status_code == 400
    assert download(link).status_code == 200
    noted = desk.control.get("/control/calls").json()["downloads"]
    assert [(it["authorization_sent"], it["token_sent"]) for it in noted] == [(True, True), (False, False)]


def test_an_expired_link_is_refused_and_a_fresh_one_works(desk: Running) -> None:
    desk.switch(expired_links=True)
    answer = order(desk)
    assert [download(it).status_code for it in poll(desk, answer)["links"]] == [403, 403]
    assert [download(it).status_code for it in poll(desk, answer)["links"]] == [200, 200]


def test_a_report_or_one_of_its_links_can_fail(desk: Running) -> None:
    desk.switch(report_fails="report")
    failed = poll(desk, order(desk))
    assert (failed["status"], failed["links"]) == ("FAILED", [])
    desk.switch(report_fails="link")
    halved = poll(desk, order(desk))
    assert [it["status"] for it in halved["links"]] == ["FAILED", "COMPLETED"]
    assert "link" not in halved["links"][0]


def test_late_rows_appear_in_a_later_report(desk: Running) -> None:
    desk.resolve(count=40, group="VIP")
    desk.switch(late_rows=0.5)
    early, later = rows(desk, order(desk)), rows(desk, order(desk))
    assert len(early) < len(later)
    assert {it["interaction_id"] for it in early} < {it["interaction_id"] for it in later}


def test_one_report_a_minute(account: Running) -> None:
    assert order(account).status_code == 200
    refused = order(account)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    "wrong",
    [
        {"event": "Conversation-Vanished"},
        {"format": "xml"},
        {"start": "2020-01-01T00:00:00.000Z", "end": "2020-01-02T00:00:00.000Z"},
        {"end": "2020-01-02T00:00:00.000Z"},
        {"event": "Chat-Transcript"},
    ],
)
def test_a_wrong_order_is_refused(desk: Running, wrong: dict[str, Any]) -> None:
    assert order(desk, **wrong).status_code == 400
