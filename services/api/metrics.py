"""Metrics for Prometheus, read from the store when they are asked for."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from data.contacts import queues
from data.watch import Cause, DataFlow, StoredVerdict, stored_verdicts
from services.activity import NOT_ATTRIBUTED
from services.api.own_metrics import own_metrics
from services.contacts.rule import counted
from services.sealing.days import STATES, complete_until, lately
from services.system import System
from services.watch.sign_of_life import counts_no_more, last_evaluation, watcher_is_late

LABELS = ("integration", "name")


class SystemCollector(Collector):
    """One sample for each integration and figure."""

    def __init__(self, system: System) -> None:
        self._system = system

    def collect(self) -> Iterator[Metric]:
        system = self._system
        verdicts = stored_verdicts(system.database)
        evaluated_at = last_evaluation(system.database)
        late = watcher_is_late(system, evaluated_at, system.clock())
        flow = GaugeMetricFamily(
            "stillwatch_data_flow", "1 for the data flow state that holds", labels=(*LABELS, "state", "cause")
        )
        contacts = GaugeMetricFamily(
            "stillwatch_contacts",
            "Contacts by the integration's counting rule; falls when one is found to be another's, or another queue's",
            labels=(*LABELS, "queue", "counting"),
        )
        requests = CounterMetricFamily(
            "stillwatch_requests",
            "Requests of the app, accepted (by kind) and refused (by code)",
            labels=(*LABELS, "kind"),
        )
        sealed = GaugeMetricFamily(
            "stillwatch_sealed_days",
            "Days of the last 30 and today by what Freshchat's own figures say of them",
            labels=(*LABELS, "state"),
        )
        complete = GaugeMetricFamily(
            "stillwatch_complete_until_seconds",
            "Up to when the last 30 days equal Freshchat's figures (Unix time); absent when nothing can be said",
            labels=LABELS,
        )
        now = system.clock()
        for integration in system.directory.active():
            labels = (integration.integration_id, integration.name)
            verdict = verdicts.get(integration.integration_id)
            if verdict is not None and counts_no_more(system, verdict, now):
                verdict = None
            state, cause = _state(system, verdict, late=late)
            flow.add_metric((*labels, state, cause), 1)
            for queue in queues(system.database, integration.integration_id):
                amount = getattr(queue, counted(integration.counting))
                contacts.add_metric((*labels, queue.queue, integration.counting), amount)
            by_kind: dict[str, int] = {}
            for entry in system.activity.totals(integration.integration_id):
                by_kind[entry.kind] = by_kind.get(entry.kind, 0) + entry.occurrences
            for kind, occurrences in by_kind.items():
                requests.add_metric((*labels, kind), occurrences)
            seals = lately(system, integration, now)
            for kind_of_day in STATES:
                amount = sum(seal.state == kind_of_day for seal in seals)
                sealed.add_metric((*labels, kind_of_day), amount)
            until = complete_until(seals, integration.zone)
            if until is not None:
                complete.add_metric(labels, until.timestamp())
        strangers = CounterMetricFamily(
            "stillwatch_unattributed_requests",
            "Requests refused (by code) that name no integration of ours",
            labels=("kind",),
        )
        for entry in system.activity.totals(NOT_ATTRIBUTED):
            strangers.add_metric((entry.kind,), entry.occurrences)
        yield from (flow, contacts, requests, sealed, complete, strangers)
        last = GaugeMetricFamily(
            "stillwatch_watcher_last_run_seconds", "When the watcher last kept what it found (Unix time)"
        )
        last.add_metric((), evaluated_at.timestamp() if evaluated_at else 0)
        yield last
        lag = GaugeMetricFamily(
            "stillwatch_watcher_lag_seconds",
            "How long ago the watcher last kept what it found; absent before its first",
        )
        if evaluated_at is not None:
            lag.add_metric((), (now - evaluated_at).total_seconds())
        yield lag
        lost = GaugeMetricFamily(
            "stillwatch_lost_commits", "Commits that a damaged write-ahead log lost before the last start"
        )
        lost.add_metric((), system.database.lost_commits)
        yield lost
        yield from own_metrics(system)


def _state(system: System, verdict: StoredVerdict | None, *, late: bool) -> tuple[DataFlow, Cause]:
    """Return the state that may be told: what was concluded before the monitor failed counts no more."""
    if system.writer.failure is not None:
        return "unknown", "store_failing"
    if verdict is None or late:
        return "unknown", "none"
    return verdict.data_flow, verdict.cause
