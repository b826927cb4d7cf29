"""The running system: the open store and what works on it. One per process."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from data.database import Database, StoreUnavailable, Transaction
from data.integrations import Integration
from data.rows import Damaged
from data.writer import Writer
from services.activity import ActivityLog
from services.directory import Directory, read_directory
from services.freshchat.client import ATTEMPTS, FreshchatClient
from services.freshchat.domain import mend_domain
from services.freshchat.errors import Rejected
from services.freshchat.gate import gate_of
from services.freshchat.network import http_client
from services.learned import Learned
from services.settings import Settings
from services.vault import Unreadable, Vault, open_vault

__all__ = ["Damaged", "NotFound", "StoreUnavailable", "System", "current", "install"]
Result = TypeVar("Result")
log = structlog.get_logger()


class NotFound(Exception):
    """There is no such integration, key or incident."""


class Invalid(Exception):
    """A field has a value that cannot be; ``code`` is stable, the message says what would be right."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class System:
    """Everything that lives as long as the process. ``clock`` is replaced in tests."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings = settings
        self.clock = clock
        self.vault: Vault = open_vault(settings)
        self.database = Database(settings.database_path)
        self.writer = Writer(self.database, clock)
        self.activity = ActivityLog(self.database, self.writer)
        self.directory: Directory = read_directory(self.database)
        self.learned = Learned(self.database)
        self.started_at = clock()
        self.awake_since = self.started_at
        self._changing = threading.Lock()
        if self.database.lost_commits:
            log.error(
                "commits_lost",
                commits=self.database.lost_commits,
                last_commit_at=str(self.database.last_commit_at),
                advice="the write-ahead log was damaged; fetch what is missing back from Freshchat",
            )

    def change(self, job: Callable[[Transaction], Result]) -> Result:
        """Change integrations or keys, and make the change known to every request before returning."""
        with self._changing:
            result = self.writer.write(job)
            self.directory = read_directory(self.database)
            return result

    def integration(self, integration_id: str) -> Integration:
        """Return an integration that is not deleted; raises NotFound."""
        found = self.directory.integrations.get(integration_id)
        if found is None or found.deleted_at is not None:
            raise NotFound(f"there is no integration {integration_id}")
        return found

    def integration_with_history(self, integration_id: str) -> Integration:
        """Return an integration, also a deleted one (its counts are kept); raises NotFound."""
        found = self.directory.integrations.get(integration_id)
        if found is None:
            raise NotFound(f"there is no integration {integration_id}")
        return found

    def freshchat(self, integration: Integration, *, attempts: int = ATTEMPTS) -> FreshchatClient:
        """Return the integration's client. Raises Rejected when it has no usable key or domain."""
        if integration.freshchat_api_key is None:
            raise Rejected("no_key", "no Freshchat API key is stored")
        try:
            api_key = self.vault.unlock(integration.freshchat_api_key).strip()
        except Unreadable:
            raise Rejected("unreadable_key", "the stored key was encrypted with another secret key") from None
        if not api_key.isascii() or not api_key.isprintable() or " " in api_key:
            raise Rejected("unauthorised", "the stored key has characters that no key has")
        mended = mend_domain(integration.domain, allowed_endings=self.settings.freshchat_endings)
        if mended.domain is None:
            raise Rejected("not_freshchat", "the domain is not among those that are allowed")
        url = self.settings.freshchat_url
        return FreshchatClient(
            url or f"https://{mended.domain}",
            api_key,
            http=http_client(loopback=url is not None),
            gate=gate_of(mended.domain),
            integration_id=integration.integration_id,
            attempts=attempts,
            clock=self.clock,
        )

    def close(self) -> None:
        try:
            self.activity.flush()
        except StoreUnavailable:
            log.exception("activity_lost")
        self.writer.close()
        self.database.close()


_current: System | None = None


def install(system: System | None) -> None:
    """Make ``system`` the one that pages find."""
    global _current
    _current = system


def current() -> System:
    """Return the running system, for pages: Streamlit runs them as scripts and passes them nothing."""
    if _current is None:
        raise RuntimeError("Stillwatch is not running: start it with `make run`")
    return _current
