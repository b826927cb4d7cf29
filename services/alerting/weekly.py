"""The weekly report: contacts per source queue against the weeks before, seals, incidents, and what needs a person."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.alerts import STILLWATCH, open_alerts
from data.channels import Channel, channels
from data.contacts import counts
from data.integrations import Integration
from data.watch import Incident, incidents
from services.alerting import incident_words
from services.alerting.links import page_link
from services.alerting.message import Message
from services.alerting.words import STATE_NAMES
from services.contacts.rule import counted
from services.intervals import midnight
from services.sealing.days import days
from services.system import System
from services.translation import N_, Words

WEEK = timedelta(days=7)
WEEKS_BEFORE = 4
HOUR = time(7)
LATEST_DAY = 2
"""On Tuesday a report is still sent that Monday missed; later it would be old news."""


def zone_of(system: System, channel: Channel) -> ZoneInfo:
    """Return the time zone of the channel's readers: of its quiet hours, else of most of its integrations."""
    if channel.quiet is not None:
        return channel.quiet.zone
    zones = Counter(known.time_zone for known in _integrations(system, channel))
    return ZoneInfo(zones.most_common(1)[0][0] if zones else "UTC")


def weekly_due(channel: Channel, zone: ZoneInfo, now: datetime) -> str | None:
    """Return the id of the report that is due now, None for none: on Monday morning by the readers' clock."""
    local = now.astimezone(zone)
    year, week, day = local.isocalendar()
    monday = datetime.combine(local.date() - timedelta(days=day - 1), HOUR, zone).astimezone(UTC)
    if not channel.weekly or day > LATEST_DAY or now < monday:
        return None
    return f"weekly-{channel.channel_id}-{year}-W{week:02}"


def weekly_report(system: System, channel: Channel, now: datetime) -> Message:
    """Return the report on the last full week, Monday to Sunday by each integration's own clock."""
    zone = zone_of(system, channel)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday()) - WEEK
    words = Words(channel.language, zone.key)
    integrations = _integrations(system, channel)
    sections: list[tuple[str, tuple[tuple[str, ...], ...]]] = []
    needs: list[str] = []
    for integration in integrations:
        rows, open_ends = _integration(
            system, integration, monday, replace(words, time_zone=integration.time_zone), now
        )
        sections.append((integration.name, tuple(rows)))
        needs += [words.labelled(integration.name, what) for what in open_ends]
    title = words.text(
        N_("Week from {first} to {last}"),
        first=words.day_of_year(monday),
        last=words.day_of_year(monday + timedelta(days=6)),
    )
    needs += _needs_of_stillwatch(system, words)
    if not integrations:
        needs += [words.text(N_("There is no integration of which this channel tells."))]
    told = words.text(N_("Nothing needs a person.")) if not needs else words.text(N_("This needs a person:"))
    return Message(
        channel.language,
        "warning" if needs else "info",
        title,
        (words.text(N_("Contacts per source queue, beside the average of the four weeks before.")),),
        step="\n".join([told, *needs]),
        links=tuple(
            (integration.name, page_link(system, integration.integration_id)) for integration in integrations
        ),
        sections=tuple(sections),
    )


def _integrations(system: System, channel: Channel) -> list[Integration]:
    return [
        known
        for known in system.directory.active()
        if not channel.integrations or known.integration_id in channel.integrations
    ]


def _integration(
    system: System, integration: Integration, monday: date, words: Words, now: datetime
) -> tuple[list[tuple[str, ...]], list[str]]:
    zone = integration.zone
    start, end = midnight(monday, zone), midnight(monday + WEEK, zone)
    last = _contacts(system, integration, start, end)
    first_of_before = midnight(monday - WEEKS_BEFORE * WEEK, zone)
    before = _contacts(system, integration, first_of_before, start)
    rows = [
        _queue(queue, last[queue], before[queue] / WEEKS_BEFORE, words) for queue in sorted({*last, *before})
    ]
    sealed = [
        seal.state in ("equal", "fetched")
        for seal in days(system, integration, monday, monday + timedelta(days=6), now)
    ]
    rows.append(
        (
            words.text(N_("Sealed days")),
            words.text(
                N_("{sealed} of {days}"), sealed=words.number(sum(sealed)), days=words.number(len(sealed))
            ),
            "",
        )
    )
    of_week = [
        incident
        for incident in incidents(system.database, integration.integration_id)
        if incident.reaches_into(start, end, now) and not incident.false_alarm
    ]
    rows.append((words.text(N_("Incidents")), words.number(len(of_week)), _figures(of_week, words)))
    return rows, _needs(system, integration, of_week, words)


def _queue(queue: str, amount: int, usual: float, words: Words) -> tuple[str, ...]:
    beside = ""
    if usual >= 1:
        change = words.percent(amount / usual - 1)
        sign = "+" if amount > usual else ""
        beside = words.text(
            N_("{change} against {usual}"), change=sign + change, usual=words.number(round(usual))
        )
    return queue, words.number(amount), beside


def _contacts(system: System, integration: Integration, start: datetime, end: datetime) -> Counter[str]:
    found = counts(
        system.database,
        integration.integration_id,
        start=start,
        end=end,
        received_before=integration.paused_at,
    )
    amounts = found[counted(integration.counting)]
    totals: Counter[str] = Counter()
    for queue, amount in zip(found["queue"], amounts, strict=True):
        totals[str(queue)] += int(amount)
    return totals


def _figures(of_week: Sequence[Incident], words: Words) -> str:
    if not of_week:
        return ""
    return words.text(
        N_("{missed} contacts missed, {recovered} fetched back"),
        missed=words.number(sum(incident.missed or 0 for incident in of_week)),
        recovered=words.number(sum(incident.recovered for incident in of_week)),
    )


def _needs_of_stillwatch(system: System, words: Words) -> list[str]:
    """Return what goes on and concerns all integrations: the monitor itself, and channels that fail."""
    names = {known.channel_id: known.name for known in channels(system.database)}
    goes_on = [known for known in open_alerts(system.database) if known.integration_id == STILLWATCH]
    named = [f"Stillwatch: {words.text(STATE_NAMES[state])}" for known in goes_on for state in known.states]
    named += [
        words.text(N_("The channel {name} fails"), name=names[known.about])
        for known in goes_on
        if known.kind == "channel" and known.about in names
    ]
    return named


def _needs(system: System, integration: Integration, of_week: Sequence[Incident], words: Words) -> list[str]:
    """Return what goes on, and what is over and has not given its contacts back."""
    goes_on = [
        known for known in open_alerts(system.database) if known.integration_id == integration.integration_id
    ]
    named = [words.text(STATE_NAMES[state]) for known in goes_on for state in known.states[:1]]
    named += [
        words.text(N_("{name}: its contacts are not back yet"), name=incident_words.name(incident, words))
        for incident in of_week
        if incident.closed_at is not None and incident.recovered_at is None and incident.missed
    ]
    return list(dict.fromkeys(named))
