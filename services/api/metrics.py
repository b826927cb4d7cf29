"""Metrics for Prometheus, read from the store when they are asked for."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from data.contacts import queues
from data.integrations import Integration
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
        system, now = self._system, self._system.clock()
        evaluated_at = last_evaluation(system.database)
        yield _data_flow(system, evaluated_at, now)
        yield _contacts(system)
        yield _requests(system)
        yield from _sealing(system, now)
        yield _strangers(system)
        yield from _watcher(evaluated_at, now)
        yield _lost_commits(system)
        yield from own_metrics(system)


def _labels(integration: Integration) -> tuple[str, str]:
    return integration.integration_id, integration.name


def _data_flow(system: System, evaluated_at: datetime | None, now: datetime) -> Metric:
    metric = GaugeMetricFamily(
        "stillwatch_data_flow", "1 for the data flow state that holds", labels=(*LABELS, "state", "cause")
    )
    verdicts = stored_verdicts(system.database)
    late = watcher_is_late(system, evaluated_at, now)
    for integration in system.directory.active():
        verdict = verdicts.get(integration.integration_id)
        if verdict is not None and counts_no_more(system, verdict, now):
            verdict = None
        metric.add_metric((*_labels(integration), *_state(system, verdict, late=late)), 1)
    return metric


def _contacts(system: System) -> Metric:
    metric = GaugeMetricFamily(
        "stillwatch_contacts",
        "Contacts by the integration's counting rule; falls when one is found to be another's, or another queue's",
        labels=(*LABELS, "queue", "counting"),
    )
    for integration in system.directory.active():
        for queue in queues(system.database, integration.integration_id):
            amount = getattr(queue, counted(integration.counting))
            metric.add_metric((*_labels(integration), queue.queue, integration.counting), amount)
    return metric


def _requests(system: System) -> Metric:
    metric = CounterMetricFamily(
        "stillwatch_requests",
        "Requests of the app, accepted (by kind) and refused (by code)",
        labels=(*LABELS, "kind"),
    )
    for integration in system.directory.active():
        by_kind: Counter[str] = Counter()
        for entry in system.activity.totals(integration.integration_id):
            by_kind[entry.kind] += entry.occurrences
        for kind, occurrences in by_kind.items():
            metric.add_metric((*_labels(integration), kind), occurrences)
    return metric


def _sealing(system: System, now: datetime) -> Iterator[Metric]:
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
    for integration in system.directory.active():
        seals = lately(system, integration, now)
        by_state = Counter(seal.state for seal in seals)
        for state in STATES:
            sealed.add_metric((*_labels(integration), state), by_state[state])
        until = complete_until(seals, integration.zone)
        if until is not None:
            complete.add_metric(_labels(integration), until.timestamp())
    yield sealed
    yield complete


def _strangers(system: System) -> Metric:
    metric = CounterMetricFamily(
        "stillwatch_unattributed_requests",
        "Requests refused (by code) that name no integration of ours",
        labels=("kind",),
    )
    for entry in system.activity.totals(NOT_ATTRIBUTED):
        metric.add_metric((entry.kind,), entry.occurrences)
    return metric


def _watcher(evaluated_at: datetime | None, now: datetime) -> Iterator[Metric]:
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


def _lost_commits(system: System) -> Metric:
    metric = GaugeMetricFamily(
        "stillwatch_lost_commits", "Commits that a damaged write-ahead log lost before the last start"
    )
    metric.add_metric((), system.database.lost_commits)
    return metric


def _state(system: System, verdict: StoredVerdict | None, *, late: bool) -> tuple[DataFlow, Cause]:
    """Return the state that may be told: what was concluded before the monitor failed counts no more."""
    if system.writer.failure is not None:
        return "unknown", "store_failing"
    if verdict is None or late:
        return "unknown", "none"
    return verdict.data_flow, verdict.cause
