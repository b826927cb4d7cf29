"""Learning and judging 1,000 integrations of 20 queues with 56 days of history, in the watcher's own turn."""

import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from services import integrations, learned
from services.integrations import Draft
from services.settings import Settings
from services.system import System
from services.watch.watcher import Watcher

NOW = datetime(2026, 3, 3, 13, 7, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Europe/Zurich", "America/New_York", "Asia/Tokyo")

FILL = """
INSERT INTO contact_count (integration_id, queue, interval_start, contacts, first_contacts, pushed_contacts)
SELECT integration_id, queue, interval_start, contacts, contacts, contacts
FROM (
    SELECT
        $integration_id AS integration_id,
        'queue ' || q AS queue,
        start AS interval_start,
        floor(random() + 2.5 * random() / (1 + q % 10))::bigint AS contacts
    FROM generate_series(0, 19) AS queues(q),
        generate_series($start::timestamptz, $end::timestamptz, interval '15 minutes') AS starts(start)
    WHERE extract(isodow FROM start) < 6 AND extract(hour FROM start) BETWEEN 7 AND 17
) AS made_up
WHERE contacts > 0
"""


def main(quick: bool = False) -> None:
    """Print how long a night and a tick take, and the memory of the models."""
    with tempfile.TemporaryDirectory() as folder:
        clock = [NIGHT]
        system = System(Settings(database=str(Path(folder) / "speed.duckdb")), lambda: clock[0])
        try:
            _fill(system, 100 if quick else 1000)
            _measure(system, clock)
        finally:
            system.close()


def _fill(system: System, count: int) -> None:
    for number in range(count):
        draft = Draft(f"{number:04d}", "example.freshchat.com", time_zone=ZONES[number % len(ZONES)])
        integration_id = integrations.add(system, draft).integration_id
        system.writer.write(partial(_fill_one, integration_id))
    ((rows,),) = system.database.rows("SELECT count(*) FROM contact_count")
    print(f"{count} integrations x 20 queues x 56 days, {rows:,} counts that are not 0")


def _fill_one(integration_id: str, transaction: Any) -> None:
    span = {"start": NOW - timedelta(days=57), "end": NOW - timedelta(minutes=7)}
    transaction.run(FILL, integration_id=integration_id, **span)


def _measure(system: System, clock: list[datetime]) -> None:
    known = system.directory.active()
    before, began, busy = _memory(), time.perf_counter(), time.process_time()
    for integration in known:
        assert system.learned.fitted(integration, (), NIGHT).model is not None
    night, busy = time.perf_counter() - began, time.process_time() - busy
    print(
        f"night: {night:.0f} s to read and learn {len(known)} models, {busy:.0f} s of processor time"
        " (budget for 1,000: 300 s)"
    )
    print(f"memory: {_memory() - before:.0f} MiB more at the peak, with {_size(system):.0f} MiB of models")
    clock[0] = NOW
    watcher, judging = Watcher(system), [0.0]
    learned.evaluate = _timed(learned.evaluate, judging)  # type: ignore[attr-defined]
    for _ in range(2):  # the first one warms up
        judging[0], began, busy = 0.0, time.perf_counter(), time.process_time()
        watcher.tick()
        tick, busy = time.perf_counter() - began, time.process_time() - busy
    print(
        f"a turn of the watcher: {tick:.2f} s for {len(known)} integrations, {busy:.2f} s of processor time,"
    )
    print(f"  {judging[0]:.2f} s of it to judge by the models")


def _timed(call: Callable[..., Any], seconds: list[float]) -> Callable[..., Any]:
    """Add the processor time of the calls of this thread to ``seconds``."""

    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.thread_time()
        try:
            return call(*arguments, **named)
        finally:
            seconds[0] += time.thread_time() - began

    return timed


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _size(system: System) -> float:
    """Return the MiB of the arrays that the models hold."""
    models = [
        system.learned.fitted(integration, (), NIGHT).model for integration in system.directory.active()
    ]
    arrays = [
        value
        for model in models
        if model is not None
        for record in (model, model.state)
        for value in (getattr(record, part.name) for part in fields(record))
        if isinstance(value, np.ndarray)
    ]
    return float(sum(array.nbytes if array.base is None else array.base.nbytes for array in arrays) / 2**20)
