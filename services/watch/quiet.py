"""Quiet days: the statistics were about to alarm, and Freshchat said that nothing happened there either."""

from datetime import datetime

from services.watch.evidence import Evidence
from services.watch.findings import alarm_of, quiet_at_freshchat


def quiet_span(evidence: Evidence) -> tuple[datetime, datetime] | None:
    """Return the span in which Freshchat was as quiet as we, None where there was nothing to explain.

    It is neither judged again nor learned as normal.
    """
    reading, probe = evidence.reading, evidence.probe
    if reading is None or probe is None:
        return None
    suspicion = alarm_of(reading.total)
    if suspicion is None or not quiet_at_freshchat(suspicion, evidence, None):
        return None
    return suspicion.since, probe.window_end
