"""The line that says how far figures can be trusted, as readers of the pages see it."""

from datetime import date, timedelta

import pytest

from data.seals import Seal
from pages.parts.plain import plain
from pages.parts.trust import sentence, what_else
from services.causes import Cause, DataFlow
from services.translation import Words
from services.trust import Kind, Trust
from services.watch.verdict import Verdict
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("kind", "data_flow", "cause", "told"),
    [
        ("complete_until", "receiving", "none", ""),
        ("complete_until", "nothing_expected", "none", ""),
        (
            "complete_until",
            "receiving",
            "freshchat_credentials",
            "Freshchat refuses the Freshchat API key, so nothing can be compared or fetched back.",
        ),
        ("complete", "receiving", "none", "Contacts arrive as expected."),
        ("gap", "receiving", "none", "Contacts arrive as expected."),
    ],
)
def test_nothing_is_said_twice(kind: Kind, data_flow: DataFlow, cause: Cause, told: str) -> None:
    found = Trust(kind, NOW, data_flow=data_flow)
    assert what_else(found, Verdict(data_flow, cause), Words("en", "Europe/Berlin")) == plain(told)


def test_of_a_learning_data_flow_the_promise_is_still_to_be_said() -> None:
    found = Trust("complete_until", NOW, data_flow="learning")
    assert "cannot promise" in what_else(found, Verdict("learning", "none"), Words("en", "Europe/Berlin"))


def test_unknown_blames_no_monitor_that_is_not_late() -> None:
    found = Trust("complete_until", NOW - timedelta(hours=1), data_flow="unknown")
    assert sentence(found, NOW, Words("en", "Europe/Berlin")) == (
        "**Complete up to 09:00, compared with Freshchat.** Of what came since nothing can be said yet."
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "**1 hour without data from Tue 3 Mar, 10:00: Stillwatch itself was not running or not reachable.**",
        ),
        ("de", "lief nicht oder war nicht erreichbar"),
        ("fr", "était arrêté ou injoignable"),
    ],
)
def test_a_gap_of_our_own_is_laid_to_nobody_else(language: str, told: str) -> None:
    words, hour = Words(language, "Europe/Berlin"), timedelta(hours=1)
    assert told in sentence(Trust("gap", since=NOW, without_data=hour, ours=True), NOW, words)
    assert "Stillwatch" not in sentence(Trust("gap", since=NOW, without_data=hour), NOW, words)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (0, "**Sun 1 Mar 2026 is not compared with Freshchat: its turn has not come yet.**"),
        (
            1,
            "**Sun 1 Mar 2026 is not compared with Freshchat: its turn has not come yet. "
            "Nor is 1 more day.**",
        ),
        (
            20,
            "**Sun 1 Mar 2026 is not compared with Freshchat: its turn has not come yet. "
            "Nor are 20 more days.**",
        ),
    ],
)
def test_one_day_does_not_stand_for_all_that_were_not_compared(more: int, told: str) -> None:
    day = Seal("i", date(2026, 3, 1), "not_compared", "not_yet")
    found = Trust("not_compared", day=day, more=more)
    assert sentence(found, NOW, Words("en", "Europe/Berlin")) == told
