"""What a question, a page, a turn of the watcher and a stored contact cost, each at two sizes of history.

What costs the same at both sizes stays fast for ever; the last column says how much more the larger one costs.
``python -m bench.cost CONTACTS CONTACTS`` takes other sizes of the history that pages read.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from starlette.testclient import TestClient

from bench.filling import NOW, filled
from bench.stored import stored_rows
from bench.whole_pages import whole_pages
from services.api.app import create_api
from services.contacts.periods import Period, View
from services.contacts.table import begins_at
from services.contacts.tally import known_queues
from services.contacts.view import contact_view, earlier_periods
from services.settings import Settings
from services.system import System
from services.watch.watcher import Watcher

HISTORIES = (50_000, 1_000_000)
QUEUES, DAYS = 50, 3 * 365
INTEGRATIONS = (10, 50)
WATCHED_QUEUES, WATCHED_DAYS, CONTACTS_A_DAY = 20, 57, 300
ARRIVED = (30_000, 200_000)
ADMIN_TOKEN = "an-admin-token-for-benchmarks"  # noqa: S105 - opens a database that lives for seconds
REPEATED = 5
Row = tuple[str, str, float]
"""What is measured, its unit, and the figure."""


def main(quick: bool = False) -> None:
    """Print the table."""
    sizes = HISTORIES[0], HISTORIES[1] // (5 if quick else 1)
    arrived = ARRIVED[0] // (3 if quick else 1), ARRIVED[1] // (4 if quick else 1)
    _print(sizes, INTEGRATIONS, arrived)


def _print(histories: Sequence[int], integrations: Sequence[int], arrived: Sequence[int]) -> None:
    print(__doc__)
    load, *_ = os.getloadavg()
    print(f"{os.cpu_count()} cores, load {load:.1f} before the start")
    _table(f"history of {QUEUES} queues in {DAYS} days", "contacts", histories, asked)
    pages = f"contacts page, {QUEUES} queues in {DAYS} days, by a real server"
    _table(pages, "contacts", histories, lambda contacts: whole_pages(contacts, QUEUES, DAYS))
    watched = f"watcher, {CONTACTS_A_DAY} contacts a day in {WATCHED_QUEUES} queues, {WATCHED_DAYS} days"
    _table(watched, "integrations", integrations, watched_rows)
    _table("arrived over HTTP in batches of 500", "contacts", arrived, stored_rows)


def _table(title: str, of: str, sizes: Sequence[int], measure: Callable[[int], list[Row]]) -> None:
    small, large = sizes
    print(f"\n{title}\n{of:<52}{small:>14,}{large:>14,}{'ratio':>8}")
    for before, after in zip(measure(small), measure(large), strict=True):
        name, unit, figure = before
        growth = after[2] / figure if figure else float("nan")
        print(f"{name + ', ' + unit:<52}{figure:>14,.1f}{after[2]:>14,.1f}{growth:>8.2f}", flush=True)


def asked(contacts: int) -> list[Row]:
    """Return what pages and programs wait for, of one integration with so many contacts."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database=str(Path(folder) / "cost.duckdb"), admin_token=ADMIN_TOKEN)
        system = System(settings, lambda: NOW)
        try:
            integration_id = filled(system, "Asked", contacts=contacts, queues=QUEUES, days=DAYS)
            return [
                *_summaries(system, integration_id),
                *_pages(system, integration_id),
                *_api(system, integration_id),
            ]
        finally:
            system.close()


def _summaries(system: System, integration_id: str) -> list[Row]:
    integration = system.integration(integration_id)
    return [
        ("the queues", "ms", _milliseconds(lambda: known_queues(system.database, integration))),
        ("where data begins", "ms", _milliseconds(lambda: begins_at(system.database, integration))),
    ]


def _pages(system: System, integration_id: str) -> list[Row]:
    day = NOW.date() - timedelta(days=1)
    views: tuple[tuple[View, str], ...] = (("day", "15m"), ("week", "60m"), ("month", "1d"))
    return [
        (
            f"contacts page, {view} by {interval}",
            "ms",
            _milliseconds(_first_view(system, integration_id, view, day, interval)),
        )
        for view, interval in views
    ]


def _first_view(
    system: System, integration_id: str, view: View, day: date, interval: str
) -> Callable[[], object]:
    """Return what the server does when somebody opens a period that nobody has looked at before."""
    period = Period.around(view, day)

    def look() -> object:
        earlier = earlier_periods(system, integration_id, period, interval, (), NOW)
        return contact_view(system, integration_id, period, interval, (), NOW, earlier=earlier)

    return look


def _api(system: System, integration_id: str) -> list[Row]:
    client = TestClient(create_api(system), headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
    today = NOW.date()
    spans = (("day", 1, "15m"), ("week", 7, "60m"), ("year", 365, "1d"))

    def ask(days: int, interval: str) -> Callable[[], object]:
        span = {"from": str(today - timedelta(days=days)), "to": str(today), "interval": interval}
        return lambda: client.get(
            f"/v1/integrations/{integration_id}/contacts", params=span
        ).raise_for_status()

    return [
        (f"contacts over the API, {name} by {interval}", "ms", _milliseconds(ask(days, interval)))
        for name, days, interval in spans
    ]


def watched_rows(integrations: int) -> list[Row]:
    """Return what a turn of the watcher costs for each of so many integrations."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "watched.duckdb"
        system = System(Settings(database=str(path)), lambda: NOW)
        for number in range(integrations):
            filled(
                system,
                f"{number:04d}",
                contacts=CONTACTS_A_DAY * WATCHED_DAYS,
                queues=WATCHED_QUEUES,
                days=WATCHED_DAYS,
            )
        watcher = Watcher(system)
        first = _timed(watcher.tick)
        later = _milliseconds(watcher.tick)
        system.close()
        system = System(Settings(database=str(path)), lambda: NOW)
        restarted = _timed(Watcher(system).tick)
        system.close()
    return [
        ("first turn (learning), each", "ms", first / integrations),
        ("later turn, each", "ms", later / integrations),
        ("first turn after a restart, each", "ms", restarted / integrations),
    ]


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def _milliseconds(ask: Callable[[], object]) -> float:
    """Return the median of some repetitions, after one that warms up."""
    ask()
    return median(_timed(ask) for _ in range(REPEATED))


if __name__ == "__main__":
    wanted = tuple(int(size) for size in sys.argv[1:])
    _print(wanted or HISTORIES, INTEGRATIONS, ARRIVED)
