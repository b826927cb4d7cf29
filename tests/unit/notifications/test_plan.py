"""Who is told what and when: one message per cause, reminders, escalation, quiet hours, the all-clear."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.channels import Quiet
from services.notifications.due import MOST_TRIES, held_until, next_try_at
from services.notifications.plan import FALSE_ALARM, GIVEN_UP, planned
from services.notifications.quiet import quiet_until
from tests.unit.notifications.people import BEGAN, MINUTE, Post, alert, channel


def told(*channels: object, **more: object) -> Post:
    post = Post(list(channels), **more)  # type: ignore[arg-type]
    post.know(alert())
    return post


def test_a_message_waits_for_what_else_its_cause_shows_and_is_sent_once() -> None:
    post = told(channel())
    assert post.run(60) == [(2, "mail", "opened")]


def test_what_shows_itself_in_three_ways_is_one_message_of_the_worst() -> None:
    post = told(channel())
    post.know(alert("b", states=("confirmed_loss", "refused_key"), about="confirmed_loss/key_revoked"))
    post.know(alert("c", kind="credentials", states=("freshchat_credentials",), about="invalid_credentials"))
    assert post.run(60) == [(2, "mail", "opened")]
    (sent,) = [row for row in post.rows.values() if row.state == "sent"]
    assert sent.alert_id == "b"


def test_what_becomes_known_later_is_told_once() -> None:
    post = told(channel())
    post.run(10)
    post.change(about="confirmed_loss/key_revoked", states=("confirmed_loss",))
    assert post.run(30) == [(13, "mail", "changed")]
    post.change(about="silent/none")
    assert post.run(30) == []


def test_what_becomes_known_before_the_message_goes_out_needs_none_of_its_own() -> None:
    post = told(channel())
    post.run(1)
    post.change(about="confirmed_loss/key_revoked")
    assert post.run(30) == [(2, "mail", "opened")]


def test_reminders_grow() -> None:
    post = told(channel(remind_minutes=30))
    assert post.run(500) == [
        (2, "mail", "opened"),
        *((minute, "mail", "reminder") for minute in (32, 92, 212, 452)),
    ]


def test_a_reminder_never_rests_longer_than_a_day() -> None:
    post = told(channel(remind_minutes=600))
    times = [minute for minute, _, kind in post.run(9000) if kind == "reminder"]
    assert times[:4] == [602, 1802, 3242, 4682]


def test_who_acknowledges_ends_reminders_and_escalation() -> None:
    post = told(channel(remind_minutes=30), channel("pager", after_minutes=60))
    post.run(40)
    post.change(acknowledged_at=post.now)
    assert post.run(300) == []


def test_without_acknowledgement_a_second_channel_is_told() -> None:
    post = told(channel(), channel("pager", after_minutes=60))
    assert post.run(100) == [(2, "mail", "opened"), (62, "pager", "opened")]


def test_the_second_channel_hears_nothing_of_what_is_over_before_its_turn() -> None:
    post = told(channel(), channel("pager", after_minutes=60))
    post.run(30)
    post.change(closed_at=post.now)
    assert post.run(100) == [(31, "mail", "closed")]


def test_who_asked_for_silence_is_left_alone_until_then_but_hears_that_it_is_over() -> None:
    post = told(channel(remind_minutes=10))
    post.run(5)
    post.change(silenced_until=BEGAN + 100 * MINUTE)
    assert post.run(90) == []
    assert post.run(10) == [(100, "mail", "reminder")]
    post.change(silenced_until=BEGAN + 300 * MINUTE, closed_at=post.now)
    assert post.run(5) == [(106, "mail", "closed")]


def test_the_all_clear_waits_for_what_is_fetched_back_but_not_for_ever() -> None:
    post = told(channel(), settled=False)
    post.run(10)
    post.change(closed_at=post.now)
    assert post.run(14) == []
    assert post.run(2) == [(26, "mail", "closed")]


def test_the_all_clear_comes_as_soon_as_everything_is_fetched_back() -> None:
    post = told(channel(), settled=False)
    post.run(10)
    post.change(closed_at=post.now)
    post.run(5)
    post.settled = True
    assert post.run(30) == [(16, "mail", "closed")]


def test_an_outage_that_is_over_before_anybody_was_told_is_told_in_one_message() -> None:
    post = told(channel())
    post.run(1)
    post.change(closed_at=post.now)
    assert post.run(30) == [(2, "mail", "closed")]


@pytest.mark.parametrize("about", [FALSE_ALARM, GIVEN_UP])
def test_what_was_none_and_nobody_was_told_of_is_not_told(about: str) -> None:
    post = told(channel())
    post.run(1)
    post.change(closed_at=post.now, about=about)
    assert post.run(30) == []


def test_a_false_alarm_is_taken_back_where_it_was_told() -> None:
    post = told(channel())
    post.run(5)
    post.change(closed_at=post.now, about=FALSE_ALARM)
    assert post.run(30) == [(6, "mail", "closed")]


def test_a_loss_that_was_over_when_it_was_found_is_told_but_not_to_channels_that_came_later() -> None:
    post = told(channel(), channel("new", created_at=BEGAN + MINUTE))
    post.change(closed_at=BEGAN - MINUTE)
    assert post.run(30) == [(1, "mail", "closed")]


def test_a_new_channel_is_told_of_what_goes_on() -> None:
    post = told()
    post.run(60)
    post.channels = [channel("new", created_at=post.now)]
    assert post.run(10) == [(61, "new", "opened")]


def test_a_channel_hears_of_the_states_and_integrations_that_it_wants() -> None:
    post = Post(
        [
            channel("loss", states=("confirmed_loss",)),
            channel("queue", states=("one_queue", "unsealed_day")),
            channel("other", integrations=("j",)),
            channel("this", integrations=("i",)),
        ]
    )
    post.know(alert(states=("silent", "one_queue")))
    post.know(alert("w", integration_id="", kind="monitor", states=("unknown",), about="watcher_late"))
    assert post.run(10) == [
        (2, "other", "opened"),
        (2, "queue", "opened"),
        (2, "this", "opened"),
        (2, "this", "opened"),
    ]
    post.change(states=("confirmed_loss", "one_queue"), about="confirmed_loss/queue_gone")
    assert ("loss", "opened") in [(name, kind) for _, name, kind in post.run(10)]


def test_all_channels_but_the_failing_one_are_told_of_it() -> None:
    post = Post([channel("broken"), channel("loss", states=("confirmed_loss",)), channel("mail")])
    post.know(alert(integration_id="", kind="channel", about="broken", states=()))
    assert {name for _, name, _ in post.run(10)} == {"loss", "mail"}


def test_a_channel_that_does_not_work_is_tried_again_and_tells_it_once() -> None:
    post = told(channel())
    post.broken = True
    assert post.run(60) == []
    post.broken = False
    assert post.run(60) == [(63, "mail", "opened")]


def test_tries_rest_longer_each_time_up_to_a_quarter_of_an_hour() -> None:
    rests = [(next_try_at(tries, BEGAN) - BEGAN) / timedelta(seconds=1) for tries in range(1, 9)]
    assert rests == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_message_is_tried_for_a_day() -> None:
    rests = [next_try_at(tries, BEGAN) - BEGAN for tries in range(1, MOST_TRIES)]
    assert timedelta(hours=23.5) < sum(rests, timedelta()) < timedelta(hours=24.5)


NIGHTS = Quiet("Europe/Berlin", (1, 2, 3, 4, 5), "22:00", "06:30")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2026, 3, 3, 20, 59, tzinfo=UTC), None),  # Tuesday, 21:59 in Berlin
        (datetime(2026, 3, 3, 21, 0, tzinfo=UTC), datetime(2026, 3, 4, 5, 30, tzinfo=UTC)),
        (datetime(2026, 3, 4, 5, 29, tzinfo=UTC), datetime(2026, 3, 4, 5, 30, tzinfo=UTC)),
        (datetime(2026, 3, 4, 5, 30, tzinfo=UTC), None),
        (datetime(2026, 3, 7, 1, 0, tzinfo=UTC), datetime(2026, 3, 7, 5, 30, tzinfo=UTC)),  # Friday's night
        (datetime(2026, 3, 7, 22, 0, tzinfo=UTC), None),  # Saturday
        (datetime(2026, 3, 29, 2, 0, tzinfo=UTC), None),  # Saturday's night, in which the clock changes
        (datetime(2026, 3, 31, 3, 0, tzinfo=UTC), datetime(2026, 3, 31, 4, 30, tzinfo=UTC)),  # in summer
    ],
)
def test_quiet_hours_are_those_of_the_wall_clock_and_of_the_day_they_begin_on(
    at: datetime, until: datetime | None
) -> None:
    assert quiet_until(NIGHTS, at) == until


def test_what_happened_in_quiet_hours_is_told_when_they_end_and_only_what_still_matters() -> None:
    hours = Quiet("UTC", (2,), "09:00", "11:00")
    post = told(channel(quiet=hours), channel("pager"))
    post.know(alert("b", integration_id="j"))
    post.run(30)
    post.change("b", closed_at=post.now)
    assert {name for _, name, _ in post.delivered} == {"pager"}
    heard = [(minute, kind) for minute, name, kind in post.run(120) if name == "mail"]
    assert sorted(heard) == [(120, "closed"), (120, "opened")]


def test_a_test_is_sent_in_quiet_hours_too() -> None:
    (row,) = planned(alert(), [channel()], [], BEGAN)
    always = Quiet("UTC", (1, 2, 3, 4, 5, 6, 7), "00:00", "00:00")
    assert held_until(row, channel(quiet=always), None, BEGAN) is not None
    assert held_until(replace(row, kind="test"), channel(quiet=always), None, BEGAN) is None


STEPS = st.lists(
    st.sampled_from(["minute", "sharpen", "acknowledge", "silence", "close", "break", "mend", "restart"]),
    max_size=60,
)


@given(STEPS)
def test_whatever_happens_nobody_is_told_the_same_twice_and_nothing_is_forgotten(steps: list[str]) -> None:
    post = told(channel(remind_minutes=5), channel("pager", after_minutes=7))
    for step in steps:
        open_one = post.alerts["a"].closed_at is None
        if step == "sharpen" and open_one:
            post.change(about="confirmed_loss/key_revoked", states=("confirmed_loss",))
        elif step == "acknowledge" and open_one:
            post.change(acknowledged_at=post.now)
        elif step == "silence" and open_one:
            post.change(silenced_until=post.now + 5 * MINUTE)
        elif step == "close" and open_one:
            post.change(closed_at=post.now)
        elif step in ("break", "mend"):
            post.broken = step == "break"
        elif step == "restart":
            post.plan()  # planning again changes nothing
            before = dict(post.rows)
            post.plan()
            assert post.rows == before
        else:
            post.minute()
    post.broken = False
    post.run(60)
    kinds = [(name, kind) for _, name, kind in post.delivered if kind != "reminder"]
    assert len(kinds) == len(set(kinds))
    assert ("mail", "opened") in kinds or ("mail", "closed") in kinds
    if post.alerts["a"].closed_at is not None:
        heard_of_it = {name for name, _ in kinds}
        assert {name for name, kind in kinds if kind == "closed"} == heard_of_it
        assert not [row for row in post.rows.values() if row.pending]
