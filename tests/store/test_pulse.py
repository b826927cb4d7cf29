"""The dead-man's switch outwards: called while watcher, writer and sender live, told when one of them does not."""

from collections.abc import Callable

import pytest

from services.alerting.pulse import Pulse
from services.alerting.sender import Sender
from services.settings import Settings
from services.system import StoreUnavailable, System
from services.watch.watcher import Watcher
from tests.conftest import Clock
from tests.receivers import Hook
from tests.store.failing import refusing


@pytest.fixture
def settings(settings: Settings, hook: Hook) -> Settings:
    return settings.model_copy(update={"ping_url": f"http://127.0.0.1:{hook.port}/ping/abc/"})


@pytest.fixture
def sender(system: System) -> Sender:
    return Sender(system)


@pytest.fixture
def minutes(system: System, clock: Clock, sender: Sender) -> Callable[..., None]:
    """Let minutes pass, in which all parts have their turn but those that are left out."""
    pulse = Pulse(system, sender)

    def run(count: int, *, watcher: bool = True, sends: bool = True) -> None:
        for _ in range(count):
            clock.advance(minutes=1)
            if watcher:
                Watcher(system).tick()
            if sends:
                sender.turn()
            pulse.turn()

    return run


def called(hook: Hook) -> list[tuple[str, str]]:
    return [(method, path) for method, path, _ in hook.asked]


WELL, FAILS = ("GET", "/ping/abc"), ("POST", "/ping/abc/fail")


def test_it_is_called_once_a_minute_while_all_parts_live(hook: Hook, minutes: Callable[..., None]) -> None:
    minutes(3)
    assert called(hook) == [WELL, WELL, WELL]


def test_nothing_is_claimed_before_every_part_has_run(hook: Hook, minutes: Callable[..., None]) -> None:
    minutes(1, watcher=False)
    assert called(hook) == []
    minutes(1)
    assert called(hook) == [WELL]


@pytest.mark.parametrize(
    ("left_out", "why"), [({"watcher": False}, "the watcher"), ({"sends": False}, "the sender")]
)
def test_one_part_that_stops_ends_the_calls_and_is_told(
    hook: Hook, minutes: Callable[..., None], left_out: dict[str, bool], why: str
) -> None:
    minutes(2)
    hook.asked.clear()
    minutes(6, **left_out)
    outcomes = called(hook)
    assert outcomes[-1] == FAILS
    assert WELL not in outcomes[outcomes.index(FAILS) :]
    assert why in hook.asked[-1][2]
    minutes(1)
    assert called(hook)[-1] == WELL


def test_a_store_that_takes_nothing_is_told(
    hook: Hook, minutes: Callable[..., None], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes(1)
    with refusing(monkeypatch), pytest.raises(StoreUnavailable):
        system.writer.write(lambda _: None)
    minutes(1, watcher=False, sends=False)
    assert called(hook)[-1] == FAILS
    assert "the writer fails" in hook.asked[-1][2]


def test_a_writer_that_has_ended_is_told(
    hook: Hook, system: System, sender: Sender, clock: Clock, minutes: Callable[..., None]
) -> None:
    minutes(1)
    system.writer.close()
    minutes(1, watcher=False, sends=False)
    assert called(hook)[-1] == FAILS


def test_an_other_side_that_does_not_answer_harms_nobody(hook: Hook, minutes: Callable[..., None]) -> None:
    hook.status = 500
    minutes(2)
    assert called(hook) == [WELL, WELL]
