"""Detail that is older than the settings keep it is forgotten; what was made of it, and what is still needed, stays."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data import backfill, probes
from data.alerts import Alert, Notification, alert, alerts, notifications, save_alert, save_notifications
from data.audit import audit_entries
from data.backfill import Job, Part, PartState, Reason
from data.database import Transaction
from data.fits import StoredFit, save_fits, stored_fit
from data.integrations import Integration
from data.probes import Probe
from data.watch import WATCHER, Cause, Incident, StoredVerdict, save_incident, save_verdicts
from services import integrations
from services.forgetting import ROWS_A_COMMIT, SETTLED, keep_forgetting
from services.integrations import Draft
from services.notifications import channels
from services.notifications.channels import ChannelDraft
from services.people.person import Asker, Person
from services.settings import FEWEST_DAYS, Settings
from services.system import System
from services.watch.fetching_back import keep_recovered
from services.watch.incidents import save_incidents
from tests.conftest import ADMIN_TOKEN, NOBODY_LISTENS, NOW, Clock

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT = timedelta(days=FEWEST_DAYS)
EARLIER = NOW - KEPT - DAY
LATELY = NOW - KEPT + DAY


@pytest.fixture
def system(tmp_path: Path, clock: Clock) -> Iterator[System]:
    """A system that keeps everything as short as it may, and whose watcher has just looked."""
    clock.now = NOW - SETTLED
    system = System(
        Settings(
            database=str(tmp_path / "forgetting.duckdb"),
            admin_token=ADMIN_TOKEN,
            freshchat_url=NOBODY_LISTENS,
            audit_days=FEWEST_DAYS,
            activity_days=FEWEST_DAYS,
            probe_days=FEWEST_DAYS,
            backfill_days=FEWEST_DAYS,
            alert_days=FEWEST_DAYS,
        ),
        clock,
    )
    clock.now = NOW
    watched(system)
    yield system
    system.close()


@pytest.fixture
def integration(system: System) -> Integration:
    return integrations.add(
        system, Draft("Kundenservice", "example.freshchat.com", time_zone="Europe/Berlin")
    )


def watched(system: System, at: datetime = NOW, cause: Cause = "none", whom: str = WATCHER) -> None:
    verdict = StoredVerdict(whom, at, "unknown", cause, at)
    system.writer.write(lambda transaction: save_verdicts(transaction, [verdict]))


def keep(system: System, *saves: Callable[[Transaction], None]) -> None:
    for save in saves:
        system.writer.write(save)


def beat(system: System, at: datetime, key_id: str = "key") -> None:
    system.activity.note("one", key_id, "heartbeat", at)
    system.activity.flush()


def noted(system: System) -> list[datetime]:
    return [entry.interval_start for entry in system.activity.since("one", EARLIER - DAY)]


def test_signs_of_life_are_forgotten_by_quarter_hour_and_their_totals_stay(system: System) -> None:
    for at in (EARLIER, EARLIER + HOUR, LATELY):
        beat(system, at)
    before = system.activity.totals("one")
    keep_forgetting(system)
    assert noted(system) == [LATELY]
    assert system.activity.totals("one") == before
    assert before[0].occurrences == 3
    beat(system, NOW)
    assert [(entry.occurrences, entry.first_at) for entry in system.activity.totals("one")] == [(4, EARLIER)]


def test_without_a_setting_all_is_kept(system: System) -> None:
    system.settings = Settings(database=system.settings.database)
    beat(system, EARLIER - 1000 * DAY)
    keep_forgetting(system)
    assert [entry.interval_start for entry in system.activity.since("one", EARLIER - 1001 * DAY)] == [
        EARLIER - 1000 * DAY
    ]


def test_however_much_there_is_it_is_forgotten_a_few_rows_in_each_commit(system: System) -> None:
    for number in range(2 * ROWS_A_COMMIT + 1):
        system.activity.note("one", f"key-{number}", "heartbeat", EARLIER)
    beat(system, NOW)
    commits = system.writer.commits.count
    keep_forgetting(system)
    assert noted(system) == [NOW]
    of_others = 6  # each other kind looks once and finds nothing
    assert system.writer.commits.count - commits == 3 + of_others


def probed(at: datetime, integration_id: str = "one") -> Probe:
    return Probe(integration_id, at, at - HOUR, at, "no_evidence")


def test_old_probes_are_forgotten_but_the_last_of_each_integration(system: System) -> None:
    saved = [probed(EARLIER), probed(EARLIER + HOUR), probed(LATELY), probed(EARLIER, "silent since")]
    keep(system, *(lambda transaction, one=one: probes.save_probe(transaction, one) for one in saved))
    keep_forgetting(system)
    assert probes.probes(system.database, "one", EARLIER - DAY) == [probed(LATELY)]
    assert probes.latest_probe(system.database, "silent since") == probed(EARLIER, "silent since")


def job(
    number: int,
    integration: Integration,
    *,
    reason: Reason = "requested",
    finished_at: datetime | None = EARLIER,
    start: datetime = EARLIER - 2 * DAY,
) -> tuple[Job, Part]:
    state: PartState = "pending" if finished_at is None else "done"
    place, span = (integration.integration_id, f"job-{number}"), (start, start + DAY)
    return (
        Job(*place, reason, *span, start, finished_at=finished_at),
        Part(*place, 0, *span, state, start, reported_at=finished_at),
    )


def remember(system: System, *found: tuple[Job, Part]) -> None:
    def job(transaction: Transaction) -> None:
        for known, part in found:
            backfill.save_job(transaction, known)
            backfill.save_parts(transaction, [part])

    system.writer.write(job)


def remembered(system: System, integration: Integration) -> tuple[set[str], set[str]]:
    place = (system.database, integration.integration_id)
    return {known.job_id for known in backfill.jobs(*place)}, {part.job_id for part in backfill.parts(*place)}


def test_backfills_that_are_done_are_forgotten_with_their_parts(
    system: System, integration: Integration
) -> None:
    remember(system, job(1, integration), job(2, integration, finished_at=LATELY))
    remember(system, job(3, integration, finished_at=None))
    keep_forgetting(system)
    assert remembered(system, integration) == ({"job-2", "job-3"}, {"job-2", "job-3"})


def outage(integration: Integration, *, recovered_at: datetime | None) -> Incident:
    opened_at = EARLIER - 2 * DAY + HOUR
    return Incident(
        integration.integration_id,
        "outage",
        opened_at,
        opened_at,
        opened_at + HOUR,
        "silent",
        "key_revoked",
        recovered_at=recovered_at,
    )


def test_backfills_of_an_incident_stay_until_its_contacts_are_back(
    system: System, integration: Integration
) -> None:
    remember(system, job(1, integration), job(2, integration, start=EARLIER - 9 * DAY))
    keep(system, lambda transaction: save_incident(transaction, outage(integration, recovered_at=None)))
    keep_forgetting(system)
    assert remembered(system, integration) == ({"job-1"}, {"job-1"})
    keep(system, lambda transaction: save_incident(transaction, outage(integration, recovered_at=EARLIER)))
    keep_forgetting(system)
    assert remembered(system, integration) == (set(), set())


def test_the_history_is_not_fetched_again(system: System, integration: Integration) -> None:
    integrations.note_configuration(system, integration.integration_id, "operational", "")
    remember(system, job(1, integration, reason="history"))
    keep_forgetting(system)
    keep_recovered(system, system.integration(integration.integration_id), NOW)
    assert remembered(system, integration) == ({"job-1"}, {"job-1"})


def told_of(integration: Integration, name: str = "outage", **more: Any) -> Alert:
    fields: dict[str, Any] = {"opened_at": EARLIER - DAY, "detected_at": EARLIER - DAY, "closed_at": EARLIER}
    return Alert(integration.integration_id, name, "incident", "key_revoked", ("silent",), **fields | more)


def message(integration: Integration, of: str, **more: Any) -> Notification:
    fields: dict[str, Any] = {
        "integration_id": integration.integration_id,
        "notification_id": f"{of}.message",
        "alert_id": of,
        "channel_id": "channel",
        "kind": "opened",
        "number": 0,
        "state": "sent",
        "about": "key_revoked",
        "created_at": EARLIER,
        "next_try_at": EARLIER,
    }
    return Notification(**fields | more)


def test_what_people_were_told_is_forgotten_once_it_is_over_and_nothing_waits(
    system: System, integration: Integration
) -> None:
    told = [
        told_of(integration),
        told_of(integration, "goes on", closed_at=None),
        told_of(integration, "lately", closed_at=LATELY),
        told_of(integration, "waits"),
    ]
    sent = [message(integration, one.alert_id) for one in told]
    sent[-1] = replace(sent[-1], state="waiting")
    keep(
        system,
        *(lambda transaction, one=one: save_alert(transaction, one) for one in told),
        lambda transaction: save_notifications(transaction, sent),
    )
    keep_forgetting(system)
    place = (system.database, integration.integration_id)
    assert {one.alert_id for one in alerts(*place)} == {"goes on", "lately", "waits"}
    assert [len(notifications(*place, one.alert_id)) for one in told] == [0, 1, 1, 1]


def test_tests_and_weekly_reports_are_forgotten_too(system: System, integration: Integration) -> None:
    def lone(name: str, **more: Any) -> Notification:
        return message(integration, "", notification_id=name, kind="weekly", **more)

    lone_ones = [lone("old"), lone("new", created_at=LATELY), lone("waits", state="failed")]
    keep(system, lambda transaction: save_notifications(transaction, lone_ones))
    keep_forgetting(system)
    left = notifications(system.database, integration.integration_id, "")
    assert {one.notification_id for one in left} == {"new", "waits"}


def test_what_was_forgotten_is_not_told_again_when_its_contacts_come_back(
    system: System, integration: Integration, clock: Clock
) -> None:
    clock.now = EARLIER - 9 * DAY
    channels.add(system, ChannelDraft("Hook", "json://127.0.0.1:9"))
    incident = outage(integration, recovered_at=None)
    save_incidents(system, [replace(incident, closed_at=None)])
    save_incidents(system, [incident])
    clock.now = NOW
    place = (integration.integration_id, incident.incident_id)
    found = notifications(system.database, *place)
    assert found != []
    done = [replace(one, state="sent") for one in found]
    keep(system, lambda transaction: save_notifications(transaction, done))
    keep_forgetting(system)
    assert alert(system.database, *place) is None
    save_incidents(system, [replace(incident, recovered=3, recovered_at=NOW)])
    assert (alert(system.database, *place), notifications(system.database, *place)) == (None, [])


def test_the_audit_log_forgets_too(system: System, integration: Integration, clock: Clock) -> None:
    kim = Person("kim", "kim@example.com", "admin", None)
    asked = system.asked_by(Asker(lambda: kim, "192.0.2.7"))
    for at in (EARLIER, LATELY):
        clock.now = at
        integrations.generate_key(asked, integration.integration_id, overlap=timedelta(0))
    clock.now = NOW
    keep_forgetting(system)
    assert {entry.done_at for entry in audit_entries(system.database, EARLIER - DAY, NOW, 10)} == {LATELY}


def test_a_model_that_nobody_could_use_any_more_is_forgotten(system: System) -> None:
    """Nobody makes another in its place for an integration that was deleted or is paused."""
    ages = {"deleted": 2 * DAY, "active": HOUR}
    made = [StoredFit(name, NOW - age, "us", "facts", 1, 1, None, b"") for name, age in ages.items()]
    keep(system, lambda transaction: save_fits(transaction, made))
    keep_forgetting(system)
    assert {name: stored_fit(system.database, name) for name in ages} == {"deleted": None, "active": made[1]}


@pytest.mark.parametrize(
    "disbelieve",
    [
        pytest.param(lambda system: watched(system, cause="clock_wrong", whom="one"), id="found wrong"),
        pytest.param(lambda system: watched(system, NOW - DAY), id="jumped since the watcher looked"),
        pytest.param(lambda system: setattr(system, "awake_since", NOW - HOUR / 2), id="has just woken"),
        pytest.param(lambda system: setattr(system, "started_at", NOW), id="has just started"),
    ],
)
def test_a_clock_that_cannot_be_believed_makes_nothing_old(
    system: System, disbelieve: Callable[[System], None]
) -> None:
    beat(system, EARLIER)
    disbelieve(system)
    keep_forgetting(system)
    assert noted(system) == [EARLIER]
