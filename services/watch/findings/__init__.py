"""What speaks for a broken data flow: one rule for each kind of evidence, a module for each source. Pure."""

from services.watch.findings.app import missed_heartbeats, said_goodbye
from services.watch.findings.clock import clock_wrong, own_absence
from services.watch.findings.deliveries import not_understood, webhook_refused
from services.watch.findings.figures import alarm_of, statistics
from services.watch.findings.finding import Finding, Rule, Source
from services.watch.findings.freshchat import confirmed_by_probe, goes_on, holding, quiet_at_freshchat
from services.watch.findings.keys import (
    IN_FLIGHT,
    app_without_key,
    door_is_shut,
    no_key_generated,
    refused_key,
)
from services.watch.findings.store import failing_store

__all__ = [
    "IN_FLIGHT",
    "RULES",
    "Finding",
    "Source",
    "alarm_of",
    "clock_wrong",
    "door_is_shut",
    "failing_store",
    "goes_on",
    "holding",
    "own_absence",
    "quiet_at_freshchat",
]

RULES: tuple[Rule, ...] = (
    no_key_generated,
    refused_key,
    app_without_key,
    webhook_refused,
    not_understood,
    confirmed_by_probe,
    said_goodbye,
    missed_heartbeats,
    statistics,
)
