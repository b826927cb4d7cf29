"""While the process serves: the background works, collections stay small, and the end is orderly."""

import asyncio
import gc
import subprocess
import sys
from threading import Event

import pytest

from data.database import Database
from services import system as systems
from services.process import running as process
from services.process.running import LOADED_LATE, running
from services.settings import Settings
from services.system import System
from tests.loops import in_own_loop
from tests.patience import PATIENCE


def test_what_runs_beside_the_requests_starts_and_ends_with_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = Event()
    monkeypatch.setattr(gc, "freeze", frozen.set)
    monkeypatch.setattr(process, "LOAD_SECONDS", 0)
    monkeypatch.setattr(process, "FREEZE_SECONDS", 0.05)
    system = System(settings)

    async def serve() -> None:
        async with running(system):
            assert systems.installed() is system
            system.activity.note("i", "k", "heartbeat", system.clock())
            # What was loaded at the start is kept out of later collections: four times the reruns.
            loaded = False
            while not loaded:  # the first collection may come before all is loaded, and one comes after it
                assert await asyncio.to_thread(frozen.wait, PATIENCE)
                frozen.clear()
                loaded = sys.modules.keys() >= set(LOADED_LATE)

    in_own_loop(serve())
    with pytest.raises(RuntimeError, match="not running"):
        systems.installed()
    again = Database(settings.database_path)
    assert again.rows("SELECT kind, occurrences FROM activity") == [("heartbeat", 1)]
    again.close()


def test_the_server_answers_before_what_only_charts_need_is_loaded() -> None:
    program = f"import sys, services.process.running; print(sys.modules.keys() & set({LOADED_LATE}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "set()"


def test_a_database_that_is_missing_beside_its_log_ends_the_start_with_the_way_out(
    settings: Settings,
) -> None:
    log = settings.database_path.with_name(settings.database_path.name + ".wal")
    log.write_bytes(b"what is left")
    with pytest.raises(SystemExit, match=r"cannot start: .* is missing, .* move .* away first"):
        process.open_system(settings)
    assert log.read_bytes() == b"what is left"
