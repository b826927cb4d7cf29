"""The dead-man's switch outwards: somebody else is called while watcher, writer and sender live.

The other side raises the alarm when no call comes: a monitor that dies silently is the very fault that we fight.
"""

from datetime import datetime, timedelta

import httpx
import structlog

from services.alerting.sender import Sender
from services.system import StoreUnavailable, System
from services.watch.sign_of_life import last_evaluation, watcher_is_late

EVERY = timedelta(seconds=60)
SENDER_LATE_AFTER = timedelta(minutes=3)
"""A turn of the sender may wait a minute for channels that hang."""

SECONDS_TO_ANSWER = 10.0
FAIL = "/fail"
"""What healthchecks and its like append to tell that something is wrong."""

log = structlog.get_logger()


class Pulse:
    """Calls STILLWATCH_PING_URL once a minute, and at once when a part fails or works again."""

    def __init__(self, system: System, sender: Sender) -> None:
        self._system = system
        self._sender = sender
        self._told: str | None = None
        self._tried_at: datetime | None = None
        self.last_good_at: datetime | None = None
        """When the other side last took a call that all is well."""

    def turn(self) -> None:
        """Call when it is time; nothing before every part has shown once that it lives."""
        url = self._system.settings.ping_url
        if url is None:
            return
        now = self._system.clock()
        problem = self.problem(now)
        if problem is None and not self._begun():
            return
        rested = self._tried_at is None or not timedelta() <= now - self._tried_at < EVERY
        if not rested and problem == self._told:
            return
        self._tried_at, self._told = now, problem
        if _called(url.rstrip("/"), problem) and problem is None:
            self.last_good_at = now

    def problem(self, now: datetime) -> str | None:
        """Return which part does not live, None when all do."""
        system = self._system
        if not system.writer.alive:
            return "the writer has ended: nothing can be kept"
        if system.writer.failure is not None:
            return f"the writer fails since {system.writer.failure.since.isoformat()}: {system.writer.failure.reason}"
        try:
            evaluated_at = last_evaluation(system.database)
        except StoreUnavailable:
            return "the database does not answer"
        if watcher_is_late(system, evaluated_at, now):
            return "the watcher has not run lately"
        last_turn_at = self._sender.last_turn_at or system.started_at
        if now - last_turn_at > SENDER_LATE_AFTER:
            return "the sender of notifications has not run lately"
        return None

    def _begun(self) -> bool:
        """Tell whether watcher and sender have run since the start."""
        evaluated_at = last_evaluation(self._system.database)
        watched = evaluated_at is not None and evaluated_at >= self._system.started_at
        return watched and self._sender.last_turn_at is not None


def _called(url: str, problem: str | None) -> bool:
    """Call the other side; an address of one's own network is as good as any."""
    try:
        with httpx.Client(timeout=SECONDS_TO_ANSWER, follow_redirects=True) as http:
            answer = http.get(url) if problem is None else http.post(url + FAIL, content=problem.encode())
    except httpx.HTTPError as error:
        log.warning("ping_failed", error=type(error).__name__)  # the address is nobody else's business
        return False
    if not answer.is_success:
        log.warning("ping_refused", status=answer.status_code)
    return answer.is_success
