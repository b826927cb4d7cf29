"""The app that an admin installed in this account: it holds the receiver's key and pushes product events.

It behaves like the platform it runs on: an event that cannot be delivered in a few tries is lost for good, and a
refused key is kept until a person pastes a new one on the installation page (here: on the control page).
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from simulator.account import Account
from simulator.delivery import Outbox, Shares, summary
from simulator.entities import Happening, Interaction
from simulator.product_events import product_event
from simulator.times import iso

APP_VERSION = "1.0.0"
TRIES, TRY_AGAIN_SECONDS = 4, 1.0
TIMEOUT_SECONDS = 15.0
BATCH_EVENTS, BATCH_BYTES = 500, 1_000_000


@dataclass(slots=True)
class Answer:
    """The receiver's latest answer to one kind of call: its status, 0 when there was none, and the body."""

    at: str
    status: int
    body: Any


class SimulatedApp:
    """Sends events, heartbeats and, once for each integration, the history."""

    def __init__(self, account: Account, *, target: str = "", heartbeat_seconds: float = 60) -> None:
        self.account, self.target, self.heartbeat_seconds = account, target.rstrip("/"), heartbeat_seconds
        self.key = ""
        self.counts: Counter[str] = Counter(
            {"delivered": 0, "accepted": 0, "duplicates": 0, "refused": 0, "lost": 0, "heartbeats": 0}
        )
        self.answers: dict[str, Answer] = {}
        self.history = "not sent"
        self.history_sent, self.history_seconds = 0, 0.0
        self.outbox = Outbox(self._deliver, self._shares)
        self._told: set[str] = set()  # integrations that have the history
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
        self._history_task: asyncio.Task[None] | None = None
        self._now = asyncio.Event()

    # what the world tells

    def tell(self, happening: Happening) -> None:
        """Take a happening, if the app is there to be told."""
        if self._is_ready() and not self._is_lost_group(happening.interaction):
            self.outbox.add(happening)

    def _is_lost_group(self, it: Interaction) -> bool:
        lost = self.account.switches.lose_group
        return bool(lost) and (it.group.name if it.group else "none") == lost

    def _is_ready(self) -> bool:
        return bool(self.account.switches.app_installed and self.key and self.target)

    def _shares(self) -> Shares:
        switches = self.account.switches
        return switches.lose_share, switches.duplicate_share, switches.reorder_share

    # the installation page

    async def install_key(self, key: str, *, target: str | None = None) -> Answer:
        """Take the key that a person pasted, and ask the receiver whether it is good.

        The history follows on its own the first time that an integration is reached.
        """
        if target is not None:
            self.target = target.rstrip("/")
        self.key = key.strip()
        answer = await self._call("connection", "GET", "/api/v1/connection")
        if answer.status == 200 and isinstance(answer.body, dict):
            integration = str(answer.body.get("integration", {}).get("id", ""))
            if integration not in self._told:
                self._told.add(integration)
                self._history_task = asyncio.create_task(self._send_history())
            self._now.set()
        return answer

    async def _send_history(self) -> None:
        """Push every past resolution, newest first: a receiver that looks meanwhile sees no silence."""
        self.history, self.history_sent, began = "sending", 0, time.monotonic()
        batches = self._history_batches([*reversed(self.account.world.resolved)])
        batch = await asyncio.to_thread(next, batches, None)
        while batch is not None:
            body = b'{"events":[' + b",".join(batch) + b"]}"
            answer, following = await asyncio.gather(
                self._call("history", "POST", "/api/v1/events", body), asyncio.to_thread(next, batches, None)
            )
            if answer.status != 202:
                self.history = f"stopped by status {answer.status}"
                return
            self.history_sent += len(batch)
            self.history_seconds = round(time.monotonic() - began, 1)
            batch = following
        self.history = "sent"

    def _history_batches(self, past: list[Interaction]) -> Iterator[list[bytes]]:
        """Write the events of past resolutions, as many together as one request may hold."""
        batch, size = list[bytes](), 0
        for it in past:
            if it.resolved_at is None:
                continue
            event = self._encoded(Happening("resolved", it.resolved_at, it))
            if len(batch) == BATCH_EVENTS or size + len(event) > BATCH_BYTES:
                yield batch
                batch, size = [], 0
            batch.append(event)
            size += len(event) + 1
        if batch:
            yield batch

    # deliveries

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.outbox.run())
            group.create_task(self._beat())

    async def close(self) -> None:
        if self._history_task is not None:
            self._history_task.cancel()
        await self._client.aclose()

    async def _beat(self) -> None:
        while True:
            if self._is_ready():
                answer = await self._call(
                    "heartbeat", "POST", "/api/v1/heartbeat", orjson.dumps({"app_version": APP_VERSION})
                )
                self.counts["heartbeats"] += answer.status == 204
            self._now.clear()
            try:
                await asyncio.wait_for(self._now.wait(), self.heartbeat_seconds)
            except TimeoutError:
                continue

    async def _deliver(self, happening: Happening) -> None:
        if not self._is_ready():
            self.counts["lost"] += 1
            return
        answer = await self._call("events", "POST", "/api/v1/events", self._encoded(happening))
        if answer.status == 202:
            self.counts["delivered"] += 1
            for name in ("accepted", "duplicates"):
                self.counts[name] += answer.body.get(name, 0) if isinstance(answer.body, dict) else 0
        else:
            self.counts["refused" if answer.status in (401, 422) else "lost"] += 1

    def _encoded(self, happening: Happening) -> bytes:
        cast = self.account.world.cast
        return orjson.dumps(
            product_event(
                happening, app_id=cast.app_id, account_id=cast.account_id, domain=self.account.domain
            )
        )

    async def _call(self, kind: str, method: str, path: str, body: bytes | None = None) -> Answer:
        """Call the receiver; try again like the platform does, then give up."""
        headers = {"Authorization": f"Bearer {self.key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = Answer(iso(self.account.now()), 0, "not sent")
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            answer = await self._try(method, path, headers, body)
            if answer.status not in (0, 429) and answer.status < 500:
                break
        self.answers[kind] = answer
        return answer

    async def _try(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Answer:
        try:
            response = await self._client.request(method, self.target + path, headers=headers, content=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Answer(iso(self.account.now()), 0, f"{type(error).__name__}: {error}")
        try:
            content = response.json() if response.content else None
        except ValueError:
            content = response.text[:500]
        return Answer(iso(self.account.now()), response.status_code, content)

    def state(self) -> dict[str, Any]:
        """Describe the app as it stands; of the key only its beginning."""
        return {
            "installed": self.account.switches.app_installed,
            "target": self.target,
            "key": f"{self.key[:12]}…" if self.key else "",
            "heartbeat_seconds": self.heartbeat_seconds,
            "history": {"state": self.history, "sent": self.history_sent, "seconds": self.history_seconds},
            "counts": summary(dict(self.counts), self.outbox),
            "answers": {
                name: {"at": it.at, "status": it.status, "body": it.body} for name, it in self.answers.items()
            },
        }
