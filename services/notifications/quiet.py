"""Quiet hours: when a channel is left alone, by the clock on its readers' wall."""

from datetime import UTC, datetime, timedelta

from data.channels import Quiet

DAY = timedelta(days=1)


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
