"""The sender: once a second it sends what is due, each channel on its own, and keeps what came of it."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from data.alerts import Notification, open_alerts, unfinished_notifications
from data.channels import Channel, channels
from services.alerting.sending import SECONDS_TO_SEND, send, shows_pictures
from services.alerting.telling import compose
from services.alerting.troubles import note_troubles
from services.alerting.weekly import weekly_due, zone_of
from services.notifications.channels import write_alone, write_test
from services.notifications.due import Due, due
from services.notifications.outbox import claim, drop, plan_all_again, record, release
from services.system import StoreUnavailable, System, needs
from services.vault import Unreadable

LOOK_EVERY = timedelta(seconds=20)
"""How often it looks for what nobody writes down: troubles that are no incident, reports, new channels."""

SECONDS_OF_A_TURN = 2 * SECONDS_TO_SEND
"""How long a turn waits for all channels together; those that hang go on behind it."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Tried:
    """A try, and why it failed, None when it did not."""

    notification: Notification
    failure: str | None


class Sender:
    """Sends what is due. One for each system, so that nothing is taken up twice after a start."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._released = False
        self._looked_at: datetime | None = None
        self._unrecorded: list[_Tried] = []
        self._recording = threading.Lock()
        self._busy: dict[str, threading.Thread] = {}
        """What still sends through a channel, by the channel's id: one that hangs is given nothing more meanwhile."""

        self.last_turn_at: datetime | None = None
        """When it last finished a turn: its own sign of life."""

    def turn(self) -> None:
        """Write what is due by the clock, send what waits. Raises StoreUnavailable."""
        system = self._system
        now = system.clock()
        if not self._released:
            release(system, system.started_at)
            self._released = True
        self._record_what_is_left()
        if self._looked_at is None or not timedelta() <= now - self._looked_at < LOOK_EVERY:
            note_troubles(system)
            plan_all_again(system)
            self._write_reports(now)
            self._looked_at = now
        self._send_due()
        self.last_turn_at = now

    def _write_reports(self, now: datetime) -> None:
        for channel in channels(self._system.database):
            if channel.weekly and (wanted := weekly_due(channel, zone_of(self._system, channel), now)):
                write_alone(self._system, channel.channel_id, "weekly", wanted)

    def _send_due(self) -> None:
        """Send what is due, the channels side by side: one that hangs holds up no other's message."""
        self._busy = {channel_id: thread for channel_id, thread in self._busy.items() if thread.is_alive()}
        by_channel: dict[str, list[Due]] = {}
        for found in _due_now(self._system):
            by_channel.setdefault(found.notification.channel_id, []).append(found)
        begun = [
            threading.Thread(target=self._send_all, args=(some,), name=channel_id, daemon=True)
            for channel_id, some in by_channel.items()
            if channel_id not in self._busy
        ]
        for thread in begun:
            thread.start()
        ends = time.monotonic() + SECONDS_OF_A_TURN
        for thread in begun:
            thread.join(max(0.0, ends - time.monotonic()))
        self._busy |= {thread.name: thread for thread in begun if thread.is_alive()}

    def _send_all(self, some: Iterable[Due]) -> None:
        for found in some:
            try:
                tried = _try(self._system, found)
                if tried is not None:
                    self._record(tried)
            except Exception:
                log.exception("notification_failed", notification=found.notification.notification_id)
                return

    def _record(self, tried: _Tried) -> None:
        """Keep the outcome; while the store takes none it is kept here, or the message would be sent again."""
        try:
            record(self._system, tried.notification, tried.failure)
        except StoreUnavailable:
            with self._recording:
                self._unrecorded.append(tried)
            raise

    def _record_what_is_left(self) -> None:
        with self._recording:
            left, self._unrecorded = self._unrecorded, []
        for tried in left:
            self._record(tried)


@needs("admin", changes=True)
def send_test(system: System, channel_id: str) -> Notification:
    """Send a test by the way of all messages, and return it as it stands then.

    Raises NotFound and StoreUnavailable.
    """
    one = write_test(system, channel_id)
    tried = _try(system, Due(one))
    return record(system, tried.notification, tried.failure) if tried is not None else one


def _due_now(system: System) -> list[Due]:
    pending = [one for one in unfinished_notifications(system.database) if one.pending]
    if not pending:
        return []
    at_rest = {
        integration.integration_id
        for integration in system.directory.integrations.values()
        if integration.paused_at is not None or integration.deleted_at is not None
    }
    pending = [one for one in pending if one.integration_id not in at_rest or one.kind == "closed"]
    known = {channel.channel_id: channel for channel in channels(system.database)}
    told_of = {(one.integration_id, one.alert_id): one for one in open_alerts(system.database)}
    return due(pending, known, told_of, system.clock())


def _try(system: System, found: Due) -> _Tried | None:
    """Claim a notification and send it; None when it is somebody else's, or there is nothing left to tell."""
    claimed = claim(system, found)
    if claimed is None:
        return None
    known = {channel.channel_id: channel for channel in channels(system.database)}
    channel = known.get(claimed.channel_id)
    if channel is None:
        drop(system, claimed)
        return None
    failure = _tell(system, channel, claimed)
    if failure == _NOTHING_LEFT:
        drop(system, claimed)
        return None
    log.info(
        "notification_sent" if failure is None else "notification_not_sent",
        notification=claimed.notification_id,
        channel=claimed.channel_id,
        kind=claimed.kind,
        failure=failure,
    )
    return _Tried(claimed, failure)


_NOTHING_LEFT = "nothing_left"


def _tell(system: System, channel: Channel, claimed: Notification) -> str | None:
    try:
        url = system.vault.unlock(channel.url)
    except Unreadable:
        return "unreadable"
    try:
        message = compose(system, channel, claimed, system.clock(), picture=shows_pictures(url))
    except Exception:
        log.exception("message_not_composed", notification=claimed.notification_id)
        return "not_sent"
    return _NOTHING_LEFT if message is None else send(url, message)
