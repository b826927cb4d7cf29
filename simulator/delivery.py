"""How both senders deliver: losing, repeating and reordering on purpose, trying again, and giving up for good."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from simulator.entities import Happening

MOST_WAITING = 20_000
AT_ONCE = 4
HELD_BACK_SECONDS = 4.0

Shares = tuple[float, float, float]
"""The shares that are lost, repeated and held back."""


class Outbox:
    """A queue of happenings that a few workers hand to ``deliver``, one call per delivery."""

    def __init__(self, deliver: Callable[[Happening], Awaitable[None]], shares: Callable[[], Shares]) -> None:
        self.deliver, self.shares = deliver, shares
        self.rng = random.Random()
        self.never_sent = 0
        self.waiting: asyncio.Queue[Happening] = asyncio.Queue(MOST_WAITING)
        self._held: set[asyncio.Task[None]] = set()

    def add(self, happening: Happening) -> None:
        lost, repeated, _ = self.shares()
        if self.rng.random() < lost or self.waiting.full():
            self.never_sent += 1
            return
        self.waiting.put_nowait(happening)
        if self.rng.random() < repeated and not self.waiting.full():
            self.waiting.put_nowait(happening)

    def clear(self) -> None:
        while not self.waiting.empty():
            self.waiting.get_nowait()
            self.never_sent += 1

    async def run(self) -> None:
        async with asyncio.TaskGroup() as workers:
            for _ in range(AT_ONCE):
                workers.create_task(self._work())

    async def _work(self) -> None:
        while True:
            happening = await self.waiting.get()
            if self.rng.random() < self.shares()[2]:
                self._hold_back(happening)
            else:
                await self.deliver(happening)

    def _hold_back(self, happening: Happening) -> None:
        async def later() -> None:
            await asyncio.sleep(self.rng.uniform(0.2, HELD_BACK_SECONDS))
            await self.deliver(happening)

        task = asyncio.create_task(later())
        self._held.add(task)
        task.add_done_callback(self._held.discard)


def summary(counts: dict[str, int], outbox: Outbox) -> dict[str, Any]:
    return counts | {"never_sent": outbox.never_sent, "waiting": outbox.waiting.qsize()}
