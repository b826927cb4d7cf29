"""While the process serves: the background works, collections stay small, and the end is orderly."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.database import Database
from services import system as systems
from services.process import running
from services.settings import Settings
from services.system import System


def test_what_runs_beside_the_requests_starts_and_ends_with_them(settings: Settings) -> None:
    system = System(settings)

    async def serve() -> None:
        async with running(system):
            assert systems.current() is system
            # What was loaded at the start is kept out of later collections: four times the reruns.
            assert gc.get_freeze_count() > 10_000
            system.activity.note("i", "k", "heartbeat", system.clock())

    # In a thread of its own: the browser tests leave an event loop in this one.
    with ThreadPoolExecutor() as threads:
        threads.submit(lambda: asyncio.run(serve())).result()
    gc.unfreeze()
    with pytest.raises(RuntimeError, match="not running"):
        systems.current()
    again = Database(settings.database_path)
    assert again.rows("SELECT kind, occurrences FROM activity") == [("heartbeat", 1)]
    again.close()
