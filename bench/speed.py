"""Learning and judging 1,000 integrations of 20 queues with 56 days of history, from a real store."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.database import Database
from data.learning import counts_of_all
from services.detector import Model, Reading, evaluate, fit

NOW = datetime(2026, 3, 3, 13, 7, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "Europe/Zurich", "America/New_York", "Asia/Tokyo")]
CORES = 2
BATCH = 50
"""Integrations whose history is read at once."""

Result = TypeVar("Result")

FILL = """
INSERT INTO contact_count (integration_id, queue, interval_start, contacts, first_contacts, pushed_contacts)
SELECT integration_id, queue, interval_start, contacts, contacts, contacts
FROM (
    SELECT
        'integration ' || lpad(i::text, 4, '0') AS integration_id,
        'queue ' || q AS queue,
        start AS interval_start,
        floor(random() + 2.5 * random() / (1 + q % 10))::bigint AS contacts
    FROM generate_series($first::int, $last::int) AS integrations(i),
        generate_series(0, 19) AS queues(q),
        generate_series($start::timestamptz, $end::timestamptz, interval '15 minutes') AS starts(start)
    WHERE extract(isodow FROM start) < 6 AND extract(hour FROM start) BETWEEN 7 AND 17
) AS made_up
WHERE contacts > 0
"""


def main(quick: bool = False) -> None:
    """Print how long a night and a tick take, and the memory of the models."""
    integrations = 100 if quick else 1000
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "speed.duckdb")
        try:
            _fill(database, integrations)
            _measure(database, integrations)
        finally:
            database.close()


def _fill(database: Database, integrations: int) -> None:
    for first in range(0, integrations, 100):
        with database.transaction() as transaction:
            transaction.run(
                FILL,
                first=first,
                last=first + 99,
                start=NOW - timedelta(days=57),
                end=NOW - timedelta(minutes=7),
            )
    ((rows,),) = database.rows("SELECT count(*) FROM contact_count")
    print(f"{integrations} integrations x 20 queues x 56 days, {rows:,} counts that are not 0")


def _measure(database: Database, integrations: int) -> None:
    before = _memory()
    began = time.perf_counter()
    models: dict[str, Model] = {}
    for names, history in _batches(database, integrations):
        models.update(_each(names, history, _learn))
    night = time.perf_counter() - began
    print(f"night: {night:.0f} s to read and learn {len(models)} models (budget for 1,000: 300 s)")
    print(f"memory: {_memory() - before:.0f} MiB more at the peak, with {_size(models):.0f} MiB of models")
    for _ in range(2):  # the first one warms up
        began, busy = time.perf_counter(), time.process_time()
        start = min(model.watched_from(NOW) for model in models.values())
        recent = counts_of_all(database, start=start, end=NOW)
        read = time.perf_counter() - began
        readings = _each(list(models), recent, lambda name, counts: _judge(models[name], counts))
        tick, busy = time.perf_counter() - began, time.process_time() - busy
    print(f"tick: {tick:.2f} s for {len(readings)} integrations, {read:.2f} s of it reading (budget: 5 s)")
    print(f"      {busy:.2f} s of processor time, which two idle cores would share")


def _batches(database: Database, integrations: int) -> Iterator[tuple[list[str], pd.DataFrame]]:
    for first in range(0, integrations, BATCH):
        names = [f"integration {number:04d}" for number in range(first, first + BATCH)]
        start = NIGHT - timedelta(days=56)
        yield names, counts_of_all(database, start=start, end=NIGHT, first=names[0], last=names[-1])


def _each(
    names: list[str], counts: pd.DataFrame, work: Callable[[str, pd.DataFrame], Result]
) -> dict[str, Result]:
    """Do the work for each integration on both cores; numpy lets threads run side by side."""
    parts = dict(list(counts.groupby("integration_id", sort=False)))
    nothing = counts.iloc[:0]
    with ThreadPoolExecutor(CORES) as pool:
        results = pool.map(lambda name: work(name, parts.get(name, nothing)), names)
        return dict(zip(names, results, strict=True))


def _learn(name: str, history: pd.DataFrame) -> Model:
    model = fit(history, zone=ZONES[int(name[-4:]) % len(ZONES)], now=NIGHT)
    assert model is not None
    return model


def _judge(model: Model, recent: pd.DataFrame) -> Reading:
    return evaluate(model, recent, now=NOW, lag=timedelta(minutes=5))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _size(models: dict[str, Model]) -> float:
    """Return the MiB of the arrays that the models hold."""
    arrays = [
        value
        for model in models.values()
        for record in (model, model.state)
        for value in (getattr(record, part.name) for part in fields(record))
        if isinstance(value, np.ndarray)
    ]
    return float(sum(array.nbytes if array.base is None else array.base.nbytes for array in arrays) / 2**20)
