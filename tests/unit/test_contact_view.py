"""What the contacts page shows: totals, what is usual, gaps, and contacts without a group."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from data.integrations import Integration
from data.watch import Incident, save_incident
from services.contacts.coverage import Gap
from services.contacts.periods import Period, View
from services.contacts.view import ContactView, contact_view, earlier_periods, real_queues, undefined_share
from services.system import System

TODAY = date(2026, 3, 3)  # a Tuesday; the clock stands at 10:00 in Berlin
Resolve = Callable[..., None]


def at(hour: int, minute: int = 0, *, day: date = TODAY) -> datetime:
    """An instant by Berlin's winter time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.fixture
def view(system: System, integration: Integration) -> Callable[..., ContactView]:
    def look(
        kind: View = "day", day: date = TODAY, interval: str = "60m", queues: Sequence[str] = ("Support",)
    ) -> ContactView:
        period = Period.around(kind, day)
        arguments = (system, integration.integration_id, period, interval, queues, system.clock())
        return contact_view(*arguments, earlier=earlier_periods(*arguments))

    return look


@pytest.fixture
def six_tuesdays(resolve: Resolve) -> None:
    """Two contacts at 08:10 and six at 12:10 on each of the last six Tuesdays, after one long before."""
    resolve("Support", at(8, day=TODAY - timedelta(weeks=8)))
    for weeks in range(1, 7):
        day = TODAY - timedelta(weeks=weeks)
        resolve("Support", at(8, 10, day=day), 2)
        resolve("Support", at(12, 10, day=day), 6)


@pytest.mark.usefixtures("six_tuesdays")
def test_today_is_held_against_the_usual_up_to_now(
    resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(8, 30), 3)
    shown = view()
    assert shown.until_now == 3
    assert shown.comparison is not None
    assert shown.comparison.periods == 6
    assert shown.comparison.until_now == 2  # what comes after ten o'clock is not missing yet
    assert shown.comparison.usual[8] == 2
    assert shown.comparison.usual[12] == 6


@pytest.mark.usefixtures("six_tuesdays")
def test_a_day_with_a_gap_says_nothing_about_the_usual(
    system: System, integration: Integration, view: Callable[..., ContactView]
) -> None:
    day = TODAY - timedelta(weeks=2)
    outage = Incident(
        integration.integration_id,
        "i",
        at(9, day=day),
        at(9, 5, day=day),
        at(11, day=day),
        "silent",
        "key_revoked",
    )
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    comparison = view().comparison
    assert comparison is not None
    assert comparison.periods == 5


def test_what_was_not_counted_is_a_gap_and_not_zero(
    system: System, integration: Integration, resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(6))
    outage = Incident(integration.integration_id, "i", at(7), at(7, 9), at(9), "silent", "key_revoked")
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    shown = view()
    assert shown.gaps == [Gap(0, 6, "no_data"), Gap(7, 9, "no_data")]
    assert np.isnan(shown.total[7:9]).all()
    assert shown.total[6] == 1
    assert shown.total[9] == 0


def test_what_was_fetched_back_is_no_gap_but_marked(
    system: System, integration: Integration, resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(0), 1)
    resolve("Support", at(7, 30), 2, reporter="backfill", received_at=at(9, 30))
    outage = Incident(
        integration.integration_id,
        "i",
        at(7),
        at(7, 9),
        at(9),
        "silent",
        "key_revoked",
        recovered_at=at(9, 30),
    )
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    shown = view()
    assert shown.gaps == [Gap(7, 9, "recovered")]
    assert shown.total[7] == 2


