"""One writer that gathers what many requests bring into one durable commit (group commit).

A commit costs about the same for one row and for a hundred, so whatever arrives while a commit is
under way waits for the next one and shares it. Everybody is answered only after the commit.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeVar

from data.database import Database, StoreUnavailable, Transaction

Item = TypeVar("Item")
Result = TypeVar("Result")
Handler = Callable[[Transaction, Sequence[Any]], Sequence[Any]]

MOST_JOBS_A_COMMIT = 1000
MOST_JOBS_WAITING = 20_000


@dataclass(slots=True)
class _Job:
    handler: Handler
    item: Any
    done: "Future[Any]" = field(default_factory=Future)


def _run_each(transaction: Transaction, jobs: Sequence[Callable[[Transaction], Any]]) -> list[Any]:
    return [job(transaction) for job in jobs]


class Writer:
    """The thread that owns all changes to a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.Queue[_Job | None] = queue.Queue(MOST_JOBS_WAITING)
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def submit(
        self, handler: Callable[[Transaction, Sequence[Item]], Sequence[Result]], item: Item
    ) -> "Future[Result]":
        """Have ``handler`` process ``item`` together with others of its kind; done when it is on disk.

        Raises StoreUnavailable at once when too much is waiting already.
        """
        job = _Job(handler, item)
        try:
            self._waiting.put_nowait(job)
        except queue.Full:
            raise StoreUnavailable("too many changes are waiting to be written") from None
        return job.done

    def write(self, job: Callable[[Transaction], Result]) -> Result:
        """Run ``job`` in a transaction and return its result once it is on disk."""
        done: Future[Result] = self.submit(_run_each, job)
        return done.result()

    def close(self) -> None:
        """Write what is waiting, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            jobs = self._gather()
            # From here on a job can no longer be cancelled: its result is set, whoever still waits for it.
            alive = [job for job in jobs if job is not None and job.done.set_running_or_notify_cancel()]
            if alive:
                self._commit(alive)
            if jobs[-1] is None:
                return

    def _gather(self) -> list[_Job | None]:
        jobs = [self._waiting.get()]
        while len(jobs) < MOST_JOBS_A_COMMIT and jobs[-1] is not None:
            try:
                jobs.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return jobs

    def _commit(self, jobs: list[_Job]) -> None:
        results: list[tuple[_Job, Any]] = []
        try:
            with self._database.transaction() as transaction:
                for handler, group in groupby(jobs, key=lambda job: job.handler):
                    alike = list(group)
                    found = handler(transaction, [job.item for job in alike])
                    results += zip(alike, found, strict=True)
        except Exception as error:
            if len(jobs) == 1:
                jobs[0].done.set_exception(error)
                return
            # One of them spoilt it for all: the others must not pay for it.
            for job in jobs:
                self._commit([job])
            return
        for job, result in results:
            job.done.set_result(result)
