"""What the watcher of the watcher looks at: the writer, the regular work, probes, backfills, channels, sessions."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily

from data.alerts import STILLWATCH, AlertKind, notification_counts, open_alerts
from data.backfill import unfinished
from data.channels import channels
from data.probes import latest_probe
from services.system import System
from services.watch.bundle import versions

LABELS = ("integration", "name")
OF_INTEGRATIONS: tuple[AlertKind, ...] = ("incident", "credentials", "unsealed_day")
OF_STILLWATCH: tuple[AlertKind, ...] = ("monitor", "channel")


def own_metrics(system: System) -> Iterator[Metric]:
    """Yield what is read from the store or from the process at this moment."""
    info = GaugeMetricFamily("stillwatch_info", "1, with the version as a label", labels=("version",))
    info.add_metric((versions().stillwatch,), 1)
    yield info
    yield from _writer(system)
    yield from _turns(system)
    yield from _asking(system)
    yield from _notifications(system)
    sessions = GaugeMetricFamily("stillwatch_sessions", "Browsers that have the interface open")
    sessions.add_metric((), system.sessions)
    yield sessions


def _writer(system: System) -> Iterator[Metric]:
    writer = system.writer
    failing = GaugeMetricFamily("stillwatch_writer_failing", "1 while the store refuses changes, else 0")
    failing.add_metric((), writer.failure is not None or not writer.alive)
    failures = CounterMetricFamily("stillwatch_writer_failures", "Changes that the store refused")
    failures.add_metric((), writer.commits.refused)
    waiting = GaugeMetricFamily("stillwatch_writer_waiting", "Changes that wait to be written")
    waiting.add_metric((), writer.waiting)
    commits = SummaryMetricFamily(
        "stillwatch_commit_seconds", "How long durable commits took, and how many there were"
    )
    commits.add_metric((), writer.commits.count, writer.commits.seconds)
    yield from (failing, failures, waiting, commits)


def _turns(system: System) -> Iterator[Metric]:
    last = GaugeMetricFamily(
        "stillwatch_last_turn_seconds",
        "When regular work last finished a turn (Unix time), by its kind: watcher, sender, freshchat, backfill, ...",
        labels=("work",),
    )
    took = GaugeMetricFamily(
        "stillwatch_turn_duration_seconds", "How long the last turn of regular work took", labels=("work",)
    )
    failed = CounterMetricFamily(
        "stillwatch_turns_failed", "Turns of regular work that failed", labels=("work",)
    )
    for name, turn in sorted(system.turns.all().items()):
        if turn.finished_at is not None:
            last.add_metric((name,), turn.finished_at.timestamp())
            took.add_metric((name,), turn.seconds)
        failed.add_metric((name,), turn.failed)
    yield from (last, took, failed)


def _asking(system: System) -> Iterator[Metric]:
    now = system.clock()
    probed = GaugeMetricFamily(
        "stillwatch_probe_age_seconds",
        "How long ago Freshchat was asked for its own count; absent before",
        labels=LABELS,
    )
    backfill = GaugeMetricFamily(
        "stillwatch_backfill_age_seconds",
        "How long ago the oldest backfill was asked for that is not done; absent without one",
        labels=LABELS,
    )
    incidents = GaugeMetricFamily(
        "stillwatch_open_alerts", "What goes on that people are told of, by kind", labels=(*LABELS, "kind")
    )
    going_on = open_alerts(system.database)
    asked_at: dict[str, datetime] = {}
    for _, job in unfinished(system.database):
        asked_at[job.integration_id] = min(job.requested_at, asked_at.get(job.integration_id, now))
    for integration in system.directory.active():
        labels = (integration.integration_id, integration.name)
        probe = latest_probe(system.database, integration.integration_id)
        if probe is not None:
            probed.add_metric(labels, (now - probe.probed_at).total_seconds())
        since = asked_at.get(integration.integration_id)
        if since is not None:
            backfill.add_metric(labels, (now - since).total_seconds())
        kinds = [one.kind for one in going_on if one.integration_id == integration.integration_id]
        for kind in OF_INTEGRATIONS:
            incidents.add_metric((*labels, kind), kinds.count(kind))
    own = [one.kind for one in going_on if one.integration_id == STILLWATCH]
    for kind in OF_STILLWATCH:
        incidents.add_metric((STILLWATCH, "Stillwatch", kind), own.count(kind))
    yield from (probed, backfill, incidents)


def _notifications(system: System) -> Iterator[Metric]:
    known = {channel.channel_id: channel for channel in channels(system.database)}
    amounts = GaugeMetricFamily(
        "stillwatch_notifications",
        "Notifications by channel and state: waiting, sending, sent, failed (is tried again), given_up, superseded",
        labels=("channel", "name", "state"),
    )
    for channel_id, state, amount in notification_counts(system.database):
        if channel_id in known:
            amounts.add_metric((channel_id, known[channel_id].name, state), amount)
    failing = GaugeMetricFamily(
        "stillwatch_channel_failing",
        "1 while messages do not get through a channel, else 0",
        labels=("channel", "name"),
    )
    for channel in known.values():
        failing.add_metric((channel.channel_id, channel.name), channel.failing_since is not None)
    yield from (amounts, failing)
