"""A time in which nobody watched, for we slept, were down or could keep nothing: no zero, and no sealed day."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import writer
from data.chats import Event
from data.database import StoreUnavailable, Transaction
from data.watch import Incident, incidents, save_incident
from services import ingest, integrations
from services.contacts.export import spreadsheet_csv
from services.contacts.periods import Period
from services.contacts.table import ContactTable, contact_table
from services.contacts.tally import Tally
from services.contacts.view import contact_view, earlier_periods
from services.integrations.draft import Draft
from services.intervals import QUARTER_HOUR, local_day
from services.pausing import pause
from services.sealing.days import days
from services.settings import Settings
from services.system import System
from services.translation import Words
from services.trust import Trust, trust_in
from services.watch.data_flow import freshness
from services.watch.own_clock import SHORTEST_ABSENCE, OwnClock
from services.watch.watcher import Watcher
from tests.conftest import ADMIN_TOKEN, DATABASE, NOBODY_LISTENS, NOW, Clock
from tests.store.failing import refusing

MINUTE = timedelta(minutes=1)
TURN = 4 * MINUTE
HOUR = timedelta(hours=1)
Span = tuple[datetime, datetime]


@dataclass
class Life:
    """A Stillwatch to which nobody gave a Freshchat API key, minute by minute, and a clock that runs beside its own."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    ran: float = 0.0
    told: int = 0
    unwatched: list[Span] = field(default_factory=list)
    """The truth: when nobody received what was sent."""

    def __post_init__(self) -> None:
        self._start()
        self.integration = integrations.add(
            self.system, Draft("Kundenservice", "example.freshchat.com", "", time_zone="Europe/Berlin")
        )
        self.watcher.tick()
        self.tell(self.clock.now)
        self.watch(TURN)

    def _start(self) -> None:
        path = str(self.folder / DATABASE)
        self.system = System(
            Settings(database=path, admin_token=ADMIN_TOKEN, freshchat_url=NOBODY_LISTENS), self.clock
        )
        self.watcher = Watcher(self.system, OwnClock(MINUTE, lambda: self.ran))

    def tell(self, resolved_at: datetime) -> None:
        """Receive a contact now. Raises StoreUnavailable."""
        self.told += 1
        event = Event("resolved", resolved_at, None, None, "g", "Support", "app", self.clock.now)
        delivery = ingest.Delivery(self.integration.integration_id, [(f"chat {self.told}", event)])
        self.system.writer.submit(ingest.record, delivery).result()
        self.system.activity.note(self.integration.integration_id, "k", "events", self.clock.now)

    def passes(self, span: timedelta) -> None:
        """Let time go by in which nothing of the process runs."""
        self.clock.now += span
        self.ran += span.total_seconds()

    def watch(self, span: timedelta) -> None:
        for _ in range(span // TURN):
            self.passes(TURN)
            self.watcher.tick()

    def sleep(self, span: timedelta) -> None:
        self._away(span)
        self.watcher.tick()

    def stay_down(self, span: timedelta) -> None:
        self.system.close()
        self._away(span)
        self._start()
        self.watcher.tick()

    def keep_nothing(self, span: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
        """Refuse what arrives, and have it look while that lasts at what is shown of it."""
        begun = self.clock.now
        with refusing(monkeypatch):
            while self.clock.now < begun + span:
                with suppress(StoreUnavailable):
                    self.tell(self.clock.now)
                self.passes(TURN)
                with suppress(StoreUnavailable):
                    self.watcher.tick()
            self.unwatched.append((begun, self.clock.now))
            assert not self.zeros()
        self.tell(self.clock.now)
        self.watcher.tick()

    def _away(self, span: timedelta) -> None:
        begun = self.clock.now
        self.passes(span)
        self.unwatched.append((begun, self.clock.now))

    def table(self) -> ContactTable:
        found = self.system.integration(self.integration.integration_id)
        now = self.clock.now
        tally = Tally(self.system.database, found, now, self.system.writer.refusing_since)
        start = NOW.replace(minute=0) - HOUR
        return contact_table(tally, start=start, end=now + HOUR, interval="15m")

    def shown(self) -> dict[datetime, int | None]:
        """Return the contacts by the start of their quarter hour."""
        table = self.table()
        return {
            start.astimezone(NOW.tzinfo): None if np.isnan(amount) else int(amount)
            for start, amount in zip(table.starts, table.contacts[:, 0], strict=True)
        }

    def zeros(self) -> list[datetime]:
        """Return the quarter hours that are shown as zero although nobody watched some of them."""
        spans = [(since, until) for since, until in self.unwatched if until - since > SHORTEST_ABSENCE]
        return [
            start
            for start, contacts in self.shown().items()
            if contacts == 0 and any(since < start + QUARTER_HOUR and until > start for since, until in spans)
        ]

    def trust(self, start: datetime, end: datetime) -> Trust:
        return trust_in(self.system, freshness(self.system, self.integration.integration_id), start, end)

    def incidents(self) -> list[tuple[datetime, datetime | None, str]]:
        """Return span and cause of each incident, the oldest first."""
        known = incidents(self.system.database, self.integration.integration_id)
        return sorted((one.opened_at, one.closed_at, one.cause) for one in known)


@contextmanager
def living(folder: Path) -> Iterator[Life]:
    life = Life(folder)
    yield life
    life.system.close()


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with living(tmp_path) as life:
        life.watch(HOUR - TURN)
        life.tell(life.clock.now)
        yield life


def absences(life: Life) -> dict[str, Callable[[timedelta], None]]:
    return {"sleep": life.sleep, "down": life.stay_down}


@pytest.mark.parametrize("kind", ["sleep", "down"])
def test_a_time_in_which_nobody_watched_is_a_gap_wherever_it_is_shown(life: Life, kind: str) -> None:
    since = life.clock.now
    absences(life)[kind](HOUR)
    until = life.clock.now
    life.watch(HOUR)
    assert life.incidents() == [(since, until, "own_outage")]
    shown = life.shown()
    assert [shown[since + quarter * QUARTER_HOUR] for quarter in range(-1, 6)] == [
        0,
        1,
        None,
        None,
        None,
        0,
        0,
    ]

    trust = life.trust(since - HOUR, life.clock.now)
    assert (trust.kind, trust.since, trust.without_data, trust.ours) == ("gap", since, HOUR, True)
    day, tomorrow = local_day(NOW, life.integration.zone), life.clock.now + timedelta(days=1)
    (seal,) = days(life.system, life.integration, day, day, tomorrow)
    assert (seal.state, seal.reason) == ("not_compared", "no_api_key")
    trust = life.trust(since - HOUR, until + HOUR)
    assert (trust.kind, trust.until) == ("gap", None)

    asked = (
        life.system,
        life.integration.integration_id,
        Period.around("day", day),
        "15m",
        ["Support"],
        until,
    )
    view = contact_view(*asked, earlier=earlier_periods(*asked))
    told = spreadsheet_csv(view, "K", {}, Words("en", "Europe/Berlin")).decode("utf-8-sig")
    assert "Not watched,Tue 3 Mar" in told.replace('"', "")
    assert "Stillwatch itself was not running or not reachable" in told
    german = spreadsheet_csv(view, "K", {}, Words("de", "Europe/Berlin")).decode("utf-8-sig")
    assert "Stillwatch selbst lief nicht oder war nicht erreichbar" in german


def test_what_the_app_tells_later_fills_the_gap_where_it_belongs(life: Life) -> None:
    since = life.clock.now
    life.sleep(HOUR)
    life.tell(since + 20 * MINUTE)
    shown = life.shown()
    assert [shown[since + quarter * QUARTER_HOUR] for quarter in range(1, 4)] == [1, None, None]
    assert life.trust(since, life.clock.now).kind == "gap", "of the rest nobody knows"


def test_a_nap_and_a_clock_that_is_set_are_nothing(life: Life) -> None:
    life.watch(20 * MINUTE)
    life.sleep(4 * MINUTE)
    for jump in (HOUR, -HOUR, timedelta(seconds=40)):
        life.clock.now += jump
        life.watch(3 * TURN)
    assert life.incidents() == []


def test_a_sleep_counts_in_full_when_the_clock_is_set_beside_it(life: Life) -> None:
    life.passes(HOUR)
    life.clock.now += timedelta(seconds=40)
    life.watcher.tick()
    assert life.incidents() == [(life.clock.now - HOUR, life.clock.now, "own_outage")]


def test_a_pause_does_not_hide_a_sleep_from_those_who_look_after_it(life: Life) -> None:
    since, integration_id = life.clock.now, life.integration.integration_id
    pause(life.system, integration_id, paused=True)
    life.sleep(HOUR)
    pause(life.system, integration_id, paused=False)
    life.watch(3 * TURN)
    assert life.incidents() == [(since, since + HOUR, "own_outage")]
    assert not life.zeros()


def test_of_a_sleep_that_another_outage_covers_in_part_the_rest_is_kept(life: Life) -> None:
    begun, ended = life.clock.now - 30 * MINUTE, life.clock.now + 20 * MINUTE
    other = Incident(
        life.integration.integration_id, "other", begun, begun, ended, "silent", "key_valid_contact_support"
    )
    life.system.writer.write(lambda transaction: save_incident(transaction, other))
    since = life.clock.now
    life.sleep(HOUR)
    assert life.incidents()[1:] == [(ended, since + HOUR, "own_outage")]
    assert not life.zeros()


def test_a_turn_that_fails_after_a_sleep_loses_it_no_more_than_the_store_that_fails(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> Any:
        raise RuntimeError("of the test")

    with monkeypatch.context() as patched:
        patched.setattr(life.system.learned, "reading", failing)
        life.sleep(HOUR)
    with refusing(monkeypatch), pytest.raises(StoreUnavailable):
        life.sleep(HOUR)
    assert life.incidents() == []
    life.watch(TURN)
    assert [cause for *_, cause in life.incidents()] == ["own_outage", "own_outage"]
    assert not life.zeros()


def test_a_time_in_which_the_store_kept_nothing_is_a_gap_while_it_lasts_and_afterwards(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = life.clock.now
    life.keep_nothing(HOUR, monkeypatch)
    assert life.incidents() == [(since, since + HOUR, "store_failing")]
    assert not life.zeros()
    trust = life.trust(since, life.clock.now)
    assert (trust.kind, trust.since, trust.ours) == ("gap", since, True)


def test_a_restart_does_not_hide_that_deliveries_alone_were_refused(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged page fails those who need it: the watcher's own changes are kept all the while."""
    since = life.clock.now

    def damaged(*_: Any) -> Any:
        raise StoreUnavailable("checksum of block 7 does not match")

    with monkeypatch.context() as patched:
        patched.setattr("services.ingest.deliveries.load_chats", damaged, raising=False)
        patched.setattr(ingest, "record", lambda transaction, items: damaged())
        for _ in range(15):
            with suppress(StoreUnavailable):
                life.tell(life.clock.now)
            life.watch(TURN)
    life.unwatched.append((since, life.clock.now))
    life.stay_down(4 * MINUTE)
    ((opened, closed, cause),) = life.incidents()
    assert (closed, cause) == (life.clock.now, "own_outage")
    assert since - TURN <= opened <= since + TURN
    assert not life.zeros()


def test_a_commit_that_hangs_is_a_time_in_which_nobody_was_answered(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = life.clock.now

    def hanging(_: Transaction) -> None:
        life.passes(HOUR)

    monkeypatch.setattr(writer, "time", SimpleNamespace(monotonic=lambda: life.ran))
    life.system.writer.write(hanging)
    life.watch(TURN)
    assert (since, since + HOUR) in {(opened, closed) for opened, closed, _ in life.incidents()}


def test_the_watcher_is_hurried_to_keep_what_ended_a_moment_ago(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried: list[None] = []

    def look() -> bool:
        hurried.clear()
        life.watcher.look_at_clock(lambda: hurried.append(None))
        return bool(hurried)

    assert not look()
    life.passes(HOUR)
    assert look()
    life.watcher.tick()
    assert not look()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["watch", "watch", "sleep", "down", "keep_nothing", "late", "tell", "pause"]),
        st.integers(2, 50),
    ),
    min_size=3,
    max_size=9,
)


@given(STEPS)
@settings(max_examples=12)
def test_whatever_happens_no_time_without_a_watch_is_a_zero_and_no_such_day_complete(
    steps: list[tuple[str, int]],
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        living(Path(folder)) as life,
    ):
        paused = False
        for kind, minutes in steps:
            span = minutes * MINUTE
            if kind == "watch":
                life.watch(span)
            elif kind == "sleep":
                life.sleep(span)
            elif kind == "down":
                life.stay_down(span)
            elif kind == "keep_nothing":
                life.keep_nothing(span, patch)
            elif kind == "late":
                life.tell(life.clock.now - span)
            elif kind == "tell":
                life.tell(life.clock.now)
            else:
                paused = not paused
                pause(life.system, life.integration.integration_id, paused=paused)
            assert not life.zeros(), (kind, minutes)
        if paused:
            pause(life.system, life.integration.integration_id, paused=False)
            assert not life.zeros()
        nothing_else(life)
        never_complete(life)


def nothing_else(life: Life) -> None:
    """Ask that what was watched is known: a gap that is always drawn would show no zero either."""
    near = [(since - TURN, until + TURN) for since, until in life.unwatched]
    for start, contacts in life.shown().items():
        after = start + QUARTER_HOUR
        if (
            start >= NOW
            and after <= life.clock.now
            and not any(since < after and until > start for since, until in near)
        ):
            assert contacts is not None, start


def never_complete(life: Life) -> None:
    integration = life.system.integration(life.integration.integration_id)
    for since, until in life.unwatched:
        trust = life.trust(since - MINUTE, until + MINUTE)
        assert trust.kind not in ("complete", "complete_until")
        assert trust.until is None or trust.until <= since
        first, last = local_day(since, integration.zone), local_day(until, integration.zone)
        for seal in days(life.system, integration, first, last, life.clock.now + timedelta(days=1)):
            assert seal.state in ("open", "not_compared")
