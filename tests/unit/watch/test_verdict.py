"""One verdict from all evidence, strongest first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from data.probes import Comparison, Probe
from data.watch import Cause, DataFlow, Incident
from services.causes import CAUSES
from services.detector import Reading, StreamReading, Suspicion
from services.translation import Words
from services.watch.evidence import Evidence, KeyFacts, Refusal
from services.watch.faq import not_asked, path, step_for_gap
from services.watch.findings import door_is_shut
from services.watch.findings.keys import app_without_key
from services.watch.history import missing_since
from services.watch.lacking import lacking_by_queue, told_pair
from services.watch.verdict import Verdict, decide
from services.watch.words import headline

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def key(
    key_id: str = "old",
    *,
    created: datetime = ago(days=30),
    ended: str | None = None,
    ended_at: datetime | None = None,
    first: datetime | None = ago(days=30),
    last: datetime | None = ago(minutes=1),
) -> KeyFacts:
    return KeyFacts(key_id, f"ijx_{key_id}", created, None, ended, ended_at, first, last)  # type: ignore[arg-type]


def refusal(
    of: KeyFacts, code: str = "revoked_key", *, last: datetime = ago(minutes=1), count: int = 3
) -> Refusal:
    return Refusal(code, of, last - timedelta(minutes=2), last, count)


def suspicion(kind: str = "silence", *, level: float = 0.0, since: datetime = ago(hours=1)) -> Suspicion:
    return Suspicion(kind, since, 41.0, 0, level, 30.0, level >= 1)  # type: ignore[arg-type]


def stream(
    queue: str | None = None, *, silence: float = 0.0, loss: float = 0.0, quiet: bool = False
) -> StreamReading:
    return StreamReading(
        queue,
        suspicion(level=silence),
        suspicion("partial_loss", level=loss),
        judged=True,
        expected_per_hour=20,
        nothing_expected_until=NOW + timedelta(hours=3) if quiet else None,
        earliest_verdict_at=None,
    )


def reading(total: StreamReading | None = None, *queues: StreamReading, learning: bool = False) -> Reading:
    return Reading(NOW, learning, 56, total or stream(), queues)


def evidence(**more: object) -> Evidence:
    """A healthy integration: events a minute ago, a heartbeat five minutes ago, nothing suspicious."""
    healthy = Evidence(
        now=NOW,
        started_at=ago(days=2),
        configuration="operational",
        freshchat_answered_at=ago(hours=5),
        paused_at=None,
        keys=(key(),),
        last_event_at=ago(minutes=1),
        last_contact_pushed_at=ago(minutes=1),
        last_contact_resolved_at=ago(minutes=1),
        last_heartbeat_at=ago(minutes=5),
        last_accepted_at=ago(minutes=1),
        heartbeat_interval=timedelta(minutes=15),
        reading=reading(),
    )
    return replace(healthy, **more)  # type: ignore[arg-type]


def compared(queue: str | None, freshchat: int, received: int, *, loss: bool = False) -> Comparison:
    missing = freshchat - received
    since, until = (ago(hours=2), ago(minutes=6)) if missing else (None, None)
    return Comparison(queue, None, freshchat, received, missing, since, until, freshchat, received, loss)


def probe(
    freshchat: int, received: int, *queues: Comparison, loss: bool = False, answered: bool = True
) -> Probe:
    outcome = "unanswerable" if not answered else "compared" if freshchat else "no_evidence"
    total = compared(None, freshchat, received, loss=loss)
    return Probe("i", ago(minutes=2), ago(hours=3), ago(minutes=5), outcome, total, queues)  # type: ignore[arg-type]


def test_a_healthy_integration_receives() -> None:
    verdict = decide(evidence())
    assert (verdict.data_flow, verdict.cause, verdict.findings) == ("receiving", "none", ())


def test_at_night_nothing_is_expected() -> None:
    assert decide(evidence(reading=reading(stream(quiet=True)))).data_flow == "nothing_expected"


def test_a_short_history_is_learning_and_never_green() -> None:
    assert decide(evidence(reading=reading(learning=True))).data_flow == "learning"
    assert decide(evidence(reading=None)).data_flow == "learning"


def test_half_way_to_the_alarm_is_quieter_than_usual() -> None:
    verdict = decide(evidence(reading=reading(stream(silence=0.6))))
    assert (verdict.data_flow, verdict.expected, verdict.received) == ("quieter_than_usual", 41.0, 0)


def test_without_any_event_it_waits_for_the_app() -> None:
    nothing = evidence(
        last_event_at=None, last_accepted_at=None, last_heartbeat_at=None, keys=(key(first=None, last=None),),
        heartbeat_interval=None, reading=None,
    )  # fmt: skip
    assert (decide(nothing).data_flow, decide(nothing).cause) == ("waiting", "app_not_installed")
    connected = replace(nothing, last_accepted_at=ago(minutes=1))
    assert (decide(connected).data_flow, decide(connected).cause) == ("waiting", "none")


def test_an_app_that_never_connected_is_waited_for_whatever_freshchat_resolved() -> None:
    never = evidence(
        last_event_at=None, last_accepted_at=None, last_heartbeat_at=None, keys=(key(first=None, last=None),),
        heartbeat_interval=None, reading=None, probe=probe(41, 0, loss=True),
    )  # fmt: skip
    assert (decide(never).data_flow, decide(never).cause) == ("waiting", "app_not_installed")
    fetched = reading(stream(silence=1.0))  # a history that Freshchat told lets contacts be expected
    expects = replace(never, reading=fetched, probe=None)
    assert (decide(expects).data_flow, decide(expects).findings) == ("waiting", ())
    connected = replace(never, last_accepted_at=ago(minutes=1))
    assert decide(connected).data_flow == "confirmed_loss"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("revoked_key", "key_revoked"),
        ("expired_key", "key_expired"),
        ("unknown_key", "key_unknown"),
        ("malformed_key", "key_unknown"),
    ],
)
def test_a_refused_key_names_its_cause_at_once(code: str, cause: str) -> None:
    old = key(ended="revoked_key", ended_at=ago(minutes=10), last=ago(minutes=11))
    refused = evidence(
        keys=(old,),
        refusals=(refusal(old, code),),
        last_accepted_at=ago(minutes=11),
        last_event_at=ago(minutes=11),
    )
    verdict = decide(refused)
    assert (verdict.data_flow, verdict.cause) == ("silent", cause)
    assert path(verdict).step == "paste_new_key"


def test_a_key_that_is_refused_while_a_newer_one_lies_unused_needs_no_third_one() -> None:
    old = key(ended="revoked_key", ended_at=ago(minutes=10), last=ago(minutes=11))
    new = key("new", created=ago(minutes=9), first=None, last=None)
    refused = evidence(
        keys=(new, old),
        refusals=(refusal(old),),
        last_accepted_at=ago(minutes=11),
        last_event_at=ago(minutes=11),
    )
    verdict = decide(refused)
    assert (verdict.cause, path(verdict).step) == ("key_revoked", "paste_waiting_key")
    used = replace(new, first_used_at=ago(minutes=8), last_used_at=ago(minutes=8))
    assert path(decide(replace(refused, keys=(used, old)))).step != "paste_waiting_key"


def test_a_refused_key_is_lost_contacts_even_if_other_events_still_arrive() -> None:
    old, other = key("old", ended="revoked_key", ended_at=ago(hours=1), last=ago(hours=1)), key("other")
    verdict = decide(evidence(keys=(other, old), refusals=(refusal(old, last=ago(minutes=2)),)))
    assert (verdict.data_flow, verdict.cause) == ("partial_loss", "key_revoked")


def test_the_data_stopped_when_the_key_ended_and_not_when_it_was_refused() -> None:
    old = key(ended="revoked_key", ended_at=ago(hours=3), last=ago(hours=4))
    verdict = decide(
        evidence(
            keys=(old,), refusals=(refusal(old),), last_accepted_at=ago(hours=4), last_event_at=ago(hours=4),
            heartbeat_interval=None,
        )
    )  # fmt: skip
    assert verdict.since == ago(hours=3)


def test_heartbeats_missed_before_the_key_ended_move_the_beginning_back() -> None:
    old = key(ended="revoked_key", ended_at=ago(hours=3), last=ago(hours=4))
    verdict = decide(
        evidence(
            keys=(old,), refusals=(refusal(old),), last_accepted_at=ago(hours=4), last_event_at=ago(hours=4)
        )
    )
    assert verdict.since == ago(hours=4)


def test_the_last_heartbeat_before_a_key_ended_is_no_beginning_of_the_loss() -> None:
    """The app was heard two minutes before: what came between the two was accepted."""
    ended_at, heard = ago(minutes=32), ago(minutes=34)
    old = key(ended="revoked_key", ended_at=ended_at, last=heard)
    found = decide(
        evidence(
            keys=(old,),
            refusals=(refusal(old),),
            last_accepted_at=heard,
            last_heartbeat_at=heard,
            last_event_at=heard,
        )
    )
    assert {"refused_key", "heartbeat"} <= {finding.source for finding in found.findings}
    assert found.since == ended_at


def test_refusals_end_with_the_first_use_of_a_newer_key() -> None:
    old = key(ended="revoked_key", ended_at=ago(hours=1), last=ago(hours=1))
    new = key("new", created=ago(hours=1), first=ago(minutes=1), last=ago(seconds=5))
    verdict = decide(evidence(keys=(new, old), refusals=(refusal(old, last=ago(minutes=1)),)))
    assert verdict.data_flow == "receiving"


def test_the_door_shut_when_the_last_of_the_keys_ended_that_were_used_at_once() -> None:
    old = key(ended="revoked_key", ended_at=ago(minutes=50), last=ago(hours=1))
    other = key("other", ended="expired_key", ended_at=ago(minutes=5), last=ago(hours=1))
    for keys in ((old, other), (other, old)):
        found = app_without_key(evidence(keys=keys, last_event_at=ago(hours=1)))
        assert found is not None
        assert found.since == ago(minutes=5)


def test_a_new_key_that_was_never_used_is_named_before_anything_was_refused() -> None:
    old = key(ended="revoked_key", ended_at=ago(minutes=5), last=ago(minutes=6))
    new = key("new", created=ago(minutes=5), first=None, last=None)
    verdict = decide(evidence(keys=(new, old), last_accepted_at=ago(minutes=6), last_event_at=ago(minutes=6)))
    assert (verdict.data_flow, verdict.cause) == ("silent", "key_not_installed")
    assert path(verdict).step == "paste_waiting_key"  # it need not be generated: somebody may have it


@pytest.mark.parametrize(("ended", "cause"), [("revoked_key", "key_revoked"), ("expired_key", "key_expired")])
def test_an_app_whose_last_key_ended_is_not_waited_for_to_be_refused(ended: str, cause: str) -> None:
    last = key(ended=ended, ended_at=ago(minutes=5), last=ago(minutes=6))
    shut = evidence(keys=(last,), last_accepted_at=ago(minutes=6), last_event_at=ago(minutes=6))
    verdict = decide(shut)
    assert (verdict.data_flow, verdict.cause, verdict.since) == ("silent", cause, ago(minutes=5))
    assert path(verdict).step == "paste_new_key"
    assert "No injixo API key is valid any more: ijx_old" in headline(verdict, Words())
    assert door_is_shut(shut)


@pytest.mark.parametrize("more", [(), (key("new", created=ago(minutes=5), first=None, last=None),)])
def test_no_key_is_missed_while_the_webhook_delivers(more: tuple[KeyFacts, ...]) -> None:
    unused = key(ended="revoked_key", ended_at=ago(minutes=5), last=ago(minutes=6))
    by_webhook = evidence(keys=(*more, unused), last_accepted_at=ago(minutes=6), last_event_at=ago(minutes=1))
    assert decide(by_webhook).data_flow == "receiving"


def test_the_sentence_tells_the_cause_and_freshchats_figures() -> None:
    old = key(ended="revoked_key", ended_at=ago(hours=2), last=ago(hours=2))
    new = key("new", created=ago(hours=2), first=None, last=None)
    verdict = decide(
        evidence(keys=(new, old), refusals=(refusal(old),), last_accepted_at=ago(hours=2), last_event_at=ago(hours=2),
                 probe=probe(41, 0, loss=True))
    )  # fmt: skip
    assert [finding.source for finding in verdict.findings][:3] == ["refused_key", "key_never_used", "probe"]
    told = headline(verdict, Words())
    assert "ijx_old has been refused since" in told
    assert "Freshchat resolved 41 chats" in told


def test_a_new_key_is_no_trouble_while_the_old_one_lives_on() -> None:
    new = key("new", created=ago(minutes=5), first=None, last=None)
    assert decide(evidence(keys=(new, key()))).data_flow == "receiving"


def test_freshchats_own_figures_confirm_a_loss() -> None:
    lost = probe(41, 0, compared("Support", 41, 0, loss=True), loss=True)
    verdict = decide(evidence(probe=lost))
    assert (verdict.data_flow, verdict.expected, verdict.received) == ("confirmed_loss", 41, 0)
    assert path(verdict).step == "contact_support"


def test_a_refused_key_is_the_cause_of_a_confirmed_loss() -> None:
    old = key(ended="revoked_key", ended_at=ago(hours=2), last=ago(hours=2))
    lost = probe(41, 0, loss=True)
    verdict = decide(
        evidence(keys=(old,), refusals=(refusal(old),), last_accepted_at=ago(hours=2), last_event_at=ago(hours=2),
                 probe=lost)
    )  # fmt: skip
    assert (verdict.data_flow, verdict.cause, verdict.expected) == ("confirmed_loss", "key_revoked", 41)


def test_a_keys_end_is_known_better_than_the_interval_that_freshchat_counts_by() -> None:
    old = key(ended="revoked_key", ended_at=ago(minutes=112), last=ago(minutes=112))
    dead = evidence(keys=(old,), refusals=(refusal(old),), last_accepted_at=ago(minutes=112),
                    last_event_at=ago(minutes=112))  # fmt: skip
    within = decide(replace(dead, probe=probe(41, 0, loss=True)))  # its quarter hour began 8 minutes before
    assert within.since == ago(minutes=112)
    lost_before = compared(None, 41, 0, loss=True)
    earlier = replace(probe(41, 0), total=replace(lost_before, missing_since=ago(hours=4)))
    assert decide(replace(dead, probe=earlier)).since == ago(hours=4)


def test_the_door_is_shut_when_nothing_came_since_the_key_ended() -> None:
    old = key(ended="revoked_key", ended_at=ago(minutes=9), last=ago(minutes=10))
    refused = evidence(keys=(old,), refusals=(refusal(old),), last_event_at=ago(minutes=10))
    assert door_is_shut(refused)
    assert not door_is_shut(replace(refused, last_event_at=ago(minutes=2)))  # another key, or the webhook
    assert not door_is_shut(evidence())


def test_a_queue_lost_alone_is_never_blamed_on_the_key() -> None:
    lost = probe(
        60,
        40,
        compared("Support", 40, 40, loss=False),
        compared("VIP", 20, 0, loss=True),
        loss=True,
    )
    by_probe = decide(evidence(probe=lost))
    assert (by_probe.cause, by_probe.queues) == ("queue_gone", ("VIP",))
    by_figures = decide(evidence(reading=reading(stream(), stream("VIP", silence=1.2))))
    assert (by_figures.data_flow, by_figures.cause, by_figures.queues) == (
        "partial_loss",
        "queue_gone",
        ("VIP",),
    )
    assert path(by_figures).step == "check_group"


def test_a_silent_queue_does_not_explain_a_loss_in_all() -> None:
    lost = probe(41, 10, compared("Support", 40, 9, loss=True), compared("VIP", 1, 1), loss=True)
    statistics = reading(stream(), stream("VIP", silence=1.2))
    verdict = decide(evidence(probe=replace(lost, queues=()), reading=statistics))
    assert (verdict.queues, verdict.cause) == ((), "key_valid_contact_support")


def test_missed_heartbeats_count_only_when_nothing_else_was_heard() -> None:
    missed = evidence(
        last_heartbeat_at=ago(hours=1), last_accepted_at=ago(hours=1), last_event_at=ago(hours=1)
    )
    verdict = decide(missed)
    assert (verdict.data_flow, verdict.cause, verdict.since) == ("silent", "heartbeat_missing", ago(hours=1))
    assert path(verdict).step == "check_app"
    assert decide(replace(missed, last_accepted_at=ago(minutes=2))).data_flow == "receiving"


def test_our_own_downtime_is_no_missed_heartbeat() -> None:
    verdict = decide(evidence(last_accepted_at=ago(hours=8), started_at=ago(minutes=1)))
    assert verdict.data_flow == "receiving"


def test_an_app_that_said_goodbye_is_not_installed() -> None:
    verdict = decide(evidence(goodbye_at=ago(seconds=30)))
    assert (verdict.data_flow, verdict.cause) == ("silent", "app_not_installed")
    assert path(verdict).step == "install_app"


def test_a_silence_with_a_valid_key_is_for_support() -> None:
    verdict = decide(evidence(reading=reading(stream(silence=1.5))))
    assert (verdict.data_flow, verdict.cause, verdict.once_in_weeks) == (
        "silent",
        "key_valid_contact_support",
        30.0,
    )
    assert path(verdict).step == "contact_support"


def test_a_silence_is_no_alarm_when_freshchat_was_quiet_too() -> None:
    quiet = probe(0, 0)
    assert (
        decide(evidence(reading=reading(stream(silence=1.5)), probe=quiet)).data_flow == "quieter_than_usual"
    )


def test_when_freshchat_cannot_be_asked_the_statistics_stand() -> None:
    unanswered = probe(0, 0, answered=False)
    verdict = decide(
        evidence(reading=reading(stream(silence=1.5)), probe=unanswered, configuration="invalid_credentials")
    )
    assert (verdict.data_flow, verdict.cause) == ("silent", "freshchat_credentials")
    assert path(verdict).step == "renew_freshchat_key"


def test_a_probe_without_answer_is_past_once_freshchat_has_answered() -> None:
    unanswered = probe(0, 0, answered=False)
    assert decide(evidence(probe=unanswered)).cause == "freshchat_unreachable"
    assert decide(evidence(probe=unanswered, freshchat_answered_at=ago(seconds=5))).cause == "none"


def test_a_key_that_may_not_ask_for_figures_is_named_whatever_else_is_answered() -> None:
    refused = replace(probe(0, 0, answered=False), error="forbidden")
    answers_else = evidence(probe=refused, freshchat_answered_at=ago(seconds=5))
    verdict = decide(replace(answers_else, credentials_checked_at=ago(days=1)))
    assert (verdict.data_flow, verdict.cause) == ("receiving", "freshchat_credentials")
    assert path(verdict, for_gap="wait_for_fetching").step == "renew_freshchat_key"
    new_key = replace(answers_else, credentials_checked_at=ago(minutes=1))
    assert decide(new_key).cause == "none"


def test_a_dead_freshchat_key_is_named_while_data_flows() -> None:
    verdict = decide(evidence(configuration="invalid_credentials"))
    assert (verdict.data_flow, verdict.cause) == ("receiving", "freshchat_credentials")
    never_worked = decide(evidence(configuration="invalid_credentials", freshchat_answered_at=None))
    assert (never_worked.data_flow, never_worked.cause) == ("receiving", "none")


def test_an_app_that_is_silent_altogether_explains_a_queue_without_contacts() -> None:
    """All that was resolved since it was uninstalled may be of one group: that group is not gone."""
    lost = compared("Technik", 10, 0, loss=True)
    seen = probe(40, 30, lost, compared("Sales", 30, 30))
    found = evidence(probe=replace(seen, total=replace(seen.total, received_since=1)))
    assert decide(found).cause == "queue_gone"
    uninstalled = replace(found, last_accepted_at=ago(hours=2), last_heartbeat_at=ago(hours=2))
    verdict = decide(replace(uninstalled, last_event_at=ago(hours=2)))
    assert (verdict.data_flow, verdict.cause, verdict.queues) == ("confirmed_loss", "heartbeat_missing", ())
    assert (verdict.expected, verdict.received) == (10, 0)


def test_a_queue_whose_group_is_gone_is_not_missed() -> None:
    gone = evidence(reading=reading(stream(), stream("VIP", silence=1.2)), inactive_queues=frozenset({"VIP"}))
    assert not decide(gone).broken


def test_a_paused_integration_is_not_judged() -> None:
    verdict = decide(evidence(paused_at=ago(days=1), reading=reading(stream(silence=3))))
    assert (verdict.data_flow, verdict.since) == ("paused", ago(days=1))


def test_an_unknown_data_flow_is_never_nothing_to_do() -> None:
    assert path(Verdict("unknown", "none")).step == "restart_stillwatch"


def test_a_source_queue_that_is_quieter_than_usual_is_named() -> None:
    verdict = decide(evidence(reading=reading(stream(), stream("Retouren", silence=0.6))))
    assert (verdict.data_flow, verdict.queues) == ("quieter_than_usual", ("Retouren",))
    told = headline(verdict, Words("en"))
    assert told.startswith("The source queue Retouren is quieter than usual: expected ")
    of_all = decide(evidence(reading=reading(stream(silence=0.6), stream("Retouren"))))
    assert of_all.queues == ()
    assert headline(of_all, Words("en")).startswith("It is quieter than usual: expected ")


def test_what_is_quieter_than_usual_goes_on_being_watched() -> None:
    assert path(Verdict("quieter_than_usual", "none")).step == "keep_watching"


def test_a_paused_integration_is_to_be_resumed_before_anything_is_asked() -> None:
    found = path(Verdict("paused", "none"))
    assert (found.answers, found.step) == ((), "resume")


def test_a_dead_freshchat_key_is_one_story_in_headline_tree_and_step() -> None:
    verdict = decide(evidence(configuration="invalid_credentials"))
    found = path(verdict)
    assert (found.answers, found.step) == ((("data_missing", False),), "renew_freshchat_key")
    told = headline(verdict, Words())
    assert told.startswith("Contacts arrive as expected. Freshchat refuses the Freshchat API key")


@pytest.mark.parametrize("data_flow", ["learning", "receiving", "nothing_expected", "quieter_than_usual"])
@pytest.mark.parametrize(
    ("cause", "step"),
    [("freshchat_credentials", "renew_freshchat_key"), ("freshchat_unreachable", "wait_for_freshchat")],
)
def test_whether_data_is_missing_is_answered_by_the_verdict_alone(
    data_flow: DataFlow, cause: Cause, step: str
) -> None:
    found = path(Verdict(data_flow, cause))
    assert (found.answers, found.step) == ((("data_missing", False),), step)
    lost = path(Verdict("silent", cause))
    assert lost.answers[0] == ("data_missing", True)
    assert lost.step == step


def test_without_any_key_generated_none_is_valid() -> None:
    nobody = evidence(
        last_event_at=None, last_accepted_at=None, last_heartbeat_at=None, keys=(),
        heartbeat_interval=None, reading=None,
    )  # fmt: skip
    verdict = decide(nobody)
    assert (verdict.data_flow, verdict.cause) == ("waiting", "app_not_installed")
    found = path(verdict)
    assert found.answers == (("data_missing", True), ("key_valid", False))
    assert found.step == "generate_key"
    assert "no injixo API key has been generated" in headline(verdict, Words())


def test_who_needs_no_key_is_not_asked_for_one() -> None:
    by_webhook = evidence(keys=(), last_accepted_at=None, heartbeat_interval=None, webhook=True)
    lost = replace(by_webhook, reading=reading(stream(silence=1.5)))
    questions = [question for question, _ in path(decide(lost), not_asked(lost)).answers]
    assert questions == ["data_missing", "deliveries_taken", "other_queues_flow", "freshchat_answers"]
    waiting = replace(by_webhook, last_event_at=None, last_contact_pushed_at=None, reading=None)
    assert (decide(waiting).data_flow, decide(waiting).cause) == ("waiting", "none")


def test_every_cause_has_a_question_or_a_step_of_its_own() -> None:
    vague = {cause for cause, facts in CAUSES.items() if facts.vague}
    assert vague == {"none", "key_valid_contact_support"}
    for cause, facts in CAUSES.items():
        assert set(CAUSES) == set(get_args(Cause))
        assert facts.found_by is None or path(Verdict("silent", cause)).answers[-1][0] == facts.found_by
        assert path(Verdict("silent", cause)).step == (facts.step if cause != "none" else "contact_support")


def test_a_loss_in_several_queues_is_not_told_as_that_of_only_one() -> None:
    since = ago(hours=2)
    lacking = [
        Comparison(queue, queue, 40, 20, 20, since, ago(minutes=6), 40, 20, loss=True) for queue in "AB"
    ]
    total = Comparison(None, None, 140, 100, 40, since, ago(minutes=6), 140, 100, loss=True)
    calm = Comparison("C", "C", 60, 60)
    lost = Probe("i", ago(minutes=2), ago(hours=3), ago(minutes=5), "compared", total, (*lacking, calm))
    verdict = decide(evidence(probe=lost))
    assert (verdict.data_flow, verdict.queues) == ("confirmed_loss", ("A", "B"))
    assert ("other_queues_flow", False) in path(verdict).answers
    assert path(verdict).step == "fetch_missing"


def test_a_loss_that_one_queue_holds_names_it_in_sentence_tree_and_step() -> None:
    since = ago(hours=2)
    lacking = Comparison("Technik", "g2", 40, 20, 20, since, ago(minutes=6), 40, 20, loss=False)
    other = Comparison("Support", "g1", 60, 60)
    total = Comparison(None, None, 100, 80, 20, since, ago(minutes=6), 100, 80, loss=True)
    lost = Probe("i", ago(minutes=2), ago(hours=3), ago(minutes=5), "compared", total, (lacking, other))
    verdict = decide(evidence(probe=lost))
    assert (verdict.data_flow, verdict.cause, verdict.queues) == (
        "confirmed_loss",
        "key_valid_contact_support",
        ("Technik",),
    )
    assert (verdict.expected, verdict.received) == told_pair(verdict)[::-1] == (40, 20)  # type: ignore[index]
    assert "Technik" in headline(verdict, Words())
    assert path(verdict).answers[-1] == ("other_queues_flow", True)
    assert path(verdict).step == "fetch_missing"
    assert lacking_by_queue(verdict, evidence(probe=lost)) == {"Technik": lacking}
    assert missing_since(verdict) == since
    both = replace(lost, queues=(lacking, replace(other, received=50, missing=10)))
    assert decide(evidence(probe=both)).queues == (), "it is no matter of one queue"
    silent = replace(lost, total=replace(total, received_since=20))
    assert decide(evidence(probe=silent)).queues == (), "nothing came of the others either since then"
    no_loss = decide(evidence())
    assert (told_pair(no_loss), missing_since(no_loss), lacking_by_queue(no_loss, evidence())) == (
        None,
        None,
        {},
    )


@pytest.mark.parametrize("data_flow", ["learning", "receiving", "nothing_expected", "quieter_than_usual"])
def test_something_is_wrong_with_the_data_while_an_earlier_outage_has_left_a_gap(data_flow: DataFlow) -> None:
    found = path(Verdict(data_flow, "none"), for_gap="save_freshchat_key")
    assert (found.answers, found.step) == ((("data_missing", True),), "save_freshchat_key")


def test_the_gap_of_an_earlier_outage_says_nothing_of_one_that_goes_on() -> None:
    lost = Verdict("silent", "key_revoked")
    assert path(lost, for_gap="save_freshchat_key") == path(lost)


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, "save_freshchat_key"),
        ({"recovered": 6}, "save_freshchat_key"),
        ({"missed": None}, "save_freshchat_key"),
        ({"missed": 0}, None),
        ({"recovered": 7}, None),
        ({"recovered_at": NOW}, None),
        ({"false_alarm": True}, None),
        ({"closed_at": None}, None),
        ({"closed_at": ago(days=31)}, None),
    ],
)
def test_a_gap_is_what_an_outage_that_is_over_has_not_given_back(
    changes: dict[str, Any], step: str | None
) -> None:
    fields: dict[str, Any] = {"closed_at": ago(hours=1), "missed": 7} | changes
    opened_at = ago(days=40)
    incident = Incident("one", "i", opened_at, opened_at, data_flow="unknown", cause="own_outage", **fields)
    assert step_for_gap([incident], NOW, has_api_key=False) == step
    assert step_for_gap([incident], NOW, has_api_key=True) == (step and "wait_for_fetching")
