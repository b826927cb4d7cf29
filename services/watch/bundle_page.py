"""The support bundle as one HTML page that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from services.causes import CAUSES
from services.translation import N_, Words
from services.watch.bundle_forms import Bundle, ToldIncident
from services.watch.words import NOT_RECOVERED


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title; the header is empty where the first column names each row."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def as_page(bundle: Bundle, words: Words) -> str:
    """Return the page; whatever comes from outside is escaped. ``words`` has the integration's zone."""
    since = bundle.verdict.since
    return _template().render(
        bundle=bundle,
        words=words,
        title=words.text(N_("Data flow of {name}"), name=bundle.integration.name),
        since=words.text(N_("since {moment}"), moment=words.exactly(since)) if since else None,
        nothing=words.text(N_("none")),
        sections=[
            _findings(bundle, words),
            _integration(bundle, words),
            _last(bundle, words),
            _keys(bundle, words),
            _refusals(bundle, words),
            _incidents(bundle, words),
            _backfills(bundle, words),
            _days(bundle, words),
        ],
    )


@cache
def _template() -> Template:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    ).get_template("bundle.html")


def _findings(bundle: Bundle, words: Words) -> Section:
    verdict = bundle.verdict
    yes, no = words.text(N_("Yes")), words.text(N_("No"))
    rows = [(words.text(N_("Cause")), verdict.cause_name)]
    rows += [(words.text(N_("Evidence")), finding.sentence) for finding in verdict.findings]
    rows += [(words.text(N_("Beside it")), hint.sentence) for hint in verdict.hints]
    rows += [(answer.question, yes if answer.answer else no) for answer in verdict.answers]
    return Section(words.text(N_("Verdict")), (), rows)


def _integration(bundle: Bundle, words: Words) -> Section:
    integration, versions = bundle.integration, bundle.versions
    rows = [
        (words.text(N_("Made on")), words.exactly(bundle.made_at)),
        (words.text(N_("The monitor looked")), _exactly(bundle.verdict.evaluated_at, words)),
        ("Freshchat", integration.domain),
        (words.text(N_("Integration")), f"{integration.name} ({integration.id})"),
        (words.text(N_("Status")), str(bundle.configuration.status or "–")),
        (words.text(N_("Time zone")), integration.time_zone),
        (words.text(N_("Public holidays")), integration.holidays or "–"),
        (words.text(N_("Counting rule")), integration.counting_rule),
        ("Stillwatch · Python · DuckDB", f"{versions.stillwatch} · {versions.python} · {versions.duckdb}"),
    ]
    return Section(words.text(N_("Integration")), (), rows)


def _last(bundle: Bundle, words: Words) -> Section:
    last = bundle.last
    rows = [
        (words.text(N_("Last event")), _exactly(last.event_at, words)),
        (words.text(N_("Last contact resolved")), _exactly(last.contact_resolved_at, words)),
        (words.text(N_("Last heartbeat")), _exactly(last.heartbeat_at, words)),
    ]
    probe = last.probe
    if probe is not None:
        figures = (
            f"{probe.total.received} / {probe.total.freshchat}" if probe.outcome != "unanswerable" else "–"
        )
        rows.append(
            (words.text(N_("Compared with Freshchat")), f"{figures} · {words.exactly(probe.probed_at)}")
        )
    return Section(words.text(N_("Signs of life")), (), rows)


def _keys(bundle: Bundle, words: Words) -> Section:
    names = (N_("Key"), N_("Created"), N_("First used"), N_("Last used"), N_("Ended"))
    rows = [
        (
            f"{key.prefix}…",
            words.exactly(key.created_at),
            _exactly(key.first_used_at, words),
            _exactly(key.last_used_at, words),
            f"{key.ended} · {_exactly(key.ended_at, words)}" if key.ended else "–",
        )
        for key in bundle.keys
    ]
    return Section(words.text(N_("injixo API keys")), _header(names, words), rows)


def _refusals(bundle: Bundle, words: Words) -> Section:
    names = (N_("Code"), N_("Key"), N_("First"), N_("Last"), N_("Requests"))
    rows = [
        (
            refusal.code,
            f"{refusal.key_prefix}…",
            words.exactly(refusal.first_at),
            words.exactly(refusal.last_at),
            words.number(refusal.count),
        )
        for refusal in bundle.refusals
    ]
    return Section(words.text(N_("Refused requests")), _header(names, words), rows)


def _incidents(bundle: Bundle, words: Words) -> Section:
    names = (
        N_("Data stopped"),
        N_("Noticed"),
        N_("Data flows again"),
        N_("Cause"),
        N_("Source queues"),
        N_("Contacts missed"),
        N_("Fetched back"),
        N_("Why not back yet"),
    )
    rows = [
        (
            words.exactly(incident.opened_at),
            words.exactly(incident.detected_at),
            _exactly(incident.closed_at, words),
            _cause(incident, words),
            ", ".join(incident.queues) or words.text(N_("All source queues")),
            "–" if incident.missed is None else words.number(incident.missed),
            words.number(incident.recovered),
            _why_not(incident, words),
        )
        for incident in bundle.incidents
    ]
    return Section(words.text(N_("Incidents")), _header(names, words), rows)


def _why_not(incident: ToldIncident, words: Words) -> str:
    reason = incident.not_recovered
    return "–" if reason is None or incident.recovered_at else words.text(NOT_RECOVERED[reason])


def _cause(incident: ToldIncident, words: Words) -> str:
    return words.text(N_("False alarm") if incident.false_alarm else CAUSES[incident.cause].name)


def _backfills(bundle: Bundle, words: Words) -> Section:
    names = (
        *(N_("Requested on"), N_("From"), N_("To"), N_("State"), N_("Fetched"), N_("New")),
        *(N_("Unreadable rows"), N_("The first one, 9 for a digit and a for a letter")),
    )
    rows = [
        (
            words.exactly(told.requested_at),
            words.exactly(told.start),
            words.exactly(told.end),
            told.state if told.error is None else words.labelled(told.state, told.error),
            words.number(told.fetched),
            words.number(told.new),
            words.number(told.unreadable),
            told.unreadable_shape or "–",
        )
        for told in bundle.backfills
    ]
    return Section(words.text(N_("Fetched from Freshchat")), _header(names, words), rows)


def _days(bundle: Bundle, words: Words) -> Section:
    def listed(amounts: dict[str, int]) -> str:
        return ", ".join(
            words.labelled(name, words.number(amount)) for name, amount in sorted(amounts.items())
        )

    rows = [
        (
            words.day(day.day),
            words.number(sum(day.contacts.values())),
            listed(day.contacts),
            day.seal,
            listed(day.requests),
        )
        for day in bundle.days
    ]
    names = (N_("Day"), N_("Contacts"), N_("By source queue"), N_("Seal"), N_("Requests"))
    return Section(words.text(N_("The last 14 days")), _header(names, words), rows)


def _header(names: Sequence[str], words: Words) -> list[str]:
    return [words.text(name) for name in names]


def _exactly(at: datetime | None, words: Words) -> str:
    return "–" if at is None else words.exactly(at)
