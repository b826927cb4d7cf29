"""What a verdict rests on: all that is known about one integration's data flow at one moment."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.activity import Activity
from data.failures import Failure
from data.probes import Probe
from services.detector import Reading
from services.integrations.keys import End
from services.watch.closures import Closure
from services.watch.heartbeats import heartbeats_to_miss
from services.watch.own_clock import USUAL_HEARTBEAT

LATELY = timedelta(hours=1)
CONTACTS_ABOUT_CLOCK = 2
"""So many contacts in a row speak against our clock; a single one may be wrong itself."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """One injixo API key: its life and its accepted uses."""

    key_id: str
    prefix: str
    created_at: datetime
    expires_at: datetime | None
    ended: End | None
    ended_at: datetime | None
    first_used_at: datetime | None = None
    last_used_at: datetime | None = None
    last_told_at: datetime | None = None
    """When it was last used for what only the app does."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Requests that were refused with one key for one reason."""

    code: str
    key: KeyFacts
    first_at: datetime
    last_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a verdict rests on. Times are by our clock, except ``last_contact_resolved_at``."""

    now: datetime
    started_at: datetime
    """Or woke: what lies before it is no evidence of the app's silence."""

    configuration: str | None
    paused_at: datetime | None
    added_at: datetime | None = None
    """When the integration was."""

    store_failure: Failure | None = None
    """What arrives cannot be kept."""

    webhook: bool = False
    """A public key was pasted, so Freshchat's own webhook may deliver."""

    keys: tuple[KeyFacts, ...] = ()
    """Newest first."""

    refusals: tuple[Refusal, ...] = ()
    """Latest first."""

    last_event_at: datetime | None = None
    last_contact_pushed_at: datetime | None = None
    last_contact_resolved_at: datetime | None = None
    last_heartbeat_at: datetime | None = None
    last_accepted_at: datetime | None = None
    pushes: tuple[Activity, ...] = ()
    """Deliveries since an incident was detected, per key and quarter hour."""

    goodbye_at: datetime | None = None
    heartbeat_interval: timedelta | None = None
    reading: Reading | None = None
    probe: Probe | None = None
    data_begins_at: datetime | None = None
    """With the first contact, or the first delivery of any kind."""
    connected_at: datetime | None = None
    """From when on pushed contacts are to be expected."""

    mended_at: datetime | None = None
    """When the connection was last repaired, or first made."""

    credentials_checked_at: datetime | None = None
    """When the Freshchat API key that is saved now was last tried by itself."""

    freshchat_answered_at: datetime | None = None
    """The last time that it told us its groups, or of its account."""

    inactive_queues: frozenset[str] = frozenset()
    """Their groups were renamed or deleted: nothing is expected of them."""

    closures: tuple[Closure, ...] = ()
    last_webhook_at: datetime | None = None
    not_taken: tuple[Activity, ...] = ()
    """What came since the last delivery that was understood, at least of the last hour, and was not taken."""

    pushed_lately: tuple[tuple[datetime, datetime], ...] = ()
    """Resolution and reception of the last contacts since our start, newest first."""

    times_told: tuple[tuple[datetime, datetime], ...] = ()
    """Freshchat's clock and ours at its last answers since our start, oldest first."""

    told_to_anybody: tuple[tuple[datetime, datetime], ...] = ()
    """The same of its answers to all integrations, for they speak about the one clock that we have.

    Asked for only when a contact speaks against that clock: with many integrations these are many.
    """

    woke_at: datetime | None = None
    """When the watcher last came back from an absence, a sleep or a jump of its clock; None for never."""

    away_since: datetime | None = None
    """When that absence began; None where nobody knows."""

    @property
    def settling(self) -> bool:
        """Whether the watcher was away so lately that no heartbeat had time to show that the app lives."""
        interval = self.heartbeat_interval or USUAL_HEARTBEAT
        return self.woke_at is not None and self.woke_at <= self.now < self.woke_at + interval

    @property
    def heartbeat_deadline(self) -> datetime | None:
        """When the app counts as gone: after as many missed heartbeats as chance alone would hardly lose.

        Any accepted request shows that the app is alive; the time before our own start is no evidence, nor is
        a planned closure, in which the app may be stopped.
        """
        if self.heartbeat_interval is None or self.last_accepted_at is None:
            return None
        closed = [end for start, end in self.closures if start <= self.now]
        alive_at = max(self.last_accepted_at, self.started_at, *closed)
        return alive_at + heartbeats_to_miss(self.heartbeat_interval) * self.heartbeat_interval

    def flows_again_at(self, after: datetime, *, not_by: Set[str] = frozenset()) -> datetime | None:
        """Return when the first events came after a moment, as exactly as counts per quarter hour tell.

        ``not_by``: the ids of keys whose events do not count.
        """
        later = [entry for entry in self.pushes if entry.last_at > after and entry.key_id not in not_by]
        return min(
            (entry.first_at if entry.first_at > after else entry.last_at for entry in later), default=None
        )
