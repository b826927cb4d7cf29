"""One verdict from all evidence. Pure: the same evidence gives the same verdict.

Evidence counts in the order of its strength: a refused key, a key that was never installed, what Freshchat
itself says (the probe), the app's heartbeat, statistics. The strongest names the cause; Freshchat's figures
beat every estimate.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.probes import Probe
from data.watch import Cause, DataFlow
from services.causes import BROKEN, CAUSES
from services.watch.evidence import Evidence
from services.watch.findings import RULES, Finding, clock_wrong, failing_store, own_absence

SUSPICIOUS_LEVEL = 0.5
QUARTER_HOUR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of an integration's data flow, its cause, and the evidence, strongest first."""

    data_flow: DataFlow
    cause: Cause
    since: datetime | None = None
    expected: float | None = None
    received: int | None = None
    once_in_weeks: float | None = None
    queues: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    hints: tuple[Finding, ...] = ()
    """What is odd and claims no loss."""

    last_contact_at: datetime | None = None
    """When a contact was last pushed to us."""

    @property
    def broken(self) -> bool:
        return self.data_flow in BROKEN


def decide(evidence: Evidence) -> Verdict:
    """Return the verdict on the data flow at ``evidence.now``."""
    if evidence.paused_at is not None:
        return Verdict("paused", "none", evidence.paused_at)
    failure = failing_store(evidence) or clock_wrong(evidence) or own_absence(evidence)
    if failure is not None:
        return Verdict("unknown", failure.cause, failure.since, findings=(failure,))
    found = [finding for rule in RULES if (finding := rule(evidence)) is not None]
    hints = tuple(finding for finding in found if finding.hint)
    verdict = _decide(evidence, tuple(finding for finding in found if not finding.hint), hints)
    return replace(verdict, hints=hints, last_contact_at=evidence.last_contact_pushed_at)


def _decide(evidence: Evidence, findings: tuple[Finding, ...], hints: tuple[Finding, ...]) -> Verdict:
    # A history that was fetched from Freshchat lets nobody miss what was never connected.
    never_connected = evidence.last_event_at is None and evidence.last_accepted_at is None
    if not findings or (never_connected and findings[0].source in ("probe", "statistics")):
        return _calm(evidence)
    verdict = _broken(evidence, findings, hints)
    proven = verdict.data_flow == "confirmed_loss" and not never_connected
    return verdict if evidence.last_event_at is not None or proven else replace(verdict, data_flow="waiting")


def _broken(evidence: Evidence, findings: tuple[Finding, ...], hints: tuple[Finding, ...]) -> Verdict:
    figures = next((finding for finding in findings if finding.expected is not None), findings[0])
    # Where the whole app is silent, a queue whose loss shows first is not what is concerned.
    concerned = () if any(map(_all_silent, findings)) else findings[0].queues
    told = (*findings, *hints)
    named = next((finding.cause for finding in told if _names_cause(finding, concerned)), None)
    flows = [finding.data_flow for finding in findings]
    return Verdict(
        data_flow="confirmed_loss" if "confirmed_loss" in flows else flows[0],
        cause=named or _freshchat_trouble(evidence) or "key_valid_contact_support",
        since=_stopped_at(findings),
        expected=figures.expected,
        received=figures.received,
        once_in_weeks=figures.once_in_weeks,
        queues=concerned,
        findings=findings,
    )


def _names_cause(finding: Finding, concerned: tuple[str, ...]) -> bool:
    """A queue that seems to be gone explains no loss in others. ``concerned``: empty for all queues."""
    if finding.cause == "queue_gone":
        return finding.queues == concerned
    return not CAUSES[finding.cause].vague


def _all_silent(finding: Finding) -> bool:
    """Tell whether more than figures shows that nothing comes at all."""
    return finding.data_flow == "silent" and not finding.queues and finding.source != "statistics"


def _stopped_at(findings: tuple[Finding, ...]) -> datetime:
    """Return when the data stopped: the earliest that the evidence tells.

    Statistics only know the last contact, and give way to all other evidence. Freshchat's figures tell the
    quarter hour in which a loss began, and a heartbeat that is missing the last one before: the end of a key
    tells its second.
    """
    strongest, *others = findings
    told = [
        finding.since
        for finding in others
        if finding.source != "statistics"
        and finding.queues == strongest.queues
        and not (finding.source in ("probe", "heartbeat") and strongest.since - finding.since < QUARTER_HOUR)
    ]
    return min([strongest.since, *told])


def _calm(evidence: Evidence) -> Verdict:
    if evidence.last_event_at is None:
        awaited = evidence.last_accepted_at is not None or (evidence.webhook and not evidence.keys)
        return Verdict("waiting", "none" if awaited else "app_not_installed")
    trouble = _freshchat_trouble(evidence) or "none"
    reading = evidence.reading
    if reading is None or reading.learning:
        return Verdict("learning", trouble)
    queue, worst = max(
        (
            (stream.queue, suspicion)
            for stream in (reading.total, *reading.queues)
            for suspicion in (stream.silence, stream.partial_loss)
            if stream.judged
        ),
        key=lambda suspected: suspected[1].level,
        default=(None, reading.total.silence),
    )
    if worst.level >= SUSPICIOUS_LEVEL:
        return Verdict(
            "quieter_than_usual",
            trouble,
            worst.since,
            worst.expected,
            worst.received,
            worst.once_in_weeks,
            () if queue is None else (queue,),
        )
    until = reading.total.nothing_expected_until
    return Verdict("nothing_expected" if until and until > evidence.now else "receiving", trouble)


def _freshchat_trouble(evidence: Evidence) -> Cause | None:
    """Return what keeps us from asking Freshchat any more; pushing does not depend on it."""
    if evidence.freshchat_answered_at is None:
        return None  # it never worked: that is for the configuration status to say
    if evidence.configuration not in (None, "operational", "unreachable"):
        return "freshchat_credentials"
    probe = evidence.probe
    if probe is not None and probe.error == "forbidden" and _is_about_this_key(probe, evidence):
        return "freshchat_credentials"  # whatever else it answers: what we need most it does not
    unanswered = (
        probe is not None
        and probe.outcome == "unanswerable"
        and probe.probed_at
        >= evidence.freshchat_answered_at  # else it answered since, to new credentials say
    )
    return "freshchat_unreachable" if unanswered or evidence.configuration == "unreachable" else None


def _is_about_this_key(probe: Probe, evidence: Evidence) -> bool:
    return evidence.credentials_checked_at is None or probe.probed_at >= evidence.credentials_checked_at
