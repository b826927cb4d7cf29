"""Notification channels: where people are told. Their addresses can be written, never read."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from fastapi import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from services.alerting.sender import send_test
from services.alerting.words import failure_text
from services.api.access import TheSystem, admin_router
from services.api.asked import Asked
from services.notifications import channels
from services.notifications.addresses import LONGEST_URL
from services.notifications.channels import (
    MOST_MINUTES,
    USUAL_REMINDER,
    AlertState,
    Channel,
    ChannelDraft,
)
from services.notifications.quiet import Quiet, quiet_hours
from services.translation import Words

router = admin_router("/v1/channels")
Minutes = Annotated[int, Field(strict=True, ge=0, le=MOST_MINUTES)]
Url = Annotated[str, Field(max_length=LONGEST_URL)]


class QuietBody(Asked):
    """Hours in which nothing is sent, by the local clock; ``weekdays`` (1 = Monday) are those on which they begin."""

    model_config = ConfigDict(validate_by_name=True)

    time_zone: str = Field("UTC", max_length=64)
    weekdays: list[int] = Field([1, 2, 3, 4, 5, 6, 7], max_length=7)
    starts: str = Field(alias="from", max_length=8)
    ends: str = Field(alias="to", max_length=8)

    @classmethod
    def of(cls, quiet: Quiet) -> Self:
        return cls(
            time_zone=quiet.time_zone, weekdays=list(quiet.weekdays), starts=quiet.starts, ends=quiet.ends
        )

    def read(self) -> Quiet:
        return quiet_hours(self.time_zone, self.weekdays, self.starts, self.ends)


MaybeQuiet = Annotated[QuietBody | None, BeforeValidator(lambda value: value or None)]
"""An empty object is none."""


class ChannelBody(BaseModel):
    """A channel as it is listed. ``service``: of what kind its address is; ``failure``: why its last try failed."""

    id: str
    name: str
    service: str
    language: str
    states: list[AlertState]
    integrations: list[str]
    quiet: QuietBody | None
    after_minutes: int
    remind_minutes: int
    weekly: bool
    created_at: datetime
    last_sent_at: datetime | None
    failing_since: datetime | None
    failure: str | None

    @classmethod
    def of(cls, channel: Channel) -> Self:
        return cls(
            id=channel.channel_id,
            name=channel.name,
            service=channel.service,
            language=channel.language,
            states=list(channel.states),
            integrations=list(channel.integrations),
            quiet=QuietBody.of(channel.quiet) if channel.quiet else None,
            after_minutes=channel.after_minutes,
            remind_minutes=channel.remind_minutes,
            weekly=channel.weekly,
            created_at=channel.created_at,
            last_sent_at=channel.last_sent_at,
            failing_since=channel.failing_since,
            failure=channel.failure,
        )


class NewChannel(Asked):
    """What a channel is made of. No ``states`` or ``integrations`` means all of them.

    ``url``: an address that apprise understands, such as mailto:// or json://. ``after_minutes``: told only of what
    nobody has acknowledged for so long. ``remind_minutes``: the first reminder, 0 for none.
    """

    shown: ClassVar[frozenset[str]] = frozenset(ChannelBody.model_fields)

    name: str
    url: Url
    language: str = "en"
    states: list[str] = Field([], max_length=100)
    integrations: list[str] = Field([], max_length=10_000)
    quiet: MaybeQuiet = None
    after_minutes: Minutes = 0
    remind_minutes: Minutes = USUAL_REMINDER
    weekly: StrictBool = False


class ChannelChanges(Asked):
    """Fields to change; what is not named stays."""

    shown: ClassVar[frozenset[str]] = frozenset(ChannelBody.model_fields)

    name: str | None = None
    url: Url | None = None
    language: str | None = None
    states: list[str] | None = Field(None, max_length=100)
    integrations: list[str] | None = Field(None, max_length=10_000)
    quiet: MaybeQuiet = None
    after_minutes: Minutes | None = None
    remind_minutes: Minutes | None = None
    weekly: StrictBool | None = None


class ChannelList(BaseModel):
    channels: list[ChannelBody]


class TestBody(BaseModel):
    """What came of a test. ``detail`` says why it was not sent."""

    id: str
    state: Literal["sent", "failed"]
    sent_at: datetime | None
    failure: str | None
    detail: str | None


@router.get("")
def list_channels(system: TheSystem) -> ChannelList:
    """List the channels in the order of their names."""
    return ChannelList(channels=[ChannelBody.of(channel) for channel in channels.all_channels(system)])


@router.post("", status_code=201)
def add_channel(system: TheSystem, wish: NewChannel) -> ChannelBody:
    """Add a channel; POST .../test tries it. Its address is encrypted and in no answer."""
    fields = {name: value for name, value in wish if name != "quiet"}
    draft = ChannelDraft(**fields, quiet=wish.quiet.read() if wish.quiet else None)
    return ChannelBody.of(channels.add(system, draft))


@router.get("/{channel_id}")
def get_channel(system: TheSystem, channel_id: str) -> ChannelBody:
    """Return one channel."""
    return ChannelBody.of(channels.channel(system, channel_id))


@router.patch("/{channel_id}")
def change_channel(system: TheSystem, channel_id: str, changes: ChannelChanges) -> ChannelBody:
    """Change the fields that are named. ``quiet`` null ends the quiet hours; any other null changes nothing."""
    draft = channels.draft_of(channels.channel(system, channel_id))
    named: dict[str, Any] = {
        name: value
        for name, value in changes
        if name in changes.model_fields_set and name != "quiet" and value is not None
    }
    if "quiet" in changes.model_fields_set:
        named["quiet"] = changes.quiet.read() if changes.quiet else None
    return ChannelBody.of(channels.change(system, channel_id, replace(draft, **named)))


@router.delete("/{channel_id}", status_code=204)
def delete_channel(system: TheSystem, channel_id: str) -> Response:
    """Delete a channel; what waits for it is not sent any more."""
    channels.remove(system, channel_id)
    return Response(status_code=204)


@router.post("/{channel_id}/test")
def test_channel(system: TheSystem, channel_id: str) -> TestBody:
    """Send a test by the way of all messages, marked as one, and say what came of it."""
    sent = send_test(system, channel_id)
    return TestBody(
        id=sent.notification_id,
        state="sent" if sent.state == "sent" else "failed",
        sent_at=sent.sent_at,
        failure=sent.failure,
        detail=failure_text(sent.failure, Words()) if sent.failure else None,
    )
