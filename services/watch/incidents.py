"""Incidents: one for each cause, opened when the data stopped, closed when real data flows again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.audit import Action
from data.database import Transaction
from data.probes import Probe
from data.watch import Cause, Incident, incidents, save_incident
from services.asking import configuration
from services.causes import BROKEN, CAUSES, STRENGTH
from services.detector import Estimate
from services.ids import new_id
from services.notifications.kinds import alert_of_incident, nothing_more_to_come
from services.notifications.outbox import keep_alert
from services.system import NotFound, System, needs
from services.watch.assessment import Assessment, is_mended_by_events, mended_at
from services.watch.evidence import Evidence
from services.watch.findings import goes_on, holding
from services.watch.verdict import Verdict

ACCEPTED_AFTER = timedelta(days=14)


def next_incidents(integration_id: str, assessment: Assessment) -> list[Incident]:
    """Return the incidents that this assessment opens, changes or closes, and those that go on."""
    verdict, now = assessment.verdict, assessment.evidence.now
    running = [incident for incident in assessment.incidents if incident.closed_at is None]
    concerned = None
    result = []
    if verdict.data_flow in BROKEN:
        concerned = _concerned(running, verdict)
        opened = (
            _opened(integration_id, verdict, now) if concerned is None else _sharpened(concerned, verdict)
        )
        result.append(opened)
    past = _found_later(integration_id, assessment)
    if past is not None:
        result.append(past)
    for incident in running:
        if incident is not concerned:
            result.append(replace(incident, closed_at=ended_at(incident, assessment)))
    return [_new_normal(incident, now) for incident in result]


def _concerned(running: Sequence[Incident], verdict: Verdict) -> Incident | None:
    """Return the running incident that a verdict of a broken data flow is about, None when it is a new one."""
    of_all = next((incident for incident in running if not incident.queues), None)
    of_some = next((incident for incident in running if incident.queues), None)
    if verdict.queues:
        return of_some or of_all  # what concerns all queues concerns these
    if of_all is None and of_some is not None and _reaches_further(of_some, verdict):
        return of_some
    return of_all


def _reaches_further(incident: Incident, verdict: Verdict) -> bool:
    """Tell whether a loss that was told of some queues is the one that is now known to be of all."""
    began = verdict.since is not None and verdict.since <= incident.detected_at
    return began and verdict.cause == incident.cause


def _new_normal(incident: Incident, now: datetime) -> Incident:
    """Return the incident ended as a false alarm when for two weeks nothing but the figures spoke for it.

    By then it is how things are, and has to be learned: a group that gets fewer chats than it used to.
    """
    if (
        incident.closed_at is not None
        or not only_figures(incident)
        or now - incident.detected_at < ACCEPTED_AFTER
    ):
        return incident
    return replace(incident, closed_at=now, false_alarm=True)


def only_figures(incident: Incident) -> bool:
    """Tell whether nothing but statistics speaks for it."""
    return CAUSES[incident.cause].figures_alone and incident.data_flow != "confirmed_loss"


def ended_at(incident: Incident, assessment: Assessment) -> datetime | None:
    """Return when real data came again, None while it has not: a heartbeat alone shows no contacts.

    An outage by key or app is over with the first events after it was mended. Any other is over when
    Freshchat says so, or when the counts themselves prove it.
    """
    evidence = assessment.evidence
    if is_mended_by_events(incident):
        return mended_at(incident, evidence)
    if incident.queues and evidence.inactive_queues.issuperset(incident.queues):
        return evidence.now  # their groups are gone for good: nothing is expected of them any more
    probe = evidence.probe
    if (
        probe is not None
        and probe.answered
        and probe.probed_at > incident.detected_at
        and probe.total.freshchat
    ):
        return _ended_by_probe(incident, probe)
    return _ended_by_figures(incident, evidence)


def _ended_by_probe(incident: Incident, probe: Probe) -> datetime | None:
    concerned = [queue for queue in probe.queues if queue.queue in incident.queues] or [probe.total]
    if any(goes_on(comparison, probe) for comparison in concerned):
        return None
    missing_until = [comparison.missing_until for comparison in concerned if comparison.missing_until]
    return max(missing_until, default=incident.detected_at)


def _ended_by_figures(incident: Incident, evidence: Evidence) -> datetime | None:
    resumed_at = evidence.flows_again_at(incident.detected_at)
    if evidence.reading is None:
        return resumed_at
    streams = {stream.queue: stream for stream in (evidence.reading.total, *evidence.reading.queues)}
    judged = [streams[queue] for queue in (incident.queues or (None,)) if queue in streams]
    recovered = [stream.recovered_at for stream in judged if stream.recovered_at is not None]
    if len(recovered) < len(judged):
        return None
    return max([*recovered, incident.opened_at]) if recovered else resumed_at


def with_missed(incident: Incident, estimate: Estimate, pushed: int) -> Incident:
    """Return the incident with the contacts that were to be expected and did not come, and their 95 % band."""
    missed, low, high = (
        max(0, round(value - pushed)) for value in (estimate.mean, estimate.low, estimate.high)
    )
    return replace(incident, missed=missed, missed_low=low, missed_high=high)


def with_confirmed(incident: Incident, probe: Probe | None) -> Incident:
    """Return the incident with at least as many contacts missed as Freshchat's figures show."""
    if probe is None or not probe.answered:
        return incident
    concerned = [queue for queue in probe.queues if queue.queue in incident.queues] or [probe.total]
    confirmed = sum(
        comparison.missing
        for comparison in concerned
        if comparison.missing_until is not None and comparison.missing_until > incident.opened_at
    )
    if not confirmed:
        return incident
    figures = (incident.missed, incident.missed_low, incident.missed_high)
    missed, low, high = (max(figure or 0, confirmed) for figure in figures)
    return replace(incident, missed=missed, missed_low=low, missed_high=high)