def test_the_day_on_which_summer_time_ends_has_100_quarter_hours(
    resolve: Resolve, clock: Callable[[], datetime], view: Callable[..., ContactView]
) -> None:
    resolve("Support", datetime(2025, 10, 1, tzinfo=UTC))
    resolve("Support", datetime(2025, 10, 26, 0, 30, tzinfo=UTC))
    resolve("Support", datetime(2025, 10, 26, 1, 30, tzinfo=UTC), 2)
    shown = view(day=date(2025, 10, 26), interval="15m")
    assert len(shown.table.starts) == 100
    twice = [index for index, start in enumerate(shown.table.starts) if f"{start:%H:%M}" == "02:30"]
    assert [shown.total[index] for index in twice] == [1, 2]


def test_a_gap_lasts_as_long_as_it_did_when_summer_time_ended(
    system: System, integration: Integration, resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", datetime(2025, 10, 1, tzinfo=UTC))
    began, ended = datetime(2025, 10, 25, 23, tzinfo=UTC), datetime(2025, 10, 26, 2, tzinfo=UTC)
    outage = Incident(integration.integration_id, "i", began, began, ended, "silent", "key_revoked")
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    assert view(day=date(2025, 10, 26)).without_data(system.clock()) == timedelta(hours=3)


def test_a_gap_that_began_the_day_before_is_missing_and_the_time_before_the_first_contact_is_not(
    system: System, integration: Integration, resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    yesterday = TODAY - timedelta(days=1)
    resolve("Support", at(12, day=yesterday))
    outage = Incident(
        integration.integration_id,
        "i",
        at(20, day=yesterday),
        at(20, day=yesterday),
        at(6),
        "silent",
        "key_revoked",
    )
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    assert view(day=TODAY).without_data(system.clock()) == timedelta(hours=6)
    assert view(day=yesterday).without_data(system.clock()) == timedelta(hours=4)


def test_contacts_without_a_group_stand_apart(
    system: System, integration: Integration, resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(8), 3)
    resolve(None, at(8), 1)
    assert real_queues(system, integration.integration_id) == ["Support"]
    shown = view()
    assert shown.until_now == 3
    assert shown.undefined is not None
    assert (shown.undefined.contacts, shown.undefined.share) == (1, 0.25)


@pytest.mark.parametrize(("contacts", "rising"), [(5, False), (8, False), (40, True)])
def test_a_share_rises_when_chance_no_longer_explains_it(contacts: int, rising: bool) -> None:
    undefined = undefined_share(contacts, 100, 50, 1000)
    assert undefined is not None
    assert undefined.rising is rising


def test_without_contacts_there_is_no_share() -> None:
    assert undefined_share(0, 0, 5, 100) is None


def test_the_line_of_the_usual_is_smooth_and_adds_up_to_what_is_usual(
    resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(8, day=TODAY - timedelta(weeks=8)))
    for weeks in range(1, 7):
        for quarter in range(32):
            # A contact in every second quarter hour, in the others on other days.
            if (quarter + weeks) % 2:
                resolve(
                    "Support", at(8, day=TODAY - timedelta(weeks=weeks)) + timedelta(minutes=15 * quarter)
                )
    comparison = view(interval="15m").comparison
    assert comparison is not None
    open_hours = comparison.usual[32:64]
    assert np.abs(np.diff(open_hours)).max() < 0.2
    assert comparison.usual.sum() == pytest.approx(16)
    assert not comparison.usual[:32].any()  # closed, and not half open beside the opening
    assert not comparison.usual[64:].any()


@pytest.mark.usefixtures("six_tuesdays")
def test_one_day_out_of_the_order_does_not_move_the_line_of_the_usual(
    resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(12, 20, day=TODAY - timedelta(weeks=3)), 500)
    comparison = view().comparison
    assert comparison is not None
    assert comparison.usual[12] == 6
    assert sorted(comparison.each[:, 12]) == [6, 6, 6, 6, 6, 506]  # each day stays what it was
    assert view(kind="week").comparison.each.size == 0  # type: ignore[union-attr]  # of days only


def test_a_year_is_shown_by_weeks_and_held_against_the_one_before(
    resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(8, day=date(2024, 12, 1)))
    for day in (date(2025, 1, 7), date(2025, 2, 3), date(2025, 2, 4)):
        resolve("Support", at(12, day=day), 5)
    resolve("Support", at(12, day=date(2026, 2, 3)), 3)
    shown = view("year", interval="1w")
    assert shown.table.starts[0].date() == date(2026, 1, 1)
    assert {start.weekday() for start in shown.table.starts[1:]} == {0}
    assert shown.total[5] == 3
    assert shown.until_now == 3
    assert shown.comparison is not None
    assert shown.comparison.until_now == 15
    assert shown.comparison.usual[5] == 10
    assert np.isnan(shown.total[-1])
    assert view("year", interval="1mo").total[:3].tolist() == [0, 3, 0]


def test_a_week_of_which_a_day_is_missing_is_incomplete_and_the_one_under_way_is_not(
    system: System, integration: Integration, resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(8, day=date(2025, 12, 1)))
    began, ended = at(0, day=date(2026, 2, 11)), at(0, day=date(2026, 2, 12))
    outage = Incident(integration.integration_id, "i", began, began, ended, "silent", "key_revoked")
    system.writer.write(lambda transaction: save_incident(transaction, outage))
    assert view("year", interval="1w").gaps == [Gap(6, 7, "incomplete")]


def test_last_year_is_compared_in_the_time_that_has_data(
    resolve: Resolve, view: Callable[..., ContactView]
) -> None:
    resolve("Support", at(8, day=date(2025, 2, 5)), 4)
    resolve("Support", at(8, day=date(2026, 1, 20)), 7)
    resolve("Support", at(8, day=date(2026, 2, 4)), 6)
    comparison = view("year", interval="1d").comparison
    assert comparison is not None
    assert not comparison.whole
    assert comparison.until_now == 4
    assert comparison.standing.contacts == 6


def test_what_stands_out_comes_first_by_queue(resolve: Resolve, view: Callable[..., ContactView]) -> None:
    resolve("Support", at(6, day=TODAY - timedelta(weeks=8)))
    for weeks in range(1, 7):
        day = TODAY - timedelta(weeks=weeks)
        resolve("Support", at(8, 10, day=day), 40)
        resolve("Sales", at(8, 10, day=day), 3)
        resolve("Billing", at(8, 10, day=day), 20)
        resolve("Billing", at(12, 10, day=day), 20)  # not missing yet at ten
    resolve("Support", at(8, 30), 41)
    resolve("Sales", at(8, 30), 30)
    resolve("Billing", at(8, 30), 19)
    shown = view(queues=("Support", "Sales", "Billing"))
    assert [figure.queue for figure in shown.by_queue] == ["Sales", "Support", "Billing"]
    sales, support, billing = shown.by_queue
    assert sales.standing is not None
    assert (sales.contacts, sales.standing.usual, sales.standing.amount) == (30, 3, "much_more")
    assert support.standing is not None
    assert support.standing.amount == "as_usual"
    assert billing.standing is not None
    assert (billing.standing.usual, billing.standing.amount) == (20, "as_usual")
    assert billing.share == pytest.approx(19 / 90)


@pytest.mark.usefixtures("six_tuesdays")
def test_what_the_watcher_holds_quiet_is_so_of_the_day_under_way_against_the_usual_alone(
    resolve: Resolve, view: Callable[..., ContactView], system: System
) -> None:
    resolve("Support", at(8, 30))

    def told(shown: ContactView) -> str:
        (figure,) = shown.held_quiet(("Support",), system.clock()).by_queue
        assert figure.standing is not None
        return figure.standing.amount

    today = view()
    assert told(today) == "less"
    assert told(replace(today, against="before")) == "as_usual"
    for other in (TODAY - timedelta(weeks=1), TODAY + timedelta(weeks=1)):
        around = view(day=other)
        assert around.held_quiet(("Support",), system.clock()) is around
    assert (week := view("week")).held_quiet(("Support",), system.clock()) is week
