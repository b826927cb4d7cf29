"""What came and was not taken: named within minutes, with the right cause, and over when it is mended."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from data.database import StoreUnavailable
from data.watch import incidents
from services.closed_days import close_span
from services.integrations import injixo_key
from services.translation import Words
from services.watch.words import headline
from tests.api.freshchat_sender import paste_key, shown, signature
from tests.scenarios.world import World
from tests.store.account import Resolution
from tests.store.failing import refusing

Change = Callable[[dict[str, Any]], Any]


class Webhook:
    """Freshchat's own webhook; what it sends, where to and how it signs can be changed at will."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.key = generate_private_key(65537, 2048)
        self.address = world.integration.integration_id
        self.change: Change = lambda payload: payload
        self.pack: Callable[[bytes], bytes] = lambda body: body
        self.headers: dict[str, str] = {}
        self.switched_on = True

    def deliver(self, chat: Resolution) -> None:
        if not self.switched_on:
            return
        assert chat.group is not None
        conversation = {
            "conversation_id": chat.chat_id,
            "status": "resolved",
            "assigned_group_id": chat.group[0],
        }
        payload = {
            "action": "conversation_resolution",
            "action_time": chat.at.isoformat(),
            "data": {"resolve": {"conversation": conversation, "interaction_id": chat.interaction_id}},
        }
        body = self.pack(json.dumps(self.change(payload)).encode())
        self.world.http.post(
            f"/api/v1/freshchat/webhooks/{self.address}",
            content=body,
            headers={"X-Freshchat-Signature": signature(self.key, body)} | self.headers,
        )


@pytest.fixture
def webhook(world: World) -> Webhook:
    """The world without its app, its contacts told by the webhook alone."""
    sender = Webhook(world)
    paste_key(world.system, world.integration, shown(sender.key))
    world.installed = False
    world.deliver = sender.deliver
    world.run(60)  # the app is gone: what it told is an outage that the webhook has ended
    assert world.panel().verdict.data_flow == "receiving"
    return sender


def new_key(webhook: Webhook) -> RSAPrivateKey:
    webhook.key = generate_private_key(65537, 2048)
    return webhook.key


def no_key(webhook: Webhook) -> None:
    paste_key(webhook.world.system, webhook.world.integration, "")


def wrong_address(webhook: Webhook) -> None:
    webhook.address = "somewhere"


@pytest.mark.parametrize(
    ("breaks", "step"),
    [
        (new_key, "paste_public_key"),
        (no_key, "paste_public_key"),
        (wrong_address, "correct_webhook_address"),
    ],
)
def test_a_webhook_that_is_turned_away_is_named_within_minutes(
    webhook: Webhook, breaks: Callable[[Webhook], object], step: str
) -> None:
    world, address = webhook.world, webhook.address
    breaks(webhook)
    began_at = world.clock.now
    assert minutes_until(world, "webhook_refused") <= 15
    panel = world.panel()
    assert panel.verdict.since is not None
    assert began_at <= panel.verdict.since
    assert panel.path.step == step
    webhook.address = address
    paste_key(world.system, world.integration, shown(webhook.key))
    world.verdict_within(30, "receiving", "none")
    (incident,) = [known for known in all_incidents(world) if known.cause == "webhook_refused"]
    assert incident.closed_at is not None


def test_freshchat_gives_the_webhook_up_after_our_own_503(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = webhook.world
    with refusing(monkeypatch):
        for _ in range(30):
            with_patience(world)
        shown_now = world.panel()
        assert (shown_now.verdict.data_flow, shown_now.verdict.cause) == ("unknown", "store_failing")
    webhook.switched_on = False
    assert minutes_until(world, "webhook_refused") <= 15
    panel = world.panel()
    assert panel.path.step == "switch_webhook_on"
    assert "answered 503" in headline(panel.verdict, Words())
    webhook.switched_on = True
    world.verdict_within(30, "receiving", "none")


def capitals(payload: dict[str, Any]) -> Any:
    return payload | {"action": "CONVERSATION_RESOLUTION"}


def renamed(payload: dict[str, Any]) -> Any:
    return payload | {"action": "conversation_resolved"}


def other_fields(payload: dict[str, Any]) -> Any:
    return payload | {"data": {"resolution": payload["data"]["resolve"]}}


@pytest.mark.parametrize(
    "change", [renamed, other_fields, None], ids=["renamed", "other fields", "compressed"]
)
def test_deliveries_that_nobody_understands_are_named_within_minutes(
    webhook: Webhook, change: Change | None
) -> None:
    world = webhook.world
    if change is None:
        webhook.pack, webhook.headers = gzip.compress, {"Content-Encoding": "gzip"}
    else:
        webhook.change = change
    assert minutes_until(world, "events_not_understood") <= 15
    assert "none could be read since" in headline(world.panel().verdict, Words())
    webhook.pack, webhook.headers, webhook.change = (lambda body: body), {}, capitals
    world.verdict_within(30, "receiving", "none")


def test_a_wrong_secret_beside_the_right_key_is_no_outage(world: World) -> None:
    wrong = with_wrong_secret(world.key)
    for _ in range(45):
        for _ in range(4):
            answer = world.http.post("/api/v1/events", json=[], headers={"Authorization": f"Bearer {wrong}"})
            assert answer.status_code == 401
        world.minute()
        assert world.panel().verdict.data_flow == "receiving"
    assert [finding.cause for finding in world.panel().verdict.hints] == ["key_unknown"]
    assert all_incidents(world) == []
    world.key = wrong  # now the app itself was given the wrong one
    assert minutes_until(world, "key_unknown") <= 15


def test_the_app_is_stopped_in_a_planned_closure(world: World) -> None:
    now = world.clock.now
    close_span(world.system, world.integration.integration_id, now, now + timedelta(hours=2), kind="downtime")
    world.installed, world.quiet = False, True
    seen = set()
    for _ in range(110):
        world.minute()
        seen.add(world.panel().verdict.data_flow)
    assert not seen & {"silent", "partial_loss", "confirmed_loss"}
    assert all_incidents(world) == []
    world.quiet = False  # the closure ends, the chats come back, and nobody started the app again
    world.run(10)
    began_at = now + timedelta(hours=2)
    assert minutes_until(world, "heartbeat_missing") <= 45
    (incident,) = all_incidents(world)
    lost = [chat for chat in world.account.resolutions if began_at <= chat.at <= world.clock.now]
    assert incident.missed is not None
    assert incident.missed <= 2 * len(lost) + 5, "what nobody expected in the closure was not missed"


def with_wrong_secret(key: str) -> str:
    """Return a key with the same id, another secret and the right checksum for it."""
    prefix, key_id, secret, _ = key.split("_")
    body = f"{prefix}_{key_id}_{secret[::-1]}"
    return f"{body}_{injixo_key._checksum(body)}"


def minutes_until(world: World, cause: str) -> int:
    for minute in range(1, 91):
        world.minute()
        if world.panel().verdict.cause == cause and world.panel().verdict.broken:
            return minute
    raise AssertionError(f"not within 90 minutes; it says {world.panel().verdict}")


def all_incidents(world: World) -> list[Any]:
    return incidents(world.system.database, world.integration.integration_id)


def with_patience(world: World) -> None:
    """Let a minute pass in which the watcher, too, cannot write."""
    try:
        world.minute()
    except StoreUnavailable:
        return
