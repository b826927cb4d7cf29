"""The source queues, the most suspicious first, each with a bar from calm to alarm."""

import pandas as pd
import streamlit as st

from pages.parts.data_flow.evidence import ROW_HEIGHT, table_height
from pages.parts.status import DATA_FLOW_LOOKS
from services.detector import StreamReading
from services.translation import N_, Words
from services.watch.data_flow import Freshness
from services.watch.lacking import Comparison, lacking_by_queue
from services.watch.verdict import SUSPICIOUS_LEVEL

MOST_ROWS = 20
STATES = {
    "missing": N_("Missing"),
    "alarm": N_("Alarm"),
    "suspicious": N_("Suspicious"),
    "calm": N_("Calm"),
    "new": N_("Too new"),
}
COLUMNS = {
    "queue": N_("Source queue"),
    "state": N_("State"),
    "level": N_("From calm to alarm"),
    "expected": N_("Expected"),
    "received": N_("Received"),
    "since": N_("Since"),
    "verdict": N_("Earliest verdict"),
}


def suspicion(shown: Freshness, words: Words) -> None:
    """Draw the table, or say why there is none."""
    st.header(words.text("Source queues by suspicion"), anchor=False)
    reading = shown.assessment.evidence.reading
    if reading is None:
        _, icon = DATA_FLOW_LOOKS["learning"]
        st.info(words.text("There is no history yet to tell what is usual."), icon=icon)
        return
    if reading.learning:
        days = words.count("{n} day", "{n} days", int(reading.days_of_history))
        text = words.text(
            "Learning: {days} of history so far. A silence is told from the third day on, a partial loss after 14.",
            days=days,
        )
        st.info(text, icon=DATA_FLOW_LOOKS["learning"][1])
    streams = [reading.total, *reading.queues]
    lacking = lacking_by_queue(shown.verdict, shown.assessment.evidence)
    labels = {field: words.text(name) for field, name in COLUMNS.items()}
    st.dataframe(
        pd.DataFrame(
            [_row(stream, lacking.get(stream.queue), words) for stream in streams], columns=list(COLUMNS)
        ),
        hide_index=True,
        key="suspicion",
        row_height=ROW_HEIGHT,
        height=table_height(min(len(streams), MOST_ROWS)),
        column_config={
            **labels,
            "level": st.column_config.ProgressColumn(
                labels["level"], min_value=0, max_value=1, format="percent", color="auto-inverse"
            ),
        },
    )
    st.caption(
        words.text(
            "At 100 % Stillwatch raises the alarm. Earliest verdict: when it would do so if nothing came from now on."
        )
    )


def _row(stream: StreamReading, lacking: Comparison | None, words: Words) -> list[object]:
    """Freshchat's own figures, where contacts are missing, stand for every estimate."""
    if lacking is not None:
        state = "missing"
        return [
            words.text("All source queues") if stream.queue is None else stream.queue,
            words.text(STATES[state]),
            1.0,
            words.number(lacking.freshchat_since),
            words.number(lacking.received_since),
            words.moment(lacking.missing_since) if lacking.missing_since else "–",
            "–",
        ]
    worse = max(stream.silence, stream.partial_loss, key=lambda suspicion: suspicion.level)
    return [
        words.text("All source queues") if stream.queue is None else stream.queue,
        words.text(STATES[_state(stream)]),
        round(min(stream.level, 1.0), 2),
        words.number(worse.expected, 1),
        words.number(worse.received),
        words.moment(worse.since),
        _verdict(stream, words),
    ]


def _verdict(stream: StreamReading, words: Words) -> str:
    if stream.earliest_verdict_at is None or stream.level >= 1:
        return "–"
    moment = words.moment(stream.earliest_verdict_at)
    return moment if stream.judged else words.text("judged from {moment}", moment=moment)


def _state(stream: StreamReading) -> str:
    if not stream.judged:
        return "new"
    if stream.alarm:
        return "alarm"
    return "suspicious" if stream.level >= SUSPICIOUS_LEVEL else "calm"
