"""What the simulated app sends, against a receiver that records it."""

from typing import Any

import pytest

from simulator.delivery import AT_ONCE
from simulator.times import read_instant
from tests.simulator.support import Receiver, Running, eventually, moved, sample


def resolutions(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events that tell of a resolution."""
    updates = [it for it in events if it.get("event") == "onConversationUpdate"]
    return [
        it for it in updates if it["data"]["changes"]["model_changes"].get("status", [""])[-1] == "resolved"
    ]


def chat_ids(events: list[dict[str, Any]]) -> list[str]:
    return [it["data"]["conversation"]["conversation_id"] for it in resolutions(events)]


@pytest.fixture
def installed(account: Running, receiver: Receiver) -> Running:
    """An account whose app has a key and has sent its history; it repeats and reorders nothing."""
    account.switch(duplicate_share=0, reorder_share=0)
    account.install(receiver)
    eventually(lambda: account.control.get("/control").json()["app"]["history"]["state"] == "sent")
    receiver.requests.clear()
    return account


def test_the_installation_page_shows_the_receivers_answer(account: Running, receiver: Receiver) -> None:
    answer = account.install(receiver, "ijx_one")["answer"]
    assert (answer["status"], answer["body"]["integration"]["id"]) == (200, "one")
    assert receiver.to("/api/v1/connection")[0].headers["authorization"] == "Bearer ijx_one"


def test_the_first_key_brings_the_whole_history_in_bounded_batches(
    account: Running, receiver: Receiver
) -> None:
    account.install(receiver)
    eventually(lambda: account.control.get("/control").json()["app"]["history"]["state"] == "sent")
    batches = [it for it in receiver.to("/api/v1/events") if "events" in it.body]
    assert all(len(it.body["events"]) <= 500 and len(it.raw) <= 1_048_576 for it in batches)
    sent = chat_ids([event for it in batches for event in it.body["events"]])
    truth = [it["chat_id"] for it in account.truth()["chats"]]
    assert sorted(sent) == sorted(truth[: len(sent)])
    assert len(truth) - len(sent) <= 5  # what was resolved meanwhile came as live events


def test_the_history_is_sent_once_for_each_integration(installed: Running, receiver: Receiver) -> None:
    installed.install(receiver, "ijx_two")
    chat = installed.resolve(group="VIP")[0]["chat_id"]
    eventually(lambda: chat in chat_ids(receiver.events()))
    assert not [it for it in receiver.to("/api/v1/events") if "events" in it.body]
    assert receiver.to("/api/v1/events")[-1].headers["authorization"] == "Bearer ijx_two"


def test_a_resolution_is_pushed_as_a_full_product_event(installed: Running, receiver: Receiver) -> None:
    chat = installed.resolve(group="Technik")[0]
    event = eventually(lambda: next((it for it in resolutions(receiver.events())), None))
    expected = sample("fdk-product-events/onConversationUpdate.json")
    assert set(event) == set(expected)
    assert set(expected["data"]) == set(event["data"])
    assert set(expected["data"]["conversation"]) <= set(event["data"]["conversation"])
    assert set(expected["data"]["associations"]) == set(event["data"]["associations"])
    assert event["data"]["conversation"]["resolved_time"] == chat["resolved_at"]
    assert event["data"]["associations"]["group"]["name"] == "Technik"
    assert event["timestamp"] == read_instant(chat["resolved_at"]).timestamp() * 1000
    assert (
        event["data"]["associations"]["user"]["email"]
        in installed.control.get("/control/personal-data").json()["emails"]
    )


def test_a_new_chat_is_pushed_too(installed: Running, receiver: Receiver) -> None:
    installed.resolve()
    event = eventually(
        lambda: next((it for it in receiver.events() if it["event"] == "onConversationCreate"), None)
    )
    assert set(event) == set(sample("fdk-product-events/onConversationCreate.json"))
    assert event["data"]["conversation"]["messages"][0]["message_parts"][0]["text"]["content"]


def test_heartbeats_come_by_themselves(installed: Running, receiver: Receiver) -> None:
    beat = eventually(lambda: receiver.to("/api/v1/heartbeat"))[0]
    assert beat.body == {"app_version": "1.0.0"}


def test_an_uninstalled_app_sends_nothing(installed: Running, receiver: Receiver) -> None:
    installed.switch(app_installed=False)
    installed.resolve(count=3)
    receiver.requests.clear()
    installed.switch(app_installed=True)
    chat = installed.resolve()[0]["chat_id"]
    eventually(lambda: chat in chat_ids(receiver.events()))
    assert chat_ids(receiver.events()) == [chat]


def test_one_queue_can_be_lost(installed: Running, receiver: Receiver) -> None:
    installed.switch(lose_group="VIP")
    lost, kept = (
        installed.resolve(group="VIP")[0]["chat_id"],
        installed.resolve(group="Rechnung")[0]["chat_id"],
    )
    eventually(lambda: kept in chat_ids(receiver.events()))
    assert lost not in chat_ids(receiver.events())


def test_a_share_can_be_lost_and_repeated(installed: Running, receiver: Receiver) -> None:
    installed.switch(lose_share=0.6)
    installed.resolve(count=100)
    installed.switch(lose_share=0, duplicate_share=1)
    last = installed.resolve()[0]["chat_id"]
    eventually(lambda: chat_ids(receiver.events()).count(last) == 2)
    assert 15 < len(set(chat_ids(receiver.events()))) < 70


def test_events_can_come_in_another_order(
    installed: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.delivery.HELD_BACK_SECONDS", 1.5)
    installed.switch(reorder_share=0.5)
    told = [it["chat_id"] for it in installed.resolve(count=40)]
    eventually(lambda: len(chat_ids(receiver.events())) == 40)
    assert moved(told, chat_ids(receiver.events())) > AT_ONCE


def test_a_refused_key_is_kept_until_a_person_pastes_another(installed: Running, receiver: Receiver) -> None:
    receiver.status = lambda request: 401 if request.headers["authorization"] == "Bearer ijx_key" else 202
    lost = installed.resolve()[0]["chat_id"]  # opened and resolved: two events
    eventually(lambda: installed.control.get("/control").json()["app"]["counts"]["refused"] == 2)
    assert receiver.to("/api/v1/events")[-1].headers["authorization"] == "Bearer ijx_key"
    receiver.requests.clear()
    installed.control.post("/control/app", json={"key": "ijx_new"})
    chat = installed.resolve()[0]["chat_id"]
    eventually(lambda: chat in chat_ids(receiver.events()))
    assert lost not in chat_ids(receiver.events())


def test_an_event_is_tried_again_and_then_lost_for_good(
    installed: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.app_push.TRY_AGAIN_SECONDS", 0.01)
    receiver.status = lambda request: 503
    lost = installed.resolve()[0]["chat_id"]
    eventually(lambda: installed.control.get("/control").json()["app"]["counts"]["lost"] >= 2)
    assert chat_ids(receiver.events()).count(lost) == 4
    receiver.status = lambda request: 202
    receiver.requests.clear()
    chat = installed.resolve()[0]["chat_id"]
    eventually(lambda: chat in chat_ids(receiver.events()))
    assert lost not in chat_ids(receiver.events())
