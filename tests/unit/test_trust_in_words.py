"""The line that says how far figures can be trusted, as readers of the pages see it."""

from datetime import timedelta

import pytest

from pages.parts.trust import says_it_all, sentence
from services.causes import Cause, DataFlow
from services.translation import Words
from services.trust import Kind, Trust
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("kind", "data_flow", "cause", "enough"),
    [
        ("complete_until", "receiving", "none", True),
        ("complete_until", "nothing_expected", "none", True),
        (
            "complete_until",
            "receiving",
            "freshchat_credentials",
            False,
        ),  # what that costs is still to be said
        ("complete_until", "learning", "none", False),
        ("complete", "receiving", "none", False),
        ("gap", "receiving", "none", False),
    ],
)
def test_nothing_is_said_twice(kind: Kind, data_flow: DataFlow, cause: Cause, enough: bool) -> None:
    assert says_it_all(Trust(kind, NOW, data_flow=data_flow), cause) is enough


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
