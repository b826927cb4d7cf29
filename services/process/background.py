"""Work that repeats for as long as the process lives, each kind in a thread of its own."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from services.turns import Turns

STOP_SECONDS = 3.0
log = structlog.get_logger()


def _utc() -> datetime:
    return datetime.now(UTC)


class Background:
    """Threads that call their job again and again until they are stopped; ``turns`` notes how each does."""

    def __init__(self, turns: Turns | None = None, clock: Callable[[], datetime] = _utc) -> None:
        self._turns = turns or Turns()
        self._clock = clock
        self._stopping = threading.Event()
        self._hurry: list[threading.Event] = []
        self._threads: list[threading.Thread] = []

    def every(self, seconds: float, name: str, job: Callable[[], object]) -> Callable[[], None]:
        """Call ``job`` now and then ``seconds`` after each end. A failure is logged, and the next turn comes.

        Return what lets the next turn come at once.
        """
        hurry = threading.Event()
        self._hurry.append(hurry)

        def work() -> None:
            while not self._stopping.is_set():
                hurry.clear()
                self._take_turn(name, job)
                if not self._stopping.is_set():  # what is set after this sets the other one as well
                    hurry.wait(seconds)

        self._start(name, work)
        return hurry.set

    def once(self, after_seconds: float, name: str, job: Callable[[], object]) -> None:
        """Call ``job`` in so many seconds. A failure is logged."""

        def work() -> None:
            if not self._stopping.wait(after_seconds):
                _try(name, job)

        self._start(name, work)

    def _take_turn(self, name: str, job: Callable[[], object]) -> None:
        began = time.monotonic()
        if _try(name, job):
            self._turns.finished(name, self._clock(), time.monotonic() - began)
        else:
            self._turns.failed(name)

    def _start(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self, within_seconds: float = STOP_SECONDS) -> None:
        """Let every job finish its turn; one that takes longer, such as a call that hangs, is left to itself."""
        self._stopping.set()
        for hurry in self._hurry:
            hurry.set()
        deadline = time.monotonic() + within_seconds
        for thread in self._threads:
            thread.join(timeout=max(0, deadline - time.monotonic()))
        hanging = [thread.name for thread in self._threads if thread.is_alive()]
        if hanging:
            log.warning("background_jobs_left", jobs=hanging)


def _try(name: str, job: Callable[[], object]) -> bool:
    try:
        job()
    except Exception:
        log.exception("background_job_failed", job=name)
        return False
    return True
