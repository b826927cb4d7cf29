"""The integrations of one account share four requests at a time, and nobody is starved."""

import threading

import pytest

from services.freshchat.errors import RetryLater
from services.freshchat.gate import MOST_AT_ONCE, Gate, gate_of
from tests.patience import PATIENCE


class Crowd:
    """Threads that each take a turn, say so, and wait until they are let go."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.inside: list[str] = []
        self.order: list[str] = []
        self.entered = threading.Semaphore(0)
        self.leave = threading.Semaphore(0)
        self.threads: list[threading.Thread] = []

    def join_in(self, integration_id: str, waiting: int) -> None:
        """Start a thread, and return once it is inside, or the ``waiting``-th outside."""
        thread = threading.Thread(target=self._take_turn, args=(integration_id,), daemon=True)
        thread.start()
        self.threads.append(thread)
        while sum(map(len, self.gate._waiting.values())) < waiting:
            threading.Event().wait(0.001)
        if not waiting:
            self.entered.acquire()

    def let_one_go(self) -> None:
        self.leave.release()

    def finish(self) -> None:
        for _ in self.threads:
            self.leave.release()
        for thread in self.threads:
            thread.join(PATIENCE)

    def _take_turn(self, integration_id: str) -> None:
        with self.gate.turn(integration_id):
            self.inside.append(integration_id)
            self.order.append(integration_id)
            self.entered.release()
            self.leave.acquire()
            self.inside.remove(integration_id)


def test_four_requests_at_once_and_no_more() -> None:
    crowd = Crowd(Gate())
    for _ in range(MOST_AT_ONCE):
        crowd.join_in("a", waiting=0)
    crowd.join_in("a", waiting=1)
    assert len(crowd.inside) == MOST_AT_ONCE
    crowd.let_one_go()
    crowd.entered.acquire()
    assert len(crowd.order) == MOST_AT_ONCE + 1
    crowd.finish()
    assert crowd.inside == []


def test_an_integration_that_asks_much_does_not_starve_another() -> None:
    crowd = Crowd(Gate())
    for _ in range(MOST_AT_ONCE):
        crowd.join_in("busy", waiting=0)
    for waiting in range(1, 6):
        crowd.join_in("busy", waiting=waiting)
    crowd.join_in("quiet", waiting=6)
    for _ in range(2):
        crowd.let_one_go()
        crowd.entered.acquire()
    assert crowd.order[MOST_AT_ONCE:] == ["busy", "quiet"]
    crowd.finish()


def test_patience_ends_and_leaves_no_trace() -> None:
    gate = Gate()
    crowd = Crowd(gate)
    for _ in range(MOST_AT_ONCE):
        crowd.join_in("a", waiting=0)
    with pytest.raises(RetryLater), gate.turn("b", patience=0.001):
        pass
    crowd.finish()
    with gate.turn("b", patience=0.001):
        pass
    assert gate._waiting == {}


def test_a_pause_lets_nobody_through_until_it_is_over() -> None:
    now = [0.0]
    gate = Gate(lambda: now[0])
    gate.pause(60)
    gate.pause(10)
    with pytest.raises(RetryLater) as raised, gate.turn("a"):
        pass
    assert raised.value.retry_after == 60
    now[0] = 60
    with gate.turn("a"):
        pass


def test_the_same_domain_shares_one_gate() -> None:
    assert gate_of("example.freshchat.com") is gate_of("example.freshchat.com")
    assert gate_of("example.freshchat.com") is not gate_of("other.freshchat.com")
