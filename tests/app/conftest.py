"""A Freshchat that has the app installed, and a Stillwatch that it reaches over HTTP."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from services.api.app import create_api
from services.system import System
from tests.node import NODE
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def address(system: System) -> Iterator[str]:
    """Serve the API on a free port of the loopback interface."""
    app = Starlette(routes=[Mount("/api", create_api(system))])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def freshchat(address: str, key: str) -> Callable[..., dict[str, Any]]:
    """Let events occur in a Freshchat that has the app installed; return what the platform saw of it."""

    def run(*steps: dict[str, Any], key: str = key) -> dict[str, Any]:
        done = subprocess.run(
            [NODE, "injixo_app/test/against_stillwatch.js", address, key],
            cwd=ROOT,
            input=json.dumps(steps),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        seen: dict[str, Any] = json.loads(done.stdout)
        return seen

    return run
