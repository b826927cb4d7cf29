"""The running system: the open store and what works on it. One per process."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from data.database import Database, StoreUnavailable, Transaction
from data.integrations import Integration
from data.writer import Writer
from services.activity import ActivityLog
from services.directory import Directory, read_directory
from services.settings import Settings
from services.vault import Vault, open_vault
from services.watch.models import Models

__all__ = ["NotFound", "StoreUnavailable", "System", "current", "install"]
Result = TypeVar("Result")
log = structlog.get_logger()


class NotFound(Exception):
    """There is no such integration, key or incident."""


class System:
    """Everything that lives as long as the process. ``clock`` is replaced in tests."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings = settings
        self.clock = clock
        self.vault: Vault = open_vault(settings)
        self.database = Database(settings.database_path)
        self.writer = Writer(self.database)
        self.activity = ActivityLog(self.writer)
        self.directory: Directory = read_directory(self.database)
        self.models = Models(self.database)
        self.started_at = clock()
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

    def close(self) -> None:
        self.activity.flush()
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
