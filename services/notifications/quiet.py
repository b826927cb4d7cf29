"""Quiet hours: when a channel is left alone, by the clock on its readers' wall."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import available_timezones

from data.channels import Quiet
from services.system import Invalid

__all__ = ["USUAL_QUIET", "Quiet", "filled_in", "quiet_hours", "quiet_until"]

DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(1, 8))
USUAL_QUIET = Quiet("Europe/Berlin", (1, 2, 3, 4, 5, 6, 7), "22:00", "06:00")
"""What a form offers before anybody has filled it in."""


def quiet_until(quiet: Quiet | None, now: datetime) -> datetime | None:
    """Return when the quiet hours that hold ``now`` end, None when they do not."""
    if quiet is None:
        return None
    starts, ends = quiet.span
    today = now.astimezone(quiet.zone).date()
    for day in (today - DAY, today):
        if day.isoweekday() not in quiet.weekdays:
            continue
        begin = datetime.combine(day, starts, quiet.zone).astimezone(UTC)
        last_day = day + DAY if ends <= starts else day
        end = datetime.combine(last_day, ends, quiet.zone).astimezone(UTC)
        if begin <= now < end:
            return end
    return None


def filled_in(saved: Quiet | None, fields: Quiet, *, wanted: bool) -> Quiet | None:
    """Return the quiet hours that somebody wants who left the fields of a form like this, None for none.

    ``saved``: those that the form began with; none are shown as the usual ones. Raises Invalid, with the code
    ``quiet_not_ticked`` when fields were filled in for nothing: whoever does that believes they have quiet hours.
    """
    if wanted:
        return quiet_hours(fields.time_zone, fields.weekdays, fields.starts, fields.ends)
    if saved is None and fields != USUAL_QUIET:
        raise Invalid(
            "quiet_not_ticked", "quiet", "say that there are quiet hours, or leave their fields alone"
        )
    return None


def quiet_hours(time_zone: str, weekdays: Sequence[int], starts: str, ends: str) -> Quiet:
    """Return quiet hours as they are stored. Raises Invalid."""
    if time_zone not in available_timezones():
        raise Invalid("bad_time_zone", "quiet.time_zone", "give an IANA time zone such as Europe/Berlin")
    days = tuple(sorted(set(weekdays)))
    if not days or not set(days) <= EVERY_DAY:
        raise Invalid("bad_day", "quiet.weekdays", "give days of the week, from 1 (Monday) to 7")
    begin, end = _local_time("quiet.from", starts), _local_time("quiet.to", ends)
    if begin == end and len(days) == len(EVERY_DAY):
        raise Invalid(
            "always_quiet", "quiet", "nothing would ever be sent: leave some time that is not quiet"
        )
    return Quiet(time_zone, days, begin, end)


def _local_time(field: str, text: str) -> str:
    try:
        return time.fromisoformat("00:00" if text == "24:00" else text).strftime("%H:%M")
    except ValueError:
        raise Invalid("bad_time", field, "give a local time such as 22:00") from None
