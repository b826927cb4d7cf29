"""The running system: the open store and what works on it. One per process, and a view of it for whoever asks."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, datetime
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, cast

import structlog

from data.audit import Action, AuditEntry, add_entry
from data.database import Database, StoreUnavailable, Transaction
from data.integrations import Integration
from data.once import Once
from data.rows import Damaged
from data.writer import Writer
from services.activity import ActivityLog
from services.directory import Directory, read_directory
from services.freshchat.client import ATTEMPTS, FreshchatClient
from services.freshchat.domain import mend_domain
from services.freshchat.errors import Rejected
from services.freshchat.gate import gate_of
from services.freshchat.network import http_client
from services.ids import new_id
from services.learned import Learned
from services.people.known import Known, read_known
from services.people.person import ITSELF, Asker, NotAllowed, Person, Role
from services.settings import Settings
from services.turns import Turns
from services.vault import Unreadable, Vault, open_vault

__all__ = ["Damaged", "Invalid", "NotFound", "StoreUnavailable", "System", "install", "installed", "needs"]
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
ANSWERS_ABOUT_CLOCK = 2
"""So many answers of Freshchat in a row speak against our clock; a single one may be wrong itself."""

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
    """Everything that lives as long as the process. ``clock`` is replaced in tests.

    ``turns``: how its regular work does; ``sessions``: how many browsers have the interface open.
    It serves itself, with every right. Whoever comes from outside gets a view of it from ``asked_by``.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings = settings
        self.clock = clock
        self.vault: Vault = open_vault(settings)
        self.database = Database(settings.database_path)
        self.writer = Writer(self.database, clock)
        self.activity = ActivityLog(self.database, self.writer)
        self._directory = read_directory(self.database)
        self._known = read_known(self.database)
        self.learned = Learned(self.database)
        self.turns = Turns()
        self.sessions = 0
        self.started_at = clock()
        self.awake_since = self.started_at
        self.away_since: datetime | None = None
        """When the absence began that ended with ``awake_since``; None where there was none, or nobody knows."""

        self.times_told: dict[str, deque[tuple[datetime, datetime]]] = defaultdict(
            lambda: deque(maxlen=ANSWERS_ABOUT_CLOCK)
        )
        """What Freshchat's clock said, and ours, at the last answers to each integration."""

        self._changing = threading.Lock()
        self._whole = self
        self._asker = Asker(lambda: ITSELF)
        if self.database.lost_commits:
            log.error(
                "commits_lost",
                commits=self.database.lost_commits,
                last_commit_at=str(self.database.last_commit_at),
                advice="the write-ahead log was damaged; fetch what is missing back from Freshchat",
            )

    def asked_by(self, asker: Asker) -> Self:
        """Return a view of this system that may what the asker may, and sees what they may see."""
        view = copy(self)
        view._asker = asker
        return view

    def at_once(self) -> Self:
        """Return a view of this system that asks the store each question once, for one look at it; then drop it."""
        view = copy(self)
        view.database = cast(Database, Once(self.database))  # whoever reads needs no more of it
        return view

    @property
    def person(self) -> Person:
        """Who asks. Raises SignedOut."""
        return self._asker.look_up()

    @property
    def directory(self) -> Directory:
        """The integrations and keys that whoever asks may know of."""
        person, whole = self.person, self._whole._directory
        return whole if person.integrations is None else whole.only(person.integrations)

    @property
    def known(self) -> Known:
        """Who may sign in, and who is signed in."""
        return self._whole._known

    def change_people(self, job: Callable[[Transaction], Result]) -> Result:
        """Change people, sessions or tokens, and make the change known to every request before returning."""
        with self._changing:
            result = self.writer.write(job)
            self._whole._known = read_known(self.database)
            return result

    def change(self, job: Callable[[Transaction], Result]) -> Result:
        """Change integrations or keys, and make the change known to every request before returning."""
        with self._changing:
            result = self.writer.write(job)
            self._whole._directory = read_directory(self.database)
            return result

    def record(
        self,
        transaction: Transaction,
        action: Action,
        integration_id: str = "",
        subject: str = "",
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Put down in the audit log, in the same transaction, what whoever asks does. What runs by itself is not.

        ``before`` and ``after``: the values that change, by name, without secrets.
        """
        person = self.person
        if person == ITSELF:
            return
        who = (person.person_id, person.name, person.role, self._asker.address)
        add_entry(
            transaction,
            AuditEntry(
                integration_id, new_id(), self.clock(), *who, action, subject, before or {}, after or {}
            ),
        )

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
            on_time_told=lambda told, now: self.times_told[integration.integration_id].append((told, now)),
        )

    def close(self) -> None:
        try:
            self.activity.flush()
        except StoreUnavailable:
            log.exception("activity_lost")
        self.writer.close()
        self.database.close()


def needs(
    role: Role, *, changes: bool = False
) -> Callable[
    [Callable[Concatenate[System, Arguments], Result]], Callable[Concatenate[System, Arguments], Result]
]:
    """Make a function that pages and programs call need a role; ``changes`` tells that it changes something.

    The function raises NotAllowed to others, and NotFound where they may not see the integration. Without a role
    nothing of services/ can be asked from outside: ``tests/unit/test_rights.py`` holds it.
    """

    def decorate(
        function: Callable[Concatenate[System, Arguments], Result],
    ) -> Callable[Concatenate[System, Arguments], Result]:
        names = list(signature(function).parameters)
        place = names.index("integration_id") - 1 if "integration_id" in names else None

        @wraps(function)
        def checked(system: System, /, *arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
            person = system.person
            if not person.may(role):
                raise NotAllowed(role)
            if person.integrations is not None and place is not None:
                asked = named["integration_id"] if "integration_id" in named else arguments[place]
                if asked is not None:
                    system.integration_with_history(str(asked))
            return function(system, *arguments, **named)

        checked.__dict__ |= {"role": role, "changes": changes}
        return checked

    return decorate


_installed: System | None = None


def install(system: System | None) -> None:
    """Make ``system`` the one that pages find."""
    global _installed
    _installed = system


def installed() -> System:
    """Return the running system, for pages: Streamlit runs them as scripts and passes them nothing."""
    if _installed is None:
        raise RuntimeError("Stillwatch is not running: start it with `make run`")
    return _installed
