"""After any outage and backfill the contacts equal what Freshchat resolved, a crash in the middle included."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.chats import Event, Reporter
from services import backfill, ingest, integrations
from services.integrations.draft import Draft
from services.settings import Settings
from services.system import System
from tests.conftest import NOBODY_LISTENS, NOW, Clock
from tests.store.account import FreshchatAccount, Resolution

START = NOW - timedelta(days=3)
PUSHING: tuple[Reporter, ...] = ("app", "webhook")
GROUPS = (("g1", "Support"), ("g2", "Vertrieb"), None)


@dataclass(frozen=True)
class Story:
    """What Freshchat resolved, what was pushed to us of it, what its reports lack at first, and our crashes.

    ``crashes``: how many writes succeed before each crash, and whether the last one was on disk by then.
    """

    resolutions: list[Resolution]
    pushes: list[tuple[str, Event]]
    late: set[Resolution]
    pushed_meanwhile: list[tuple[str, Event]]
    crashes: list[tuple[int, bool]]


class ForgetfulAccount(FreshchatAccount):
    """Its reports lack the late rows that are less than a day old when the report is ordered."""

    def __init__(self, story: Story, clock: Clock) -> None:
        super().__init__(story.resolutions, links=2, polls_pending=0)
        self._story, self._clock = story, clock
        self._ordered_at: dict[str, datetime] = {}

    def _order(self, body: dict[str, str]) -> httpx.Response:
        self._ordered_at[f"report-{len(self.reports)}"] = self._clock()
        return super()._order(body)

    def _download(self, place: str) -> httpx.Response:
        ordered_at = self._ordered_at[place.partition("/")[0]]
        self.late = {row for row in self._story.late if ordered_at - row.at < timedelta(days=1)}
        return super()._download(place)


class Crash(Exception):
    """The process ends here."""


@st.composite
def stories(draw: st.DrawFn) -> Story:
    resolutions: list[Resolution] = []
    pushes: list[tuple[str, Event]] = []
    for chat in range(draw(st.integers(1, 4))):
        at = START + timedelta(hours=draw(st.integers(0, 71)), microseconds=draw(st.integers(0, 999_999)))
        for number in range(draw(st.integers(1, 3))):
            at += timedelta(seconds=draw(st.integers(10, 300)))
            resolution = Resolution(f"chat-{chat}", at, f"{chat}-{number}", draw(st.sampled_from(GROUPS)))
            resolutions.append(resolution)
            for reporter in draw(st.sets(st.sampled_from(PUSHING))):
                pushes += _pushes(draw, resolution, reporter)
    told = draw(st.permutations(pushes)) if pushes else []
    kept = told[: draw(st.integers(0, len(told)))]  # the rest was lost in the outage, or comes late
    return Story(
        resolutions,
        kept,
        draw(st.sets(st.sampled_from(resolutions))),
        draw(st.lists(st.sampled_from(told), max_size=3)) if told else [],
        draw(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=3)),
    )


def _pushes(draw: st.DrawFn, resolution: Resolution, reporter: Reporter) -> list[tuple[str, Event]]:
    """A push of the resolution, and perhaps the customer's "thanks" that reopens the chat a second later."""
    at = resolution.at + timedelta(milliseconds=draw(st.integers(0, 400)))
    group_id, name = resolution.group or (None, None)
    interaction = draw(st.sampled_from([None, resolution.interaction_id]))
    resolved = Event("resolved", at, interaction, None, group_id, name, reporter, NOW)
    reopened = Event("reopened", at + timedelta(seconds=1), None, None, None, None, reporter, NOW)
    return [
        (resolution.chat_id, event) for event in ([resolved, reopened] if draw(st.booleans()) else [resolved])
    ]


class Process:
    """A Stillwatch that crashes at a write and is started again on the same file."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._settings = Settings(database=str(folder / "stillwatch.duckdb"), freshchat_url=NOBODY_LISTENS)
        self._clock = clock
        self.system = System(self._settings, clock)

    def crash_after(self, writes: int, *, last_is_kept: bool) -> None:
        """Let this many writes succeed; at the next one the process ends, before or after it is on disk."""
        write = self.system.writer.write
        left = [writes]

        def failing(job: Any) -> Any:
            left[0] -= 1
            if left[0] >= 0:
                return write(job)
            if last_is_kept:
                write(job)
            raise Crash

        self.system.writer.write = failing  # type: ignore[method-assign]

    def start_again(self) -> None:
        self.system.writer.close()
        self.system.database.close()
        self.system = System(self._settings, self._clock)


def take_steps(process: Process, integration_id: str, clock: Clock) -> None:
    """Let time go by until no job has a step left."""
    while True:
        while backfill.run_due(process.system, clock()):
            pass
        jobs = backfill.status(process.system, integration_id)
        next_steps = [job.next_step_at for job in jobs if job.next_step_at]
        if not next_steps:
            return
        clock.now = max(clock.now + timedelta(minutes=2), min(next_steps))


def keep(system: System, integration_id: str, events: list[tuple[str, Event]]) -> None:
    system.writer.submit(ingest.record, ingest.Delivery(integration_id, events)).result()


@settings(max_examples=15, deadline=None)
@given(story=stories())
def test_contacts_equal_what_freshchat_resolved(story: Story) -> None:
    clock = Clock()
    account = ForgetfulAccount(story, clock)
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        account.install(patch)
        patch.setattr("services.backfill.downloads.ROWS_A_COMMIT", 2)
        process = Process(Path(folder), clock)
        integration = integrations.add(process.system, Draft("Konto", "example.freshchat.com", "key"))
        keep(process.system, integration.integration_id, story.pushes)
        backfill.request(
            process.system, integration.integration_id, START - timedelta(hours=1), NOW, "incident"
        )
        for writes, last_is_kept in story.crashes:
            process.crash_after(writes, last_is_kept=last_is_kept)
            with suppress(Crash):
                take_steps(process, integration.integration_id, clock)
            process.start_again()
        keep(process.system, integration.integration_id, story.pushed_meanwhile)
        take_steps(process, integration.integration_id, clock)
        counted = process.system.database.rows("SELECT chat_id, count(*) FROM contact GROUP BY chat_id")
        queues = process.system.database.rows("SELECT queue, contacts FROM contact_count WHERE contacts <> 0")
        jobs = backfill.status(process.system, integration.integration_id)
        process.start_again()
        process.system.close()
    assert dict(counted) == Counter(resolution.chat_id for resolution in story.resolutions)
    assert all(job.state == "done" for job in jobs)
    by_queue: Counter[str] = Counter()
    for queue, contacts in queues:
        by_queue[queue] += contacts
    assert by_queue == Counter(
        resolution.group[1] if resolution.group else "Undefined_Queue" for resolution in story.resolutions
    )
