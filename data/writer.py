"""One writer that gathers what many requests bring into one durable commit (group commit).

A commit costs about the same for one row and for a hundred, so whatever arrives while a commit is
under way waits for the next one and shares it. Everybody is answered only after the commit.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar

from data.database import Database, StoreFailed, StoreUnavailable, Transaction
from data.failures import Failure, reason_of

Item = TypeVar("Item")
Result = TypeVar("Result")
Handler = Callable[[Transaction, Sequence[Any]], Sequence[Any]]
Span = tuple[datetime, datetime]

MOST_JOBS_A_COMMIT = 1000
MOST_EVENTS_A_COMMIT = 4000
"""What a commit costs beside its events is shared well by so many; more only take memory, and hold up the first."""
MOST_JOBS_WAITING = 20_000
GATHERING_SHARE = 0.5
"""So much of the time that the last commit took, the next one waits for the jobs that are expected."""
MOST_GATHERING_SECONDS = 0.02
"""And no longer: a disk that is slow once must not hold up what follows."""
HANGING_SECONDS = 60.0
"""Whoever waits for a commit that takes longer has long given up."""
MOST_OUTAGES = 1000


@dataclass(slots=True)
class _Job:
    """A change that somebody waits for: another thread, or a coroutine of ``loop``."""

    handler: Handler
    item: Any
    done: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    events: int = 1

    def begin(self) -> bool:
        """Return whether anybody still waits; from here on a thread can no longer give it up."""
        if isinstance(self.done, Future):
            return self.done.set_running_or_notify_cancel()
        return not self.done.cancelled()


@dataclass(slots=True)
class _Outcome:
    job: _Job
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        done = self.job.done
        if done.cancelled():
            return
        if self.error is None:
            done.set_result(self.result)
        else:
            done.set_exception(self.error)


@dataclass(slots=True)
class Commits:
    """How many durable commits there were since the start, how long they took, and how many changes were refused."""

    count: int = 0
    seconds: float = 0.0
    refused: int = 0


def _run_each(transaction: Transaction, jobs: Sequence[Callable[[Transaction], Any]]) -> list[Any]:
    return [job(transaction) for job in jobs]


class Writer:
    """The thread that owns all changes to a database."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock
        self.commits = Commits()
        self._failures: dict[Handler, Failure] = {}
        self._outages: deque[Span] = deque(maxlen=MOST_OUTAGES)
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._expected = 1
        self._last_seconds = 0.0
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def submit(
        self, handler: Callable[[Transaction, Sequence[Item]], Sequence[Result]], item: Item
    ) -> "Future[Result]":
        """Have ``handler`` process ``item`` together with others of its kind; done when it is on disk.

        Raises StoreUnavailable at once when too much is waiting already.
        """
        done: Future[Result] = Future()
        self._put(_Job(handler, item, done))
        return done

    async def keep(
        self, handler: Callable[[Transaction, Sequence[Item]], Sequence[Result]], item: Item, events: int = 1
    ) -> Result:
        """Do the same for a coroutine: one call wakes all of them that shared a commit.

        ``events``: how many the item holds; what holds many shares a commit with few others.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result] = loop.create_future()
        self._put(_Job(handler, item, done, loop, events))
        return await done

    def write(self, job: Callable[[Transaction], Result]) -> Result:
        """Run ``job`` in a transaction and return its result once it is on disk."""
        done: Future[Result] = self.submit(_run_each, job)
        return done.result()

    @property
    def failure(self) -> Failure | None:
        """Since when and why changes fail, None while they are kept; kept until a change shows that it is over."""
        return min(self._failures.values(), key=lambda failure: failure.since, default=None)

    @property
    def refusing_since(self) -> datetime | None:
        """Since when deliveries are refused, None while they are kept."""
        return min((failure.since for failure in _of_deliveries(self._failures)), default=None)

    @property
    def has_outages(self) -> bool:
        """Whether there are outages that nobody has taken."""
        return bool(self._outages)

    def take_outages(self) -> list[Span]:
        """Return the spans that are over in which no delivery was kept, or none was answered; each of them once."""
        return [self._outages.popleft() for _ in range(len(self._outages))]

    @property
    def alive(self) -> bool:
        """Whether the thread runs that writes."""
        return self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """How many changes wait to be written."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Write what is waiting, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _put(self, job: _Job) -> None:
        if self._waiting.qsize() >= MOST_JOBS_WAITING:
            raise StoreUnavailable("too many changes are waiting to be written")
        self._waiting.put(job)

    def _work(self) -> None:
        while True:
            jobs = self._gather()
            alive = [job for job in jobs if job is not None and job.begin()]
            if alive:
                began = time.monotonic()
                outcomes = self._commit(alive)
                self._last_seconds = time.monotonic() - began
                self.commits.count += 1
                self.commits.seconds += self._last_seconds
                self.commits.refused += sum(isinstance(one.error, StoreUnavailable) for one in outcomes)
                if self._last_seconds > HANGING_SECONDS:
                    now = self._clock()
                    self._outages.append((now - timedelta(seconds=self._last_seconds), now))
                self._note_failures(outcomes)
                # Those who are answered now come again, beside those who came meanwhile.
                self._expected = len(outcomes) + self.waiting
                _tell(outcomes)
            if jobs[-1] is None:
                return

    def _gather(self) -> list[_Job | None]:
        """Return what waits, and what is expected and comes soon: two commits for half of it each cost twice."""
        jobs = [self._waiting.get()]
        events = jobs[0].events if jobs[0] else 0
        deadline = time.monotonic() + min(GATHERING_SHARE * self._last_seconds, MOST_GATHERING_SECONDS)
        while jobs[-1] is not None and len(jobs) < MOST_JOBS_A_COMMIT and events < MOST_EVENTS_A_COMMIT:
            patience = deadline - time.monotonic() if len(jobs) < self._expected else 0
            try:
                job = self._waiting.get(timeout=max(0, patience))
            except queue.Empty:
                break
            jobs.append(job)
            events += job.events if job else 0
        return jobs

    def _note_failures(self, outcomes: Sequence[_Outcome]) -> None:
        """Remember what the store failed at; what works again, or never failed, is forgotten."""
        if not self._failures and not any(outcome.error for outcome in outcomes):
            return
        found, before = dict(self._failures), self.refusing_since
        for outcome in outcomes:
            handler = outcome.job.handler
            reason = reason_of(outcome.error) if isinstance(outcome.error, StoreUnavailable) else None
            if reason is not None:
                now = self._clock()
                known = found.get(handler) or Failure(reason, now, now)
                found[handler] = replace(
                    known, reason=known.reason if reason == "failing" else reason, last_at=now
                )
        for outcome in outcomes:
            if outcome.error is None:
                found.pop(outcome.job.handler, None)
                found = {handler: failure for handler, failure in found.items() if not failure.whole_store}
        self._failures = found
        if before is not None and self.refusing_since is None:
            self._outages.append((before, self._clock()))

    def _commit(self, jobs: list[_Job]) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        try:
            with self._database.transaction() as transaction:
                for handler, group in groupby(jobs, key=lambda job: job.handler):
                    alike = list(group)
                    found = handler(transaction, [job.item for job in alike])
                    outcomes += [_Outcome(*pair) for pair in zip(alike, found, strict=True)]
        except StoreFailed as error:
            return [_Outcome(job, error=error) for job in jobs]  # it would fail for each of them alone, too
        except Exception as error:
            if len(jobs) == 1:
                return [_Outcome(jobs[0], error=error)]
            # One of them spoilt it for all: the others must not pay for it.
            return [outcome for job in jobs for outcome in self._commit([job])]
        return outcomes


def _of_deliveries(failures: Mapping[Handler, Failure]) -> list[Failure]:
    """Return the failures that concern deliveries: a chore that fails alone says nothing of them."""
    return [
        failure for handler, failure in failures.items() if failure.whole_store or handler is not _run_each
    ]


def _tell(outcomes: Iterable[_Outcome]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop | None, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.job.loop, []).append(outcome)
    for loop, some in by_loop.items():
        if loop is None:
            _tell_each(some)
        else:
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(_tell_each, some)


def _tell_each(outcomes: Iterable[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.tell()
