"""What the tests of the simulator share: a small running account, a recording receiver, and the samples."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

from simulator.account import Account
from simulator.server import Simulator, put_together, running
from simulator.webhook import Signer
from simulator.world import World
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "fixtures" / "freshchat"
TOKEN = "the-token-of-the-tests"
DAYS = 9
A_WEDNESDAY = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)  # noon in Berlin, long after the last public holiday
SIGNER = Signer()  # making a key takes longer than most of the tests


def sample(path: str) -> Any:
    return json.loads((SAMPLES / path).read_text(encoding="utf-8"))


def in_json(answer: httpx.Response) -> dict[str, Any]:
    """Return what a call that succeeded was answered."""
    told: dict[str, Any] = answer.raise_for_status().json()
    return told


def eventually(condition: Callable[[], Any], every: float = 0.01) -> Any:
    """Wait until the condition holds, and return what it returned."""
    deadline = monotonic() + PATIENCE
    while not (found := condition()):
        assert monotonic() < deadline, "it never came true"
        sleep(every)
    return found


def moved(told: list[str], arrived: list[str]) -> int:
    """Return by how many places the delivery moved that moved most."""
    assert sorted(told) == sorted(arrived)
    return max(abs(arrived.index(it) - place) for place, it in enumerate(told))


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Receiver:
    """Answers every request with what ``answer`` says, and keeps it."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    status: Callable[[Request], int] = lambda request: {"/api/v1/events": 202, "/api/v1/heartbeat": 204}.get(
        request.path, 200
    )

    def to(self, path: str) -> list[Request]:
        return [it for it in list(self.requests) if it.path == path]

    def events(self) -> list[dict[str, Any]]:
        """Every event, whether it came alone or in a batch."""
        bodies = [it.body for it in self.to("/api/v1/events")]
        return [event for body in bodies for event in body.get("events", [body])]


def make_simulator(*, seed: int = 7, per_day: float = 60) -> Simulator:
    now = datetime.now(UTC)
    history, shift = timedelta(days=DAYS), A_WEDNESDAY - now  # the same chats on whatever day the test runs
    world = World(seed=seed, now=now, per_day=per_day, history=history, shift=shift)
    account = Account(world, token=TOKEN)
    account.change({"quiet": True})  # nothing happens during a test but what the test does
    return put_together(account, signer=SIGNER)


@dataclass
class Hands:
    """What a test does to an account over its control API."""

    url: str
    control: httpx.Client

    def switch(self, **switches: Any) -> None:
        assert self.control.post("/control", json=switches).status_code == 200

    def resolve(self, **wish: Any) -> list[dict[str, Any]]:
        answer = self.control.post("/control/resolve", json=wish)
        assert answer.status_code == 200
        resolved: list[dict[str, Any]] = answer.json()["resolved"]
        return resolved

    def truth(self, **span: str) -> dict[str, Any]:
        return in_json(self.control.get("/control/resolved", params=span | {"chats": "1"}))

    def paste(self, key: str, target: str, heartbeat_seconds: float) -> dict[str, Any]:
        """Paste an injixo API key on the app's installation page."""
        body = {"key": key, "target": target, "heartbeat_seconds": heartbeat_seconds}
        return in_json(self.control.post("/control/app", json=body))


@dataclass
class Running(Hands):
    """An account that runs in this process; ``api`` carries the token."""

    simulator: Simulator
    api: httpx.Client

    def install(self, receiver: Receiver, key: str = "ijx_key") -> dict[str, Any]:
        return self.paste(key, receiver.url, heartbeat_seconds=0.1)


@contextmanager
def simulated(*, days: float, per_day: float) -> Iterator[tuple[Hands, str]]:
    """Run an account as a process of its own; yields it with its token.

    It is always the same Wednesday there, and nobody writes: nothing happens but what the test does, and that once.
    """
    hours = (A_WEDNESDAY - datetime.now(UTC)) / timedelta(hours=1)
    options = ["--json", "--days", str(days), "--per-day", str(per_day), f"--shift-hours={hours}"]
    for still in ("quiet=true", "duplicate_share=0", "reorder_share=0"):
        options += ["--set", still]
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        with httpx.Client(base_url=told["url"], trust_env=False, timeout=PATIENCE) as control:
            yield Hands(told["url"], control), told["token"]
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def served(simulator: Simulator) -> Iterator[Running]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with (
        running(simulator) as url,
        httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=PATIENCE) as api,
        httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as control,
    ):
        yield Running(url, control, simulator, api)
