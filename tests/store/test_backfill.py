"""Backfill on a real store: what was lost is fetched, in steps that survive a restart, and counted once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.backfill import Part, PartState, save_parts
from data.chats import Event
from data.integrations import Integration
from data.watch import Incident, incidents
from services import backfill, ingest, integrations
from services.asking import configuration
from services.backfill import BadSpan, JobStatus, TooManyJobs, steps
from services.integrations.draft import Draft, draft_of
from services.settings import Settings
from services.system import System
from services.watch.fetching_back import keep_recovered
from services.watch.incidents import save_incidents
from tests.conftest import NOW, Clock
from tests.patience import PATIENCE
from tests.store.account import FreshchatAccount, Resolution

DAY, HOUR, MINUTE, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
Run = Callable[..., list[JobStatus]]


@pytest.fixture
def freshchat(monkeypatch: pytest.MonkeyPatch) -> FreshchatAccount:
    """An account that resolved a chat every hour of the last 60 days."""
    resolutions = [
        Resolution(f"c{hours}", NOW - timedelta(hours=hours, seconds=0.25), f"{hours}-1")
        for hours in range(60 * 24)
    ]
    return FreshchatAccount(resolutions).install(monkeypatch)


@pytest.fixture
def run(system: System, integration: Integration, clock: Clock) -> Run:
    """Take steps, as time goes by, until no job is running; or until some time."""

    def go_on(until: datetime | None = None, step: timedelta = timedelta(seconds=10)) -> list[JobStatus]:
        while True:
            while backfill.run_due(system, clock()):
                pass
            jobs = backfill.status(system, integration.integration_id)
            if clock() >= until if until else all(job.state != "running" for job in jobs):
                return jobs
            clock.now += step

    return go_on


def contacts(system: System) -> int:
    ((stored, counted),) = system.database.rows(
        "SELECT (SELECT count(*) FROM contact), (SELECT coalesce(sum(contacts), 0)::bigint FROM contact_count)"
    )
    assert stored == counted
    return int(stored)


def test_a_span_is_fetched_in_parts_and_counted(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    start, end = NOW - 58 * DAY, NOW - 2 * DAY
    job = backfill.request(system, integration.integration_id, start, end, "requested")
    (before,) = backfill.status(system, integration.integration_id)
    assert (before.state, before.progress, before.fetched) == ("running", 0.0, 0)
    (status,) = run()
    expected = len(freshchat.between(start, end))
    assert (status.state, status.progress, status.error) == ("done", 1.0, None)
    assert (status.fetched, status.new, contacts(system)) == (expected, expected, expected)
    assert status.job.finished_at is not None
    assert status.job.job_id == job.job_id
    assert freshchat.ordered() == 2


def test_rows_keep_their_groups_and_times(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    at = NOW - 3 * DAY
    freshchat.resolutions = [
        Resolution("a", at, "a-1", ("g1", "Support")),
        Resolution("b", at + timedelta(seconds=0.25), "b-1", None),
    ]
    backfill.request(system, integration.integration_id, at - DAY, at + DAY, "incident")
    run()
    assert system.database.rows(
        "SELECT chat_id, queue, group_id, interaction_id, reporter, pushed_at, resolved_at FROM contact ORDER BY 1"
    ) == [
        ("a", "Support", "g1", "a-1", "backfill", None, at),
        ("b", "Undefined_Queue", None, "b-1", "backfill", None, at + timedelta(seconds=0.2)),
    ]


def test_what_was_pushed_is_not_counted_again(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    start, end = NOW - 3 * DAY, NOW - 2 * DAY
    pushed = freshchat.between(start, end)[::2]
    events = [
        (row.chat_id, Event("resolved", row.at, None, None, "g1", "Support", "app", row.at)) for row in pushed
    ]
    system.writer.submit(ingest.record, ingest.Delivery(integration.integration_id, events)).result()
    backfill.request(system, integration.integration_id, start, end, "incident")
    (status,) = run()
    assert (status.fetched, status.new, contacts(system)) == (24, 12, 24)
    backfill.request(system, integration.integration_id, start, end, "incident")
    again, _ = run()
    assert (again.fetched, again.new, contacts(system)) == (24, 0, 24)


@pytest.mark.parametrize(("links", "zipped"), [(1, True), (3, True), (2, False)])
def test_a_report_of_several_downloads_is_taken_in_whole(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run, links: int, zipped: bool
) -> None:
    freshchat.links, freshchat.zipped = links, zipped
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "requested")
    (status,) = run()
    assert (status.state, contacts(system)) == ("done", 48)


def downloads(freshchat: FreshchatAccount) -> int:
    return sum(request.url.path.startswith("/download/") for request in freshchat.requests)


def test_a_report_of_many_downloads_is_taken_in_one_a_step_and_the_others_get_their_turn(
    system: System, integration: Integration, freshchat: FreshchatAccount, clock: Clock
) -> None:
    freshchat.links, freshchat.polls_pending = 40, 0
    start, end = NOW - 10 * DAY, NOW - 2 * DAY
    backfill.request(system, integration.integration_id, start, end, "requested")
    assert backfill.run_due(system, clock())
    clock.advance(seconds=2)
    assert backfill.run_due(system, clock())
    assert downloads(freshchat) == 1
    other = integrations.add(system, Draft("Other", "other.freshchat.com", "k", time_zone="UTC"))
    backfill.request(system, other.integration_id, start, end, "requested")
    assert backfill.run_due(system, clock())  # the other's order
    assert (freshchat.ordered(), downloads(freshchat)) == (2, 1)
    clock.advance(seconds=2)
    told = []
    for step in range(2, 80):
        clock.advance(milliseconds=1)
        assert backfill.run_due(system, clock())
        assert downloads(freshchat) == step
        told.append([backfill.status(system, one.integration_id)[0] for one in (integration, other)])
    for busy, quiet in told[1:-2]:
        assert (
            abs(busy.fetched - quiet.fetched) <= 3 * 5
        )  # they take turns: a download holds five rows at most
        assert 0.5 < busy.progress < 1
    assert backfill.run_due(system, clock())
    assert not backfill.run_due(system, clock())
    for one in (integration, other):
        (status,) = backfill.status(system, one.integration_id)
        assert (status.state, status.progress) == ("done", 1.0)
        assert status.fetched == status.new == len(freshchat.between(start, end))


def test_downloads_go_on_where_a_restart_found_them_in_whatever_order_they_are_listed(
    freshchat: FreshchatAccount, clock: Clock, settings: Settings
) -> None:
    freshchat.links, freshchat.polls_pending = 12, 0
    start, end = NOW - 10 * DAY, NOW - 2 * DAY
    system = System(settings, clock)
    added = integrations.add(system, Draft("One", "example.freshchat.com", "k", time_zone="UTC"))
    backfill.request(system, added.integration_id, start, end, "requested")
    assert backfill.run_due(system, clock())
    clock.advance(seconds=2)
    for _ in range(5):
        assert backfill.run_due(system, clock())
    system.close()
    freshchat.lists_backwards = True
    again = System(settings, clock)
    while backfill.run_due(again, clock()):
        pass
    asked = [request.url.path for request in freshchat.requests if "/download/" in request.url.path]
    assert len(asked) == len(set(asked)) == 12
    (status,) = backfill.status(again, added.integration_id)
    assert status.fetched == status.new == len(freshchat.between(start, end))
    again.close()


def test_a_turn_takes_the_steps_that_are_due_for_as_long_as_it_may_last(
    system: System,
    integration: Integration,
    freshchat: FreshchatAccount,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    freshchat.links, freshchat.polls_pending = 5, 0
    backfill.request(system, integration.integration_id, NOW - 10 * DAY, NOW - 2 * DAY, "requested")
    steps.work_off(system)
    clock.advance(seconds=2)
    monkeypatch.setattr(steps, "TURN_SECONDS", 0)
    steps.work_off(system)
    assert downloads(freshchat) == 1
    monkeypatch.setattr(steps, "TURN_SECONDS", PATIENCE)
    steps.work_off(system)
    assert downloads(freshchat) == 5


def test_a_young_day_is_fetched_again_until_nothing_can_be_late(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run, clock: Clock
) -> None:
    freshchat.late = set(freshchat.resolutions[:10])
    backfill.request(system, integration.integration_id, NOW - 2 * DAY, NOW, "incident")
    later, first = run()
    assert (first.state, contacts(system)) == ("done", 38)
    assert (later.state, later.job.reason) == ("scheduled", "same_day")
    freshchat.late = set(freshchat.resolutions[:5])
    run(until=NOW + timedelta(hours=2), step=timedelta(minutes=5))
    assert contacts(system) == 43
    freshchat.late = set()
    jobs = run(until=NOW + 5 * DAY, step=timedelta(hours=1))
    assert contacts(system) == 48
    assert [job.state for job in jobs] == ["done"] * 4
    assert freshchat.ordered() == 4


def test_there_is_never_more_than_one_follow_up_waiting(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    for hours in (3, 2, 1):
        start = NOW - timedelta(hours=hours)
        backfill.request(system, integration.integration_id, start, start + timedelta(hours=1), "incident")
    jobs = run()
    (waiting,) = [job for job in jobs if job.state == "scheduled"]
    assert (waiting.job.span_start, waiting.job.span_end) == (NOW - timedelta(hours=3), NOW)


def test_an_expired_link_is_asked_for_again(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    freshchat.expired_downloads = 1
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "requested")
    (status,) = run()
    assert (status.state, status.error, contacts(system)) == ("done", None, 48)
    assert freshchat.ordered() == 1


def test_a_failed_report_is_ordered_again_and_given_up_in_the_end(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    freshchat.report_states = ["FAILED"]
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "requested")
    (status,) = run()
    assert (status.state, freshchat.ordered()) == ("done", 2)
    freshchat.report_states = ["FAILED"] * 10
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "requested")
    status, _ = run(step=timedelta(minutes=1))
    assert (status.state, status.error, freshchat.ordered()) == ("failed", "report_failed", 5)


def test_a_report_that_is_not_ready_after_two_hours_is_ordered_again(
    system: System, integration: Integration, freshchat: FreshchatAccount, clock: Clock, run: Run
) -> None:
    freshchat.polls_pending = 10_000
    backfill.request(system, integration.integration_id, NOW - 3 * DAY, NOW - 2 * DAY, "requested")
    run(until=NOW + 2 * HOUR - 10 * MINUTE, step=10 * MINUTE)
    assert freshchat.ordered() == 1
    run(until=NOW + 2 * HOUR + 20 * MINUTE, step=10 * MINUTE)
    assert freshchat.ordered() == 2


def test_a_report_that_freshchat_lost_is_ordered_again(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run, clock: Clock
) -> None:
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "requested")
    assert backfill.run_due(system, clock())
    freshchat.reports.clear()
    (status,) = run()
    assert (status.state, contacts(system), freshchat.ordered()) == ("done", 48, 2)


def test_freshchat_being_down_delays_a_job_and_shows(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run, clock: Clock
) -> None:
    freshchat.status = 503
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "requested")
    (status,) = run(until=NOW + timedelta(minutes=30), step=timedelta(seconds=30))
    assert (status.state, status.error) == ("running", "retry_later")
    assert freshchat.ordered() < 12  # it backs off
    freshchat.status = 200
    (status,) = run(step=timedelta(minutes=1))
    assert (status.state, status.error, contacts(system)) == ("done", None, 48)


def test_freshchat_being_down_for_good_ends_a_job(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    freshchat.status = 503
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "requested")
    (status,) = run(step=timedelta(minutes=10))
    assert (status.state, status.error, freshchat.ordered()) == ("failed", "retry_later", 20)


@pytest.mark.parametrize(
    ("status", "problem", "configuration"),
    [
        (401, "unauthorised", "invalid_credentials"),
        (403, "forbidden", None),
        (302, "not_freshchat", "not_freshchat"),
    ],
)
def test_a_refusal_ends_the_whole_job_with_its_reason(
    system: System,
    integration: Integration,
    freshchat: FreshchatAccount,
    run: Run,
    status: int,
    problem: str,
    configuration: str | None,
) -> None:
    freshchat.status = status
    backfill.request(system, integration.integration_id, NOW - 58 * DAY, NOW - 2 * DAY, "history")
    (job,) = run()
    assert (job.state, job.error, job.progress, freshchat.ordered()) == ("failed", problem, 1.0, 1)
    assert system.integration(integration.integration_id).configuration == configuration


def test_without_a_key_a_job_fails_and_says_so(
    system: System, clock: Clock, freshchat: FreshchatAccount
) -> None:
    bare = integrations.add(system, Draft("Ohne Schlüssel", "example.freshchat.com"))
    backfill.request(system, bare.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "history")
    assert backfill.run_due(system, clock())
    (status,) = backfill.status(system, bare.integration_id)
    assert (status.state, status.error) == ("failed", "no_key")


def test_a_job_of_a_deleted_integration_ends(
    system: System, integration: Integration, freshchat: FreshchatAccount, clock: Clock
) -> None:
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "history")
    integrations.delete(system, integration.integration_id)
    assert backfill.run_due(system, clock())
    assert not backfill.run_due(system, clock())
    (status,) = backfill.status(system, integration.integration_id)
    assert (status.state, status.error, freshchat.requests) == ("failed", "integration_deleted", [])


def test_retry_after_is_waited_for(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run, clock: Clock
) -> None:
    freshchat.status, freshchat.headers = 429, {"Retry-After": "1800"}
    backfill.request(system, integration.integration_id, NOW - 4 * DAY, NOW - 2 * DAY, "requested")
    run(until=NOW + timedelta(minutes=29))
    (status,) = backfill.status(system, integration.integration_id)
    assert (freshchat.ordered(), status.next_step_at) == (1, NOW + timedelta(minutes=30))


def test_the_budget_survives_a_restart(freshchat: FreshchatAccount, clock: Clock, settings: Settings) -> None:
    freshchat.polls_pending = 1000
    system = System(settings, clock)
    integration = integrations.add(system, Draft("Kundenservice", "example.freshchat.com", "freshchat-key"))
    backfill.request(system, integration.integration_id, NOW - 58 * DAY, NOW - 2 * DAY, "history")
    assert backfill.run_due(system, clock())
    system.close()
    reopened = System(settings, clock)
    try:
        assert not backfill.run_due(reopened, clock())  # the second part must wait its minute
        clock.advance(seconds=60)
        while backfill.run_due(reopened, clock()):
            pass
        assert freshchat.ordered() == 1
        clock.advance(seconds=1)
        assert backfill.run_due(reopened, clock())
        assert freshchat.ordered() == 2
    finally:
        reopened.close()


def test_two_integrations_of_one_account_share_its_budget(
    system: System, integration: Integration, freshchat: FreshchatAccount, clock: Clock
) -> None:
    draft = replace(draft_of(integration), name="Zweite", freshchat_api_key="another-key")
    other = integrations.add(system, draft)
    for one in (integration, other):
        backfill.request(system, one.integration_id, NOW - 100 * DAY, NOW - 2 * DAY, "history")
    while clock() < NOW + timedelta(minutes=4):
        while backfill.run_due(system, clock()):
            pass
        clock.advance(seconds=1)
    assert freshchat.ordered() == 4
    states = [backfill.status(system, one.integration_id)[0].progress for one in (integration, other)]
    assert states == [0.5, 0.5]


def test_a_click_twice_is_one_job(system: System, integration: Integration) -> None:
    span = NOW - 4 * DAY, NOW - 2 * DAY
    first = backfill.request(system, integration.integration_id, *span, "requested")
    assert backfill.request(system, integration.integration_id, *span, "requested") == first
    assert len(backfill.status(system, integration.integration_id)) == 1


def test_jobs_without_end_are_refused(system: System, integration: Integration) -> None:
    for hours in range(50):
        start = NOW - timedelta(hours=hours + 1)
        backfill.request(system, integration.integration_id, start, NOW, "requested")
    with pytest.raises(TooManyJobs):
        backfill.request(system, integration.integration_id, NOW - 9 * DAY, NOW, "requested")


def test_a_span_that_cannot_be_is_refused(system: System, integration: Integration) -> None:
    with pytest.raises(BadSpan):
        backfill.request(system, integration.integration_id, NOW, NOW, "requested")
    with pytest.raises(BadSpan):
        backfill.request(system, integration.integration_id, NOW - 500 * DAY, NOW, "requested")


def test_a_span_is_covered_once_all_of_it_is_fetched(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    def covered_at() -> datetime | None:
        return backfill.covered_at(system.database, integration.integration_id, NOW - 10 * DAY, NOW - 4 * DAY)

    backfill.request(system, integration.integration_id, NOW - 10 * DAY, NOW - 6 * DAY, "requested")
    run()
    assert covered_at() is None
    backfill.request(system, integration.integration_id, NOW - 6 * DAY, NOW - 3 * DAY, "requested")
    run()
    covered = covered_at()
    backfill.request(system, integration.integration_id, NOW - 10 * DAY, NOW - 3 * DAY, "requested")
    run()
    assert covered == covered_at() is not None


def test_an_incident_tells_what_was_lost_in_it_and_on_the_way_when_it_began(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    opened_at, closed_at = NOW - 5 * HOUR, NOW - 2 * HOUR
    moments = [opened_at + HOUR, closed_at - HOUR, opened_at - SECOND, opened_at - 10 * MINUTE]
    freshchat.resolutions = [
        Resolution(f"lost {number}", at, f"{number}-1") for number, at in enumerate(moments)
    ]
    incident = Incident(
        integration.integration_id, "one", opened_at, opened_at, closed_at, "silent", "key_revoked", missed=7
    )
    save_incidents(system, [incident])
    configuration.check(system, integration.integration_id)
    keep_recovered(system, system.integration(integration.integration_id), NOW)
    run()
    keep_recovered(system, system.integration(integration.integration_id), NOW)
    (found,) = incidents(system.database, integration.integration_id)
    assert contacts(system) == 4
    assert (found.recovered, found.missed, found.recovered_at is not None) == (3, 3, True)


def test_strange_rows_are_counted_apart(
    system: System, integration: Integration, freshchat: FreshchatAccount, run: Run
) -> None:
    at = NOW - 3 * DAY
    freshchat.resolutions = [
        Resolution("a", at, "a-1"),
        Resolution("x" * 300, at, "b-1"),
        Resolution("", at, "c-1"),
    ]
    backfill.request(system, integration.integration_id, at - DAY, at + DAY, "requested")
    (status,) = run()
    assert (status.fetched, status.unreadable, status.new) == (1, 2, 1)


def test_a_span_is_covered_by_the_report_that_brought_its_last_part(
    system: System, integration: Integration
) -> None:
    def of(number: int, begin: datetime, state: PartState, reported_at: datetime) -> Part:
        ident = integration.integration_id
        return Part(ident, "job", number, begin, begin + HOUR, state, NOW, "r", reported_at)

    parts = [
        of(0, NOW - 2 * HOUR, "done", NOW + MINUTE),
        of(1, NOW - HOUR, "reported", NOW + 2 * MINUTE),  # ordered, and not taken in
    ]
    system.writer.write(lambda transaction: save_parts(transaction, parts))
    span = integration.integration_id, NOW - 2 * HOUR, NOW
    assert backfill.covered_at(system.database, *span) is None
    last = of(1, NOW - HOUR, "done", NOW + 9 * MINUTE)
    system.writer.write(lambda transaction: save_parts(transaction, [last]))
    assert backfill.covered_at(system.database, *span) == NOW + 9 * MINUTE
