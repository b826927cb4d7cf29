"""Starting a real server process for a benchmark: a new database, a free port, ended at the end."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
ADMIN_TOKEN = "an-admin-token-for-benchmarks"  # noqa: S105 - opens a database that lives for seconds
PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where it listens, its process, and the seconds that it took from its start to its first answer."""

    port: int
    pid: int
    started_in: float

    def cpu_seconds(self) -> float:
        """Return the processor time that it has used so far, as Linux tells it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_megabytes(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def running_server(folder: Path, command: list[str]) -> Iterator[RunningServer]:
    """Run ``python <command>`` with a database in ``folder``."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STILLWATCH_")}
    environment |= {
        "STILLWATCH_DATABASE": str(folder / "bench.duckdb"),
        "STILLWATCH_PORT": str(port),
        "STILLWATCH_ADMIN_TOKEN": ADMIN_TOKEN,
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(process, port)
        yield RunningServer(port, process.pid, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            httpx.get(f"http://127.0.0.1:{port}/_stcore/health")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")