def total(estimates: Sequence[Estimate]) -> Estimate:
    """Return the sum of several queues' estimates; their bands add up at worst."""
    return Estimate(
        sum(estimate.mean for estimate in estimates),
        sum(estimate.low for estimate in estimates),
        sum(estimate.high for estimate in estimates),
    )


@needs("support", changes=True)
def mark_false_alarm(
    system: System, integration_id: str, incident_id: str, *, false_alarm: bool = True
) -> Incident:
    """Say that an incident was none: its span is learned as normal, and an open one ends. Raises NotFound."""
    system.integration(integration_id)
    known = {incident.incident_id: incident for incident in incidents(system.database, integration_id)}
    if incident_id not in known:
        raise NotFound(f"the integration has no incident {incident_id}")
    incident = known[incident_id]
    changed = replace(incident, false_alarm=false_alarm, closed_at=incident.closed_at or system.clock())

    def job(transaction: Transaction) -> None:
        save_incident(transaction, changed)
        action: Action = "false_alarm_marked" if false_alarm else "false_alarm_withdrawn"
        told = {"from": incident.opened_at, "cause": incident.cause}
        system.record(transaction, action, integration_id, incident_id, after=told)

    system.writer.write(job)
    return changed


def save_incidents(system: System, changed: Sequence[Incident]) -> None:
    """Save incidents together with the notifications that they need: neither is ever there without the other."""
    now = system.clock()

    def job(transaction: Transaction) -> None:
        for incident in changed:
            save_incident(transaction, incident)
            settled = nothing_more_to_come(incident, can_fetch=_can_fetch(system, incident))
            keep_alert(transaction, alert_of_incident(incident), now, settled=settled)

    if changed:
        system.writer.write(job)


def _can_fetch(system: System, incident: Incident) -> bool:
    integration = system.directory.integrations.get(incident.integration_id)
    return integration is not None and configuration.can_ask(integration)


def _opened(integration_id: str, verdict: Verdict, now: datetime) -> Incident:
    return Incident(
        integration_id,
        new_id(),
        opened_at=min(verdict.since or now, now),
        detected_at=now,
        closed_at=None,
        data_flow=verdict.data_flow,
        cause=verdict.cause,
        queues=verdict.queues,
    )


def _found_later(integration_id: str, assessment: Assessment) -> Incident | None:
    """Return a loss that was over when a probe found it; its contacts still have to be fetched back."""
    probe, now = assessment.evidence.probe, assessment.evidence.now
    if probe is None or not probe.total.loss or goes_on(probe.total, probe):
        return None
    start, end = probe.total.missing_since, probe.total.missing_until
    if (
        start is None
        or end is None
        or any(known.reaches_into(start, end, end) for known in assessment.incidents)
    ):
        return None
    queues = tuple(held.queue for held in holding(probe) if held.queue is not None)
    away_since, woke_at = assessment.evidence.away_since, assessment.evidence.woke_at
    ours = away_since is not None and woke_at is not None and start < woke_at and end > away_since
    cause: Cause = "own_outage" if ours else "key_valid_contact_support"
    verdict = Verdict("confirmed_loss", cause, start, queues=queues)
    return replace(_opened(integration_id, verdict, now), closed_at=end, missed=probe.total.missing)


def _sharpened(incident: Incident, verdict: Verdict) -> Incident:
    """Return the incident with what is known better now: stronger evidence, a named cause, more queues."""
    stronger = STRENGTH[verdict.data_flow] > STRENGTH[incident.data_flow]
    narrower = bool(verdict.queues) and not incident.queues
    # A queue that seems to be gone explains no loss in others.
    elsewhere = verdict.cause == "queue_gone" and not set(incident.queues) <= set(verdict.queues)
    return replace(
        incident,
        opened_at=min(incident.opened_at, verdict.since or incident.opened_at),
        data_flow=verdict.data_flow if stronger else incident.data_flow,
        cause=incident.cause if narrower or elsewhere or CAUSES[verdict.cause].vague else verdict.cause,
        queues=tuple(sorted({*incident.queues, *verdict.queues}))
        if incident.queues and verdict.queues
        else (),
    )
