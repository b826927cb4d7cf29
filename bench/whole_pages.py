"""What a whole load of the contacts page costs a real server: session, page, chart and all that is sent."""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.dashboard import Reloads
from bench.filling import filled
from bench.servers import RunningServer, running_server
from services.contacts.periods import View
from services.settings import Settings
from services.system import System

VIEWS: tuple[View, ...] = ("day", "week", "month", "year")
FIRST_LOADS, LOADS = 3, 20
SETTLED_SECONDS = 6.0
"""Until what the first loads have loaded is kept out of collections."""


def whole_pages(contacts: int, queues: int, days: int) -> list[tuple[str, str, float]]:
    """Return the server's processor time of a load by view (name, unit, figure), of so many contacts up to now."""
    with tempfile.TemporaryDirectory() as folder:
        system = System(Settings(database=str(Path(folder) / "bench.duckdb")))
        try:
            now = datetime.now(UTC)
            integration_id = filled(system, "Looked at", contacts=contacts, queues=queues, days=days, now=now)
        finally:
            system.close()
        with running_server(Path(folder), ["app.py"]) as server:
            pages = {view: Reloads(server.port, integration=integration_id, view=view) for view in VIEWS}
            for page in pages.values():
                processor_time(server, page, FIRST_LOADS)
            time.sleep(SETTLED_SECONDS)
            return [
                (f"whole load, {view}: processor time", "ms", processor_time(server, page, LOADS))
                for view, page in pages.items()
            ]


def processor_time(server: RunningServer, page: Reloads, loads: int) -> float:
    """Return the milliseconds that one of so many loads takes."""
    before = server.cpu_seconds()
    for _ in range(loads):
        page.load()
    return 1000 * (server.cpu_seconds() - before) / loads
