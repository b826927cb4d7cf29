"""What a notification says: the verdict's sentence, the figures, one next step, and the way to exactly this."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from data.alerts import STILLWATCH, Alert, Notification, alert, alerts
from data.channels import Channel, channels
from data.seals import seals
from data.watch import Incident, incidents
from services.alerting import incident_words
from services.alerting.links import answer_link, channels_link, page_link
from services.alerting.message import Message
from services.alerting.picture import timeline_picture
from services.alerting.weekly import weekly_report
from services.alerting.words import MONITOR, STATE_NAMES, failure_text
from services.causes import CAUSES, Step
from services.notifications.outbox import INTERRUPTED
from services.sealing.words import seal_sentence
from services.system import System
from services.translation import N_, Words
from services.watch.timeline import timeline
from services.watch.words import advice


def compose(
    system: System, channel: Channel, one: Notification, now: datetime, *, picture: bool = False
) -> Message | None:
    """Return what is said now, None for what there is nothing to say of any more.

    ``picture``: whether the channel can show one; drawing it takes a while.
    """
    if one.kind == "test":
        return _test(system, channel)
    if one.kind == "weekly":
        return weekly_report(system, channel, now)
    told_of = alert(system.database, one.integration_id, one.alert_id)
    if told_of is None:
        return None
    words = Words(channel.language, _zone(system, channel, one.integration_id))
    message = _MESSAGES[told_of.kind](system, told_of, one, words, now)
    if message is None:
        return None
    notes = [*message.notes, *_also(system, told_of, words), *_interrupted(one, words)]
    links = list(message.links)
    if told_of.closed_at is None:
        links.append((words.text(N_("Acknowledge or silence")), answer_link(system, one)))
    message = replace(message, notes=tuple(notes), links=tuple(links))
    return _with_picture(system, message, told_of, words, now) if picture else message


def name_of(system: System, integration_id: str) -> str:
    known = system.directory.integrations.get(integration_id)
    return known.name if known is not None else "Stillwatch"


def what_goes_on(system: System, told_of: Alert, words: Words) -> str:
    """Return in a few words what an alert tells of, and of which integration."""
    return words.labelled(name_of(system, told_of.integration_id), _name(system, told_of, words))


def _zone(system: System, channel: Channel, integration_id: str) -> str:
    known = system.directory.integrations.get(integration_id)
    if known is not None:
        return known.time_zone
    return channel.quiet.time_zone if channel.quiet else "UTC"


def _test(system: System, channel: Channel) -> Message:
    words = Words(channel.language)
    return Message(
        channel.language,
        "info",
        words.text(N_("Test: Stillwatch reaches you")),
        (words.text(N_("This is a test of the channel {name}. Nothing is wrong."), name=channel.name),),
        step=words.text(N_("Nothing needs to be done.")),
        links=((words.text(N_("Open the channels")), channels_link(system)),),
    )


def _incident(
    system: System, told_of: Alert, one: Notification, words: Words, now: datetime
) -> Message | None:
    known = incidents(system.database, told_of.integration_id)
    incident = next((found for found in known if found.incident_id == told_of.alert_id), None)
    if incident is None or told_of.integration_id not in system.directory.integrations:
        return None
    return incident_words.message(system, incident, one.kind, words, now)


def _credentials(system: System, told_of: Alert, one: Notification, words: Words, _: datetime) -> Message:
    name = name_of(system, told_of.integration_id)
    cause = CAUSES["freshchat_credentials"]
    link = (words.text(N_("Open the data flow")), page_link(system, told_of.integration_id))
    if told_of.closed_at is not None:
        title = words.text(N_("{name}: Freshchat accepts the Freshchat API key again"), name=name)
        return _over(told_of, title, link, words)
    sentence = words.text(
        N_("Freshchat refuses the Freshchat API key, so nothing can be compared or fetched back.")
    )
    title = incident_words.prefixed(one.kind, words.labelled(name, words.text(cause.name)), words)
    return Message(
        words.language,
        "warning",
        title,
        (sentence,),
        figures=((words.text(N_("Since")), words.moment(told_of.opened_at)),),
        step=advice(cause.step, words),
        links=(link,),
    )


def _monitor(system: System, told_of: Alert, one: Notification, words: Words, _: datetime) -> Message:
    link = (words.text(N_("Open the data flow")), page_link(system, STILLWATCH))
    if told_of.closed_at is not None:
        return _over(told_of, words.text(N_("Stillwatch watches again")), link, words)
    steps: dict[str, Step] = {
        "clock_wrong": "set_clock",
        "own_outage": "wait_for_fetching",
        "store_failing": "mend_store",
    }
    name = N_("Stillwatch: the monitor itself is late or has failed")
    if told_of.about == "own_outage":
        name = CAUSES["own_outage"].name
    title = words.text(name)
    return Message(
        words.language,
        "failure",
        incident_words.prefixed(one.kind, title, words),
        (words.text(MONITOR[told_of.about]),),
        figures=((words.text(N_("Since")), words.moment(told_of.opened_at)),),
        step=advice(steps.get(told_of.about, "restart_stillwatch"), words),
        links=(link,),
    )


def _unsealed_day(
    system: System, told_of: Alert, _: Notification, words: Words, __: datetime
) -> Message | None:
    day = date.fromisoformat(told_of.about if told_of.about[:1].isdigit() else told_of.alert_id[-10:])
    found = seals(system.database, told_of.integration_id, day, day)
    if not found:
        return None
    name = name_of(system, told_of.integration_id)
    link = (words.text(N_("Open the data flow")), page_link(system, told_of.integration_id))
    spoken = {"name": name, "day": words.day(day)}
    if told_of.closed_at is not None:
        title = words.text(N_("{name}: {day} equals Freshchat's figures now"), **spoken)
        return Message(words.language, "success", title, (seal_sentence(found[0], words),), links=(link,))
    return Message(
        words.language,
        "warning",
        words.text(N_("{name}: {day} could not be sealed"), **spoken),
        (
            words.text(
                N_("The figures of {day} do not equal Freshchat's own: {seal}."),
                day=words.day(day),
                seal=seal_sentence(found[0], words),
            ),
        ),
        step=words.text(N_("Look at the day among the seals of the data flow page.")),
        links=(link,),
    )


def _channel(system: System, told_of: Alert, one: Notification, words: Words, _: datetime) -> Message | None:
    failing = next((known for known in channels(system.database) if known.channel_id == told_of.about), None)
    if failing is None:
        return None
    link = (words.text(N_("Open the channels")), channels_link(system))
    if told_of.closed_at is not None:
        title = words.text(N_("The channel {name} works again"), name=failing.name)
        return _over(told_of, title, link, words)
    title = words.text(N_("The channel {name} fails"), name=failing.name)
    return Message(
        words.language,
        "warning",
        incident_words.prefixed(one.kind, title, words),
        (
            words.text(
                N_("Messages do not get through the channel {name}: {why}."),
                name=failing.name,
                why=failure_text(failing.failure or "not_sent", words),
            ),
        ),
        figures=((words.text(N_("Since")), words.moment(told_of.opened_at)),),
        step=words.text(N_("Check its address on the channels page and send a test.")),
        links=(link,),
    )


_MESSAGES: dict[str, Callable[[System, Alert, Notification, Words, datetime], Message | None]] = {
    "incident": _incident,
    "credentials": _credentials,
    "monitor": _monitor,
    "unsealed_day": _unsealed_day,
    "channel": _channel,
}


def _over(told_of: Alert, title: str, link: tuple[str, str], words: Words) -> Message:
    assert told_of.closed_at is not None
    lasted = words.duration(told_of.closed_at - told_of.opened_at)
    return Message(
        words.language,
        "success",
        title,
        (words.text(N_("It lasted {duration}."), duration=lasted),),
        step=advice("nothing_to_do", words),
        links=(link,),
    )


def _also(system: System, told_of: Alert, words: Words) -> list[str]:
    """Name what else goes on: it has no message of its own when it came at the same time."""
    if told_of.kind == "channel":
        return []
    others = [
        other
        for other in alerts(system.database, told_of.integration_id)
        if other.closed_at is None and other.alert_id != told_of.alert_id and other.kind != "channel"
    ]
    if not others:
        return []
    named = ", ".join(dict.fromkeys(_name(system, other, words) for other in others))
    return [words.text(N_("Goes on besides: {what}."), what=named)]


def _name(system: System, other: Alert, words: Words) -> str:
    if other.kind == "incident":
        known: list[Incident] = incidents(system.database, other.integration_id)
        found = next((one for one in known if one.incident_id == other.alert_id), None)
        if found is not None:
            return incident_words.name(found, words)
    return words.text(_NAMES.get(other.kind, _NAMES["monitor"]))


_NAMES: dict[str, str] = {
    "credentials": CAUSES["freshchat_credentials"].name,
    "unsealed_day": STATE_NAMES["unsealed_day"],
    "monitor": STATE_NAMES["unknown"],
}


def _interrupted(one: Notification, words: Words) -> list[str]:
    if one.failure != INTERRUPTED:
        return []
    return [
        words.text(N_("This message may have reached you before: Stillwatch ended while it was being sent."))
    ]


def _with_picture(system: System, message: Message, told_of: Alert, words: Words, now: datetime) -> Message:
    if told_of.kind != "incident":
        return message
    shown = timeline(system, told_of.integration_id, "24h", now)
    text = words.text(N_("Contacts received against the expected in the last 24 hours"))
    return replace(message, picture=timeline_picture(shown, words), picture_text=text)
