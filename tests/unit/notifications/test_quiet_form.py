"""Quiet hours as a form is left: ticked, filled in for nothing, or not touched."""

from dataclasses import replace

import pytest

from services.notifications.quiet import USUAL_QUIET, Quiet, filled_in
from services.system import Invalid

SAVED = Quiet("Europe/Paris", (6, 7), "20:00", "08:00")


def test_fields_that_nobody_touched_are_no_quiet_hours() -> None:
    assert filled_in(None, USUAL_QUIET, wanted=False) is None


@pytest.mark.parametrize(
    "changed",
    [
        replace(USUAL_QUIET, time_zone="Europe/Paris"),
        replace(USUAL_QUIET, weekdays=(1, 2, 3)),
        replace(USUAL_QUIET, weekdays=()),
        replace(USUAL_QUIET, starts="20:00"),
        replace(USUAL_QUIET, ends="07:00"),
    ],
)
def test_fields_that_are_filled_in_and_not_ticked_are_refused(changed: Quiet) -> None:
    with pytest.raises(Invalid) as refused:
        filled_in(None, changed, wanted=False)
    assert refused.value.code == "quiet_not_ticked"


def test_what_is_ticked_is_wanted_and_what_is_unticked_is_gone() -> None:
    assert filled_in(None, USUAL_QUIET, wanted=True) == USUAL_QUIET
    assert filled_in(None, SAVED, wanted=True) == SAVED
    assert filled_in(SAVED, SAVED, wanted=False) is None
    assert filled_in(SAVED, replace(SAVED, starts="21:00"), wanted=False) is None


def test_ticked_fields_have_to_be_right() -> None:
    with pytest.raises(Invalid) as refused:
        filled_in(None, replace(USUAL_QUIET, weekdays=()), wanted=True)
    assert refused.value.code == "bad_day"
