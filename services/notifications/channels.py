"""Adding, changing and removing channels. An address is encrypted at once and never shown again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

from data.alerts import (
    NO_ALERT,
    STILLWATCH,
    AlertState,
    Notification,
    NotificationKind,
    latest_notifications,
    notification,
    open_alerts,
    save_alert,
    save_notifications,
    unfinished_notifications,
)
from data.audit import Action
from data.channels import Channel, Quiet, channels, delete_channel, save_channel
from data.database import Transaction
from services.fields import clean_name
from services.ids import new_id
from services.notifications.addresses import read_address
from services.people.changes import differences
from services.system import Invalid, NotFound, System, needs
from services.translation import LANGUAGES, SOURCE_LANGUAGE

__all__ = ["STATES", "AlertState", "Channel", "ChannelDraft", "Notification"]

STATES: tuple[AlertState, ...] = get_args(AlertState)
LONGEST_NAME = 100
MOST_CHANNELS = 100
MOST_MINUTES = 7 * 24 * 60
USUAL_REMINDER = 60


@dataclass(frozen=True, slots=True)
class ChannelDraft:
    """What a person or program gives for a channel. ``url`` None keeps the stored one."""

    name: str
    url: str | None
    language: str = SOURCE_LANGUAGE
    states: Sequence[str] = ()
    integrations: Sequence[str] = ()
    quiet: Quiet | None = None
    after_minutes: int = 0
    remind_minutes: int = USUAL_REMINDER
    weekly: bool = False


@needs("admin")
def all_channels(system: System) -> list[Channel]:
    """Return the channels in the order of their names."""
    return sorted(channels(system.database), key=lambda channel: channel.name.casefold())


@needs("admin")
def channel(system: System, channel_id: str) -> Channel:
    """Return a channel. Raises NotFound."""
    found = next((one for one in channels(system.database) if one.channel_id == channel_id), None)
    if found is None:
        raise NotFound(f"there is no channel {channel_id}")
    return found


@needs("admin", changes=True)
def add(system: System, draft: ChannelDraft) -> Channel:
    """Save a new channel. Raises Invalid."""
    if draft.url is None:
        raise Invalid("bad_url", "url", "give the address that messages are sent to")
    if len(channels(system.database)) >= MOST_CHANNELS:
        raise Invalid("too_many_channels", "name", f"there are {MOST_CHANNELS} channels already: remove one")
    empty = Channel(new_id(), "", "", "", "", (), (), None, 0, 0, weekly=False, created_at=system.clock())
    return _save(system, empty, _filled(system, empty, draft))


@needs("admin", changes=True)
def change(system: System, channel_id: str, draft: ChannelDraft) -> Channel:
    """Save what was changed. Raises Invalid or NotFound."""
    before = channel(system, channel_id)
    changed = _filled(system, before, draft)
    if draft.url is not None:
        changed = replace(changed, failing_since=None, failure=None)  # that was about another address
    return _save(system, before, changed, new_address=draft.url is not None)


def draft_of(known: Channel) -> ChannelDraft:
    """Return the draft that would change nothing."""
    return ChannelDraft(
        known.name,
        None,
        known.language,
        known.states,
        known.integrations,
        known.quiet,
        known.after_minutes,
        known.remind_minutes,
        known.weekly,
    )


@needs("admin", changes=True)
def remove(system: System, channel_id: str) -> None:
    """Delete a channel; what waits for it is not sent any more. Raises NotFound."""
    removed = channel(system, channel_id)
    now = system.clock()

    def job(transaction: Transaction) -> None:
        delete_channel(transaction, channel_id)
        system.record(transaction, "channel_removed", subject=removed.name)
        failing = {
            known.alert_id: known
            for known in open_alerts(transaction)
            if known.kind == "channel" and known.about == channel_id
        }
        for known in failing.values():
            save_alert(transaction, replace(known, closed_at=now))
        needless = [
            replace(one, state="superseded")
            for one in unfinished_notifications(transaction)
            if one.pending and (one.channel_id == channel_id or one.alert_id in failing)
        ]
        save_notifications(transaction, needless)

    system.writer.write(job)


@needs("admin", changes=True)
def write_test(system: System, channel_id: str) -> Notification:
    """Write a notification that tests a channel; it is sent as all others are. Raises NotFound."""
    tested = channel(system, channel_id)
    return write_alone(system, channel_id, "test", f"test-{new_id()}", tested=tested.name)


def write_alone(
    system: System,
    channel_id: str,
    kind: NotificationKind,
    notification_id: str,
    *,
    tested: str | None = None,
) -> Notification:
    """Write a notification that tells of no alert, unless it is there already, and return it.

    ``tested``: the name of the channel that somebody tests by it.
    """
    now = system.clock()
    new = Notification(
        STILLWATCH,
        notification_id,
        NO_ALERT,
        channel_id,
        kind,
        0,
        "waiting",
        "",
        created_at=now,
        next_try_at=now,
    )

    def job(transaction: Transaction) -> Notification:
        known = notification(transaction, STILLWATCH, notification_id)
        if known is None:
            save_notifications(transaction, [new])
        if tested is not None:
            system.record(transaction, "channel_tested", subject=tested)
        return known or new

    return system.writer.write(job)


@needs("admin")
def recent(system: System, most: int = 50) -> list[Notification]:
    """Return the newest notifications that were not superseded, newest first."""
    return latest_notifications(system.database, most)


def _as_it_does(changed: Channel, current: Channel) -> Channel:
    """Return the changed channel with what sending has found of it meanwhile."""
    return replace(
        changed,
        last_sent_at=current.last_sent_at,
        failing_since=current.failing_since,
        failure=current.failure,
    )


def _save(system: System, before: Channel, changed: Channel, *, new_address: bool = True) -> Channel:
    was, became = differences(before, changed, _TOLD_OF_A_CHANGE, ("url",))

    def job(transaction: Transaction) -> None:
        current = next((one for one in channels(transaction) if one.channel_id == changed.channel_id), None)
        if before.name and current is None:
            raise NotFound(f"there is no channel {changed.channel_id}")  # somebody removed it meanwhile
        save_channel(
            transaction, changed if new_address or current is None else _as_it_does(changed, current)
        )
        action: Action = "channel_changed" if before.name else "channel_added"
        system.record(
            transaction,
            action,
            subject=changed.name,
            before=was if before.name else None,
            after=became if before.name else None,
        )

    system.writer.write(job)
    return changed


_TOLD_OF_A_CHANGE = (
    "name",
    "url",
    "language",
    "states",
    "integrations",
    "quiet",
    "after_minutes",
    "remind_minutes",
    "weekly",
)


def _filled(system: System, before: Channel, draft: ChannelDraft) -> Channel:
    name = clean_name(draft.name)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid("bad_name", "name", f"give a name of 1 to {LONGEST_NAME} characters")
    if draft.language not in LANGUAGES:
        raise Invalid("bad_language", "language", f"choose one of {', '.join(LANGUAGES)}")
    unknown = sorted(set(draft.states) - set(STATES))
    if unknown:
        raise Invalid("bad_state", "states", f"there is no such state; choose of {', '.join(STATES)}")
    for minutes, field in ((draft.after_minutes, "after_minutes"), (draft.remind_minutes, "remind_minutes")):
        if not 0 <= minutes <= MOST_MINUTES:
            raise Invalid("bad_minutes", field, f"give 0 to {MOST_MINUTES} minutes")
    known = {integration.integration_id for integration in system.directory.active()}
    gone = set(draft.integrations) - known - set(before.integrations)
    if gone:
        raise Invalid("unknown_integration", "integrations", "there is no integration with one of these ids")
    url, service = before.url, before.service
    if draft.url is not None:
        service = str(read_address(draft.url).service_name)
        url = system.vault.lock(draft.url.strip())
    return replace(
        before,
        name=name,
        url=url,
        service=service,
        language=draft.language,
        states=tuple(state for state in STATES if state in draft.states),
        integrations=tuple(dict.fromkeys(draft.integrations)),
        quiet=draft.quiet,
        after_minutes=draft.after_minutes,
        remind_minutes=draft.remind_minutes,
        weekly=draft.weekly,
    )
