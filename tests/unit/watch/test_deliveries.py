"""What came and was not taken: when it is a loss, when a hint, and what mends it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.activity import Activity, ActivityKind
from services.translation import Words
from services.watch.evidence import Evidence
from services.watch.faq import path
from services.watch.findings import door_is_shut
from services.watch.verdict import decide
from services.watch.words import headline, hints
from tests.unit.watch.test_verdict import NOW, ago, evidence, key, probe, reading, refusal, stream


def came(
    kind: ActivityKind, first: datetime, last: datetime = ago(seconds=20), count: int = 5, key_id: str = ""
) -> Activity:
    return Activity("i", key_id, kind, first, count, first, last)


def by_webhook(**more: object) -> Evidence:
    """An integration without an app, whose webhook delivered until ten minutes ago."""
    told: dict[str, object] = {
        "keys": (),
        "webhook": True,
        "last_accepted_at": None,
        "last_heartbeat_at": None,
        "heartbeat_interval": None,
        "last_event_at": ago(minutes=10),
        "last_webhook_at": ago(minutes=10),
        "last_contact_pushed_at": ago(minutes=10),
    }
    return evidence(**told | more)


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("bad_signature", "paste_public_key"),
        ("bad_signature_altered", "check_proxy"),
        ("no_public_key", "paste_public_key"),
        ("wrong_address", "correct_webhook_address"),
    ],
)
def test_a_webhook_that_is_turned_away_is_named_with_its_own_step(kind: ActivityKind, step: str) -> None:
    refused = by_webhook(not_taken=(came(kind, ago(minutes=4)),))
    verdict = decide(refused)
    assert (verdict.data_flow, verdict.cause, verdict.since) == ("silent", "webhook_refused", ago(minutes=4))
    found = path(verdict)
    assert found.step == step
    assert found.answers[-1] == ("deliveries_taken", False)
    assert "turned away" in headline(verdict, Words())
    assert door_is_shut(refused)
    first = replace(
        refused, last_event_at=None, last_webhook_at=None, last_contact_pushed_at=None, reading=None
    )
    assert (decide(first).data_flow, decide(first).cause) == ("waiting", "webhook_refused")


def test_one_refusal_alone_is_no_verdict_until_nothing_follows() -> None:
    one = by_webhook(not_taken=(came("bad_signature", ago(minutes=1), ago(minutes=1), 1),))
    assert decide(one).data_flow == "receiving"
    assert [finding.cause for finding in decide(one).hints] == ["webhook_refused"]
    alone = by_webhook(
        last_webhook_at=ago(hours=1),
        last_event_at=ago(hours=1),
        not_taken=(came("bad_signature", ago(minutes=11), ago(minutes=11), 1),),
    )
    assert decide(alone).cause == "webhook_refused"


def test_what_was_refused_before_the_last_delivery_is_over_and_stays_a_hint_for_an_hour() -> None:
    over = by_webhook(last_webhook_at=ago(seconds=5), not_taken=(came("bad_signature", ago(minutes=4)),))
    verdict = decide(over)
    assert (verdict.data_flow, verdict.cause) == ("receiving", "none")
    assert "turned away" in " ".join(hints(verdict, Words()))
    later = replace(over, now=NOW + timedelta(hours=2), reading=reading())
    assert decide(later).hints == ()


def test_a_refused_webhook_is_a_hint_while_the_app_tells() -> None:
    both = evidence(
        webhook=True, last_webhook_at=ago(days=1), not_taken=(came("no_public_key", ago(hours=2)),)
    )
    verdict = decide(both)
    assert (verdict.data_flow, [finding.cause for finding in verdict.hints]) == (
        "receiving",
        ["webhook_refused"],
    )
    lost = decide(replace(both, reading=reading(stream(silence=1.2))))
    assert (lost.data_flow, lost.cause) == ("silent", "webhook_refused"), "it explains what the figures miss"


def test_nothing_was_lost_when_freshchat_says_so() -> None:
    refused = by_webhook(
        last_webhook_at=ago(hours=1),
        last_event_at=ago(hours=1),
        not_taken=(came("bad_signature", ago(minutes=20), ago(minutes=12)),),
    )
    assert decide(refused).data_flow == "silent"
    assert decide(replace(refused, probe=probe(12, 12))).data_flow == "receiving"


def test_a_webhook_that_fell_silent_after_our_own_503_is_looked_for_at_freshchat() -> None:
    unanswered = came("store_unavailable", ago(minutes=50), ago(minutes=20), 40)
    silent = by_webhook(
        last_webhook_at=ago(minutes=51), last_event_at=ago(minutes=51), not_taken=(unanswered,)
    )
    verdict = decide(silent)
    assert (verdict.data_flow, verdict.cause, verdict.since) == ("silent", "webhook_refused", ago(minutes=50))
    assert path(verdict).step == "switch_webhook_on"
    assert "answered 503" in headline(verdict, Words())
    resumed = replace(silent, last_webhook_at=ago(minutes=1), last_event_at=ago(minutes=1))
    assert decide(resumed).data_flow == "receiving"
    just_now = replace(silent, not_taken=(came("store_unavailable", ago(minutes=5), ago(minutes=1), 9),))
    assert decide(just_now).data_flow == "receiving", "Freshchat may be about to send it again"
    app = came("store_unavailable", ago(minutes=50), ago(minutes=20), 40, "old")
    assert decide(replace(silent, not_taken=(app,))).cause != "webhook_refused", "the app sends again itself"


@pytest.mark.parametrize(
    "kind", ["webhook_not_understood", "webhook_unknown_event", "bad_event", "bad_json", "not_json"]
)
def test_deliveries_that_nobody_understands_are_a_verdict(kind: ActivityKind) -> None:
    key_id = "" if kind.startswith("webhook") else "old"
    unread = evidence(
        last_event_at=ago(minutes=30), not_taken=(came(kind, ago(minutes=25), key_id=key_id, count=9),)
    )
    verdict = decide(unread)
    assert (verdict.data_flow, verdict.cause) == ("silent", "events_not_understood")
    assert verdict.since == ago(minutes=25)
    assert path(verdict).answers[-1] == ("deliveries_taken", False)
    assert "none could be read since" in headline(verdict, Words())
    first = replace(unread, last_event_at=None, last_contact_pushed_at=None, reading=None)
    assert (decide(first).data_flow, decide(first).cause) == ("waiting", "events_not_understood")
    assert "none could be read" in headline(decide(first), Words())


def test_a_renamed_event_explains_what_the_figures_miss_while_others_are_understood() -> None:
    renamed = evidence(not_taken=(came("webhook_unknown_event", ago(minutes=40)),))
    calm = decide(renamed)
    assert (calm.data_flow, calm.cause) == ("receiving", "none")
    assert "could not be read" in " ".join(hints(calm, Words()))
    lost = decide(replace(renamed, reading=reading(stream(silence=1.2))))
    assert (lost.data_flow, lost.cause) == ("silent", "events_not_understood")
    assert path(lost).step == "contact_support"


def test_a_wrong_secret_beside_the_right_key_claims_no_loss() -> None:
    own = key(last=ago(minutes=1))
    own = replace(own, last_told_at=ago(minutes=1))
    foreign = refusal(own, "unknown_key", last=ago(seconds=5), count=300)
    told = evidence(
        keys=(own,),
        refusals=(foreign,),
        not_taken=(came("unknown_key", ago(minutes=14), ago(seconds=5), 14, "old"),),
    )
    verdict = decide(told)
    assert (verdict.data_flow, verdict.cause) == ("receiving", "none")
    assert "Somebody sends a wrong secret" in " ".join(hints(verdict, Words()))
    once = replace(told, not_taken=(came("unknown_key", ago(seconds=5), ago(seconds=5), 1, "old"),))
    assert decide(once).data_flow == "receiving"


def test_a_key_that_was_mistyped_in_the_app_is_a_loss_at_once() -> None:
    own = replace(key(last=ago(minutes=3)), last_told_at=ago(minutes=3))
    mistyped = evidence(
        keys=(own,),
        refusals=(refusal(own, "malformed_key", last=ago(seconds=5)),),
        not_taken=(came("malformed_key", ago(minutes=2), ago(seconds=5), 4, "old"),),
        last_accepted_at=ago(minutes=3),
        last_event_at=ago(minutes=3),
    )
    verdict = decide(mistyped)
    assert (verdict.data_flow, verdict.cause) == ("silent", "key_unknown")
    by_hand = replace(mistyped, keys=(replace(own, last_used_at=ago(seconds=30)),))
    assert decide(by_hand).data_flow == "silent", "a person who tries the key by hand is not the app"


def test_what_is_learning_claims_only_what_was_seen() -> None:
    learning = evidence(reading=reading(learning=True))
    assert "The last contact arrived on" in headline(decide(learning), Words())
    nothing = replace(learning, last_contact_pushed_at=None, last_contact_resolved_at=ago(days=1))
    assert "no contact was among them yet" in headline(decide(nothing), Words())


def test_an_app_that_gave_way_to_the_webhook_is_not_missed() -> None:
    gone = evidence(last_accepted_at=ago(hours=3), last_heartbeat_at=ago(hours=3), webhook=True)
    assert decide(gone).cause == "heartbeat_missing"
    for delivered_at in (ago(minutes=2), ago(hours=2)):
        verdict = decide(replace(gone, last_webhook_at=delivered_at))
        assert (verdict.data_flow, verdict.cause) == ("receiving", "none")
        assert [finding.cause for finding in verdict.hints] == ["heartbeat_missing"]
    both_stopped = replace(gone, last_webhook_at=ago(hours=3))
    assert decide(both_stopped).cause == "heartbeat_missing"
