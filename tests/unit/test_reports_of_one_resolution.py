"""Which reports are of one resolution, when app, webhook and backfill tell of it in their own ways."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.chats import Event, Reporter
from services.ingest.counting import contacts_of_chat

T0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def report(seconds: float, interaction: str | None = None, reporter: Reporter = "app", **more: Any) -> Event:
    at = T0 + timedelta(seconds=seconds)
    fields = {"group_id": None, "group_name": None} | more
    return Event("resolved", at, interaction, None, reporter=reporter, received_at=T0, **fields)


def reopened(seconds: float) -> Event:
    return Event("reopened", T0 + timedelta(seconds=seconds), None, None, None, None, "app", T0)


def count(*events: Event) -> int:
    counts = {len(contacts_of_chat(order, lambda *_: None)) for order in permutations(events)}
    (same,) = counts
    return same


@pytest.mark.parametrize(
    ("events", "contacts"),
    [
        # the letter of the rule
        ([report(0), report(120, reporter="webhook")], 1),
        ([report(0), report(121, reporter="webhook")], 2),
        ([report(0, "i"), report(86_400, "i", "backfill")], 1),
        # two interactions within two minutes are two resolutions, as Freshchat counts them
        ([report(0, "i"), report(60, "j")], 2),
        ([report(0, "i", "backfill"), report(60, "j", "backfill")], 2),
        # a report without an interaction goes to the nearer one
        ([report(0, "i", "backfill"), report(50), report(60, "j", "backfill")], 2),
        ([report(0), report(0.1, "i", "backfill"), report(60), report(60.1, "j", "backfill")], 2),
        # a chat seen to be reopened in between was resolved twice
        ([report(0), reopened(30), report(60)], 2),
        ([report(0), reopened(30), report(60, reporter="backfill")], 2),
        # a "thanks" within the difference of two clocks separates nothing
        ([report(0), reopened(1), report(2, "i", "backfill")], 1),
        ([report(0), reopened(1), report(2, "i", "backfill"), report(60), report(60.5, "j", "backfill")], 2),
        ([report(0), reopened(1), report(2)], 2),
        # the same instant is one contact whatever else is said
        ([report(0, "i"), report(0, "j", "backfill")], 1),
    ],
)
def test_reports_are_told_apart(events: list[Event], contacts: int) -> None:
    assert count(*events) == contacts


def test_a_backfill_moves_no_contact_to_the_name_that_its_group_has_now() -> None:
    pushed = report(0.05, group_id="g1", group_name="Support")
    fetched = report(0, "i", "backfill", group_id="g1", group_name="Kundendienst")
    (contact,) = contacts_of_chat([fetched, pushed], lambda *_: None)
    assert (contact.queue, contact.resolved_at) == ("Support", T0)


def test_a_backfill_names_the_group_that_was_not_pushed() -> None:
    fetched = report(0, "i", "backfill", group_id="g1", group_name="Support")
    (contact,) = contacts_of_chat([report(0.05), fetched], lambda *_: None)
    assert contact.queue == "Support"


@st.composite
def lives(draw: st.DrawFn) -> tuple[int, list[Event]]:
    """A chat's life: how often it was resolved, and what arrived of it, the backfill's rows all being there.

    Clocks differ by up to two seconds, rows are cut to tenths, and pushes may be lost.
    """
    at = 0.0
    events: list[Event] = []
    resolutions = draw(st.integers(1, 5))
    for number in range(resolutions):
        interaction = f"chat-{number}"
        at += draw(st.floats(10, 400))
        row = int((at + draw(st.floats(-2, 2))) * 10) / 10
        events.append(report(row, interaction, "backfill"))
        if draw(st.booleans()):
            events.append(report(at))
        if draw(st.booleans()):
            known = draw(st.sampled_from([None, interaction]))
            events.append(report(at + draw(st.floats(0, 0.5)), known, "webhook"))
        if draw(st.booleans()):
            events.append(reopened(at + draw(st.floats(0.5, 9))))
    return resolutions, draw(st.permutations(events))


@given(lives())
def test_after_a_backfill_the_contacts_equal_the_resolutions(life: tuple[int, list[Event]]) -> None:
    resolutions, events = life
    assert len(contacts_of_chat(events, lambda *_: None)) == resolutions
