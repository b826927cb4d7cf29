"""What is broken, what the panel says to it, and that every lost contact comes back."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.contacts import counts
from data.watch import Incident, incidents
from services import backfill, integrations, recurring
from services import closed_days as calendar
from services.causes import CAUSES
from services.integrations.draft import draft_of
from services.watch.history import fetch_missing, fetching, missing_since
from services.watch.lacking import lacking_by_queue
from tests.conftest import NOW
from tests.scenarios.world import HISTORY, World, build_history, opened_world, settings_in
from tests.store.account import FreshchatAccount


def counted(world: World) -> Counter[str]:
    found = counts(
        world.system.database,
        world.integration.integration_id,
        start=NOW - HISTORY - timedelta(days=1),
        end=world.clock.now,
        received_before=None,
    )
    return Counter(
        {str(queue): int(contacts) for queue, contacts in found.groupby("queue")["contacts"].sum().items()}
    )


def resolved_by_freshchat(world: World) -> Counter[str]:
    return Counter(chat.group[1] for chat in world.account.resolutions if chat.group)


def all_incidents(world: World) -> list[Incident]:
    return incidents(world.system.database, world.integration.integration_id)


def test_a_key_is_regenerated_while_the_app_keeps_the_old_one(world: World) -> None:
    new_key = world.new_key()
    stopped_at = world.clock.now
    assert world.verdict_within(10, "confirmed_loss", "key_revoked") <= 10
    verdict = world.panel().verdict
    assert verdict.since == stopped_at
    assert (verdict.received, bool(verdict.expected)) == (0, True)
    world.run(45)
    world.key = new_key
    assert world.verdict_within(10, "receiving", "none") <= 10
    world.run(10)  # the report is ordered, made and taken in
    assert counted(world) == resolved_by_freshchat(world)
    (incident,) = all_incidents(world)
    assert (incident.cause, incident.opened_at) == ("key_revoked", stopped_at)
    assert incident.closed_at is not None
    assert incident.missed == incident.recovered > 0
    assert incident.recovered_at is not None


def test_the_app_is_uninstalled_without_a_word(world: World) -> None:
    world.installed = False
    assert world.verdict_within(30, "confirmed_loss", "heartbeat_missing") <= 25
    world.installed = True
    world.verdict_within(10, "receiving", "none")
    world.run(10)
    assert counted(world) == resolved_by_freshchat(world)


def test_one_queue_is_lost(world: World) -> None:
    world.lost_groups = frozenset({"g2"})
    assert world.verdict_within(90, "confirmed_loss", "queue_gone") <= 75
    assert world.panel().verdict.queues == ("Technik",)
    world.lost_groups = frozenset()
    world.verdict_within(90, "receiving", "none")
    world.run(10)
    assert counted(world) == resolved_by_freshchat(world)
    assert {incident.queues for incident in all_incidents(world)} == {("Technik",)}


def test_most_events_are_lost(world: World) -> None:
    world.lost_share = 0.6
    assert world.verdict_within(90, "confirmed_loss", "key_valid_contact_support") <= 75
    world.lost_share = 0.0
    world.verdict_within(90, "receiving", "none")
    world.run(10)
    assert counted(world) == resolved_by_freshchat(world)


def test_half_of_one_queue_is_lost_and_fetched_by_the_first_button(world: World) -> None:
    world.lost_share, world.lost_share_of = 0.7, frozenset({"g2"})
    world.verdict_within(120, "confirmed_loss", "key_valid_contact_support")
    panel = world.panel()
    assert panel.verdict.queues == ("Technik",)
    assert panel.path.answers[-1] == ("other_queues_flow", True)
    assert panel.path.step == "fetch_missing"
    assert set(lacking_by_queue(panel.verdict, panel.assessment.evidence)) == {"Technik"}
    since = missing_since(panel.verdict)
    assert since is not None
    integration_id = world.integration.integration_id
    assert fetching(world.system, integration_id, since) == "possible"
    lost_until = world.clock.now
    fetch_missing(world.system, integration_id, since)
    assert fetching(world.system, integration_id, since) == "under_way"
    world.run(15)
    resolved = Counter(
        chat.group[1] for chat in world.account.resolutions if chat.group and chat.at < lost_until
    )
    assert counted(world)["Technik"] >= resolved["Technik"]
    world.lost_share = 0.0
    world.verdict_within(120, "receiving", "none")
    world.run(10)
    assert counted(world) == resolved_by_freshchat(world)


def test_fetching_contacts_in_the_middle_of_an_outage_does_not_end_it(world: World) -> None:
    world.lost_groups = frozenset({"g1", "g2", "g3"})  # heartbeats go on
    world.verdict_within(90, "confirmed_loss", "key_valid_contact_support")
    world.run(15)  # until the next probes have told the minute in which it began
    (began,) = all_incidents(world)
    backfill.request(
        world.system, world.integration.integration_id, NOW - timedelta(hours=1), world.clock.now, "requested"
    )
    world.run(60)
    assert world.panel().verdict.data_flow == "confirmed_loss"
    world.lost_groups = frozenset()
    world.verdict_within(90, "receiving", "none")
    world.run(10)
    assert counted(world) == resolved_by_freshchat(world)
    (incident,) = all_incidents(world)
    assert (incident.incident_id, incident.opened_at, incident.queues) == (
        began.incident_id,
        began.opened_at,
        (),
    )
    assert incident.missed == incident.recovered > 0


@pytest.mark.parametrize(
    ("status", "cause"), [(401, "freshchat_credentials"), (503, "freshchat_unreachable")]
)
def test_freshchat_cannot_be_asked_while_data_flows(world: World, status: int, cause: str) -> None:
    world.account.status = status
    world.verdict_within(90, "receiving", cause)
    assert all_incidents(world) == []
    shown = world.panel()
    assert shown.path.answers == (("data_missing", False),)
    assert shown.path.step == CAUSES[shown.verdict.cause].step


def test_a_loss_in_one_queue_beside_unreadable_deliveries_is_one_outage(world: World) -> None:
    world.lost_share, world.lost_share_of = 0.7, frozenset({"g1"})
    world.run(60)
    for _ in range(4):
        world._post("events", {"chat_id": "no time"})
        world.run(10)
    (incident,) = all_incidents(world)
    assert (incident.cause, incident.queues) == ("events_not_understood", ("Kundensupport",))
    assert incident.closed_at is None
    world.lost_share = 0.0
    world.run(60)
    (incident,) = all_incidents(world)
    assert incident.closed_at is not None


def test_a_freshchat_api_key_that_was_taken_away_is_nothing_to_mend(world: World) -> None:
    world.account.status = 401
    world.verdict_within(90, "receiving", "freshchat_credentials")
    without = replace(draft_of(world.integration), freshchat_api_key="")
    integrations.change(world.system, world.integration.integration_id, without)
    seen = {world.panel().verdict.cause}
    for _ in range(70):  # one regular probe lies in it
        world.minute()
        seen.add(world.panel().verdict.cause)
    assert seen == {"none"}


def test_without_freshchat_the_statistics_still_find_a_silence(world: World) -> None:
    world.account.status = 401
    world.lost_groups = frozenset({"g1", "g2", "g3"})  # heartbeats go on
    assert world.verdict_within(120, "silent", "freshchat_credentials") <= 90


def test_a_truly_quiet_day_is_no_alarm(world: World) -> None:
    world.quiet = True
    seen = watched(world, 3)
    assert not seen & {"silent", "partial_loss", "confirmed_loss", "unknown"}
    assert all_incidents(world) == []
    assert {span.kind for span in calendar.spans(world.system, world.integration.integration_id)} == {"quiet"}


def test_a_closed_day_is_no_alarm(world: World) -> None:
    world.account.status = 401  # not even Freshchat can say that it is closed
    calendar.close_days(world.system, world.integration.integration_id, date(2026, 3, 3), date(2026, 3, 3))
    world.quiet = True
    watched(world, 2)
    assert all_incidents(world) == []


def test_a_closing_of_every_week_is_no_alarm_and_nothing_is_expected_in_it(world: World) -> None:
    world.account.status = 401  # not even Freshchat can say that it is closed
    recurring.add_rule(world.system, world.integration.integration_id, "weekly", "2", "10:30", "13:30")
    world.quiet = True
    assert watched(world, 2) <= {"receiving", "nothing_expected"}
    assert world.panel().verdict.data_flow == "nothing_expected"
    assert all_incidents(world) == []


def test_a_night_is_no_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evening = datetime(2026, 3, 3, 18, 30, tzinfo=UTC)
    account = FreshchatAccount(resolutions=build_history(settings_in(tmp_path), evening)).install(monkeypatch)
    with opened_world(tmp_path, account, evening) as world:
        assert watched(world, 2) == {"receiving", "nothing_expected"}
        assert all_incidents(world) == []


def watched(world: World, hours: int) -> set[str]:
    """Return every state that the panel shows in these hours, looked at every five minutes."""
    seen: set[str] = set()
    for _ in range(hours * 12):
        world.run(5)
        seen.add(world.panel().verdict.data_flow)
    return seen
