"""An incident in a message: while it lasts in the verdict's own sentence, and when it is over what it cost."""

from datetime import datetime

from data.alerts import Alert, NotificationKind, alert
from data.watch import Cause, Incident
from services.alerting.links import page_link
from services.alerting.message import Message
from services.causes import CAUSES, Step
from services.system import System
from services.translation import N_, Words
from services.watch.data_flow import Freshness, freshness
from services.watch.words import DATA_FLOW_NAMES, NOT_RECOVERED, advice, headline

Figures = tuple[tuple[str, str], ...]

OVER: dict[Cause, tuple[str, str]] = {
    "own_outage": (
        N_("{name}: Stillwatch itself was not running or not reachable"),
        N_("Until {moment} Stillwatch itself was not running or not reachable, for {duration}."),
    ),
    "store_failing": (
        N_("{name}: Stillwatch could not keep what arrived"),
        N_("Until {moment} Stillwatch could not keep what arrived, for {duration}."),
    ),
}
"""Title and sentence of an outage of our own that is over."""

ARRIVING_AGAIN = (
    N_("{name}: contacts arrive again"),
    N_("Contacts arrive again since {moment}; they were missing for {duration}."),
)


def message(
    system: System, incident: Incident, kind: NotificationKind, words: Words, now: datetime
) -> Message:
    """Return what is said of an incident."""
    integration = system.directory.integrations[incident.integration_id]
    link = (
        words.text(N_("Open the incident")),
        page_link(system, incident.integration_id, incident.incident_id),
    )
    if incident.closed_at is not None:
        return _closed(integration.name, incident, incident.closed_at, link, words)
    told = _told_by_verdict(system, incident)
    sentences = [headline(told.verdict, words) if told else _plain(incident, words)]
    answered = alert(system.database, incident.integration_id, incident.incident_id)
    return Message(
        words.language,
        "failure",
        prefixed(kind, words.labelled(integration.name, name(incident, words)), words),
        tuple(sentences),
        figures=_figures(incident, now, words),
        step=advice(told.path.step if told else _step(incident), words),
        notes=tuple(_answer(answered, words)),
        links=(link,),
    )


def name(incident: Incident, words: Words) -> str:
    """Return state and cause, and the source queues where not all of them are concerned."""
    cause = CAUSES[incident.cause]
    named = words.text(DATA_FLOW_NAMES[incident.data_flow])
    if not cause.vague:
        named = f"{named} – {words.text(cause.name)}"
    return f"{named} ({', '.join(incident.queues)})" if incident.queues else named


def prefixed(kind: NotificationKind, title: str, words: Words) -> str:
    """Return the title with what tells this message from the first one."""
    if kind == "reminder":
        return words.text(N_("Still: {title}"), title=title)
    if kind == "changed":
        return words.text(N_("More is known: {title}"), title=title)
    return title


def _told_by_verdict(system: System, incident: Incident) -> Freshness | None:
    """Return what the page shows now where it speaks of this incident; another may have the word."""
    if system.integration_with_history(incident.integration_id).deleted_at is not None:
        return None
    shown = freshness(system, incident.integration_id)
    verdict = shown.verdict
    same = verdict.broken and bool(verdict.queues) == bool(incident.queues)
    return shown if same and set(verdict.queues) <= set(incident.queues) else None


def _step(incident: Incident) -> Step:
    return CAUSES[incident.cause].step


def _plain(incident: Incident, words: Words) -> str:
    return words.text(
        N_("{name}. The data stopped on {moment}."),
        name=name(incident, words),
        moment=words.moment(incident.opened_at),
    )


def _figures(incident: Incident, now: datetime, words: Words) -> Figures:
    figures = [
        (words.text(N_("Data stopped")), words.moment(incident.opened_at)),
        (words.text(N_("Noticed")), words.moment(incident.detected_at)),
    ]
    if incident.closed_at is not None:
        figures.append((words.text(N_("Data flows again")), words.moment(incident.closed_at)))
    figures.append(
        (words.text(N_("Downtime")), words.duration((incident.closed_at or now) - incident.opened_at))
    )
    if incident.missed is not None:
        figures.append((words.text(N_("Contacts missed")), _missed(incident, incident.missed, words)))
    if incident.closed_at is not None:
        figures.append((words.text(N_("Fetched back")), words.number(incident.recovered)))
    return tuple(figures)


def _missed(incident: Incident, missed: int, words: Words) -> str:
    low, high = incident.missed_low, incident.missed_high
    if low is None or high is None or low >= high:
        return words.number(missed)
    return f"{words.number(missed)} ({words.number(low)}–{words.number(high)})"


def _closed(
    integration: str, incident: Incident, closed_at: datetime, link: tuple[str, str], words: Words
) -> Message:
    if incident.false_alarm:
        title = words.text(N_("{name}: it was a false alarm"), name=integration)
        sentence = words.text(N_("The incident was marked as a false alarm, or is how things are by now."))
        return Message(words.language, "info", title, (sentence,), links=(link,))
    queues = f" ({', '.join(incident.queues)})" if incident.queues else ""
    back = incident.recovered_at is not None or incident.missed == 0
    title, told = OVER.get(incident.cause, ARRIVING_AGAIN)
    sentence = words.text(
        told,
        moment=words.moment(closed_at),
        duration=words.duration(closed_at - incident.opened_at),
    )
    return Message(
        words.language,
        "success" if back else "warning",
        words.text(title, name=integration) + queues,
        (sentence, _recovery(incident, words)),
        figures=_figures(incident, closed_at, words),
        step=advice("nothing_to_do", words)
        if back
        else words.text(
            N_("Have the missing contacts fetched on the data flow page, or enter them by hand.")
        ),
        links=(link,),
    )


def _recovery(incident: Incident, words: Words) -> str:
    if incident.missed == 0:
        return words.text(N_("No contact was lost."))
    if incident.recovered_at is not None:
        return words.text(N_("All contacts that were missed have been fetched back."))
    if incident.not_recovered is not None:
        why = words.text(NOT_RECOVERED[incident.not_recovered])
        return words.text(N_("The contacts that were missed are not back yet: {why}."), why=why)
    return words.text(N_("The contacts that were missed are not back yet."))


def _answer(answered: Alert | None, words: Words) -> list[str]:
    """Say who sees to it already."""
    if answered is None or answered.acknowledged_at is None:
        return []
    said = words.text(
        N_("Acknowledged on {moment} by {who}."),
        moment=words.moment(answered.acknowledged_at),
        who=answered.acknowledged_by or "–",
    )
    return [f"{said} {answered.reason or ''}".strip()]
