"""A real process: started, asked over HTTP, and ended in every way."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import httpx
import pytest

from tests.patience import PATIENCE
from tests.ports import reserved_port

ROOT = Path(__file__).resolve().parents[2]
ADMIN_TOKEN = "an-admin-token-for-tests"


def a_file() -> IO[str]:
    """For what a process says: nobody empties a pipe while it runs, and a full one would stop it."""
    return TemporaryFile("w+", encoding="utf-8")


@dataclass
class Server:
    """One `python app.py` (or another command) with settings of its own."""

    database: Path
    port: int
    command: tuple[str, ...] = ("app.py",)
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    out: IO[str] = field(default_factory=a_file)
    err: IO[str] = field(default_factory=a_file)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("STILLWATCH_")
        }
        environment |= {
            "STILLWATCH_DATABASE": str(self.database),
            "STILLWATCH_PORT": str(self.port),
            "STILLWATCH_ADMIN_TOKEN": ADMIN_TOKEN,
            "STILLWATCH_FRESHCHAT_URL": "http://127.0.0.1:9",
            **self.settings,
        }
        self.process = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=ROOT,
            env=environment,
            stdout=self.out,
            stderr=self.err,
        )

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.end()
            try:
                if httpx.get(f"{self.url}/api/health", timeout=PATIENCE).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server did not become healthy")

    def end(self) -> tuple[int, str, str]:
        """Return the exit code, standard output and standard error of a process that ends by itself."""
        assert self.process is not None
        code = self.process.wait(PATIENCE)
        for file in (self.out, self.err):
            file.seek(0)
        return code, self.out.read(), self.err.read()

    def kill(self) -> None:
        """End the process as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)

    def make_key(self) -> str:
        """Add an integration and return an injixo API key of it."""
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        with httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=PATIENCE) as admin:
            wish = {"name": "Service", "domain": "example.freshchat.com", "time_zone": "Europe/Berlin"}
            made = admin.post("/integrations", json=wish).raise_for_status().json()
            return str(admin.post(f"/integrations/{made['id']}/keys").raise_for_status().json()["key"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server: ``server(port=..., command=(...), settings={...})``; whatever still runs is killed."""
    servers: list[Server] = []
    with ExitStack() as ports:

        def start(**more: object) -> Server:
            if "port" not in more:
                more["port"] = ports.enter_context(reserved_port())
            servers.append(Server(**({"database": tmp_path / "stillwatch.duckdb"} | more)))  # type: ignore[arg-type]
            servers[-1].start()
            return servers[-1]

        yield start
        for one in servers:
            if one.process is not None and one.process.poll() is None:
                one.process.kill()
                one.process.wait()
            one.out.close()
            one.err.close()
