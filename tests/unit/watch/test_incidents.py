"""What an incident says it cost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from data.probes import Comparison, Probe
from data.watch import Incident
from services.watch.assessment import Assessment
from services.watch.evidence import Evidence
from services.watch.incidents import next_incidents, with_confirmed
from services.watch.verdict import Verdict

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def incident(*queues: str, missed: int | None = None) -> Incident:
    began = NOW - HOUR
    return Incident("i", "one", began, began, None, "silent", "key_revoked", queues, missed, missed, missed)


def compared(missing: int, queue: str | None = None, until: datetime = NOW) -> Comparison:
    return Comparison(queue, None, missing + 3, 3, missing, until - HOUR, until, missing + 3, 3, True)


def probed(total: Comparison, *queues: Comparison, outcome: str = "compared") -> Probe:
    return Probe("i", NOW, NOW - 2 * HOUR, NOW, outcome, total, queues)  # type: ignore[arg-type]


def missed(found: Incident) -> tuple[int | None, int | None, int | None]:
    return found.missed, found.missed_low, found.missed_high


def test_freshchats_figures_are_the_least_that_was_missed() -> None:
    assert missed(with_confirmed(incident(), probed(compared(12)))) == (12, 12, 12)  # no model yet
    assert missed(with_confirmed(incident(missed=5), probed(compared(12)))) == (12, 12, 12)
    assert missed(with_confirmed(incident(missed=20), probed(compared(12)))) == (20, 20, 20)


def test_a_queues_incident_counts_its_own_queues_missing_chats() -> None:
    found = probed(compared(12), compared(4, "VIP"), compared(8, "Support"))
    assert with_confirmed(incident("VIP"), found).missed == 4


def test_what_was_missing_before_or_could_not_be_asked_is_not_counted() -> None:
    assert with_confirmed(incident(), probed(compared(12, until=NOW - HOUR))).missed is None
    assert with_confirmed(incident(), probed(compared(12), outcome="unanswerable")).missed is None
    assert with_confirmed(incident(), None).missed is None


def test_a_queue_that_lags_behind_in_an_outage_of_all_is_no_incident_of_its_own() -> None:
    evidence = Evidence(now=NOW, started_at=NOW, configuration=None, paused_at=None)
    queue_gone = Verdict("confirmed_loss", "queue_gone", NOW - HOUR, queues=("VIP",))
    (found,) = next_incidents("i", Assessment(evidence, queue_gone, (incident(),)))
    assert (found.incident_id, found.cause, found.queues) == ("one", "key_revoked", ())
    (other,) = next_incidents("i", Assessment(evidence, queue_gone, ()))
    assert (other.cause, other.queues) == ("queue_gone", ("VIP",))


def test_a_queue_that_seems_gone_does_not_explain_what_others_lost() -> None:
    evidence = Evidence(now=NOW, started_at=NOW, configuration=None, paused_at=None)
    of_two = replace(incident("Support", "VIP"), cause="key_valid_contact_support")
    queue_gone = Verdict("confirmed_loss", "queue_gone", NOW - HOUR, queues=("VIP",))
    (found,) = next_incidents("i", Assessment(evidence, queue_gone, (of_two,)))
    assert (found.cause, found.queues) == ("key_valid_contact_support", ("Support", "VIP"))
    of_one = replace(incident("VIP"), cause="key_valid_contact_support")
    (found,) = next_incidents("i", Assessment(evidence, queue_gone, (of_one,)))
    assert (found.cause, found.queues) == ("queue_gone", ("VIP",))


def test_a_loss_that_was_told_of_some_queues_and_is_of_all_stays_one_incident() -> None:
    evidence = Evidence(now=NOW, started_at=NOW, configuration=None, paused_at=None)
    of_two = replace(incident("Support", "VIP"), cause="key_valid_contact_support")
    of_all = Verdict("confirmed_loss", "key_valid_contact_support", of_two.opened_at)
    (found,) = next_incidents("i", Assessment(evidence, of_all, (of_two,)))
    assert (found.incident_id, found.queues, found.opened_at) == ("one", (), of_two.opened_at)


def test_an_outage_of_all_that_has_another_cause_is_not_the_one_of_a_queue() -> None:
    evidence = Evidence(now=NOW, started_at=NOW, configuration=None, paused_at=None)
    of_one = replace(incident("VIP"), cause="queue_gone")
    key_revoked = Verdict("silent", "key_revoked", NOW - HOUR)
    changed = {
        found.incident_id: found
        for found in next_incidents("i", Assessment(evidence, key_revoked, (of_one,)))
    }
    assert len(changed) == 2
    assert changed.pop("one").queues == ("VIP",)
    (other,) = changed.values()
    assert (other.cause, other.queues) == ("key_revoked", ())
