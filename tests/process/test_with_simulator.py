"""Stillwatch and a simulated Freshchat, each a process of its own: what breaks between them, and what comes back."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import Any

import pytest

from tests.process.conftest import ADMIN_TOKEN, Server
from tests.process.watched import Watched, watched
from tests.simulator.support import Hands, eventually, simulated

BROKEN = {"silent", "partial_loss", "confirmed_loss", "unknown"}
LOST = 6000


@pytest.fixture
def freshchat() -> Iterator[tuple[Hands, str]]:
    """A small simulated account, and its Freshchat API key."""
    with simulated(days=16, per_day=60) as found:
        yield found


@pytest.fixture
def stillwatch(server: Callable[..., Server], freshchat: tuple[Hands, str]) -> Server:
    return started(server, freshchat[0])


def started(server: Callable[..., Server], account: Hands, **more: Any) -> Server:
    pace = {"STILLWATCH_WATCH_SECONDS": "1", "STILLWATCH_PROBE_SECONDS": "1"}
    running = server(settings=pace | {"STILLWATCH_FRESHCHAT_URL": account.url}, **more)
    running.wait_until_healthy()
    return running


def verdicts(connection: Watched, seconds: float) -> set[tuple[str, str]]:
    """Return every data flow and cause that is told in so many seconds."""
    seen = set()
    end = monotonic() + seconds
    while monotonic() < end:
        found = connection.freshness()
        seen.add((found["data_flow"], found["cause"]))
        sleep(0.25)
    return seen


def test_a_backfill_that_is_killed_goes_on_and_counts_every_chat_once(
    server: Callable[..., Server], stillwatch: Server, freshchat: tuple[Hands, str]
) -> None:
    account, freshchat_api_key = freshchat
    with watched(stillwatch.url, ADMIN_TOKEN, account, "not-the-key") as connection:
        connection.paste(connection.new_key())
        connection.history_is_in()
        assert connection.contacts() == connection.resolved()

        new_key = connection.new_key()
        account.resolve(count=1)  # the app is refused when it tells of it
        for group in ("Kundensupport", "Technik", None):
            account.resolve(group=group, count=LOST // 3, tell=False)
        connection.says("silent", "key_revoked")
        connection.incident("key_revoked")
        connection.paste(new_key)
        account.resolve(count=3)
        eventually(lambda: connection.incidents()[0]["closed_at"], 0.1)

        connection.call("PATCH", json={"freshchat_api_key": freshchat_api_key})
        assert connection.check() == "operational"
        (job,) = eventually(lambda: [job for job in connection.jobs("incident") if job["new"]], 0.02)
        stillwatch.kill()
        assert (job["state"], job["new"] < LOST) == ("running", True)

        started(server, account, database=stillwatch.database, port=stillwatch.port)
        incident = connection.incident_is_mended()
        assert connection.contacts() == connection.resolved()
        assert (incident["cause"], incident["missed"], incident["recovered"]) == (
            "key_revoked",
            LOST + 1,
            LOST + 1,
        )
        (job,) = connection.jobs("incident")
        assert job["new"] == LOST + 1


def test_trouble_at_freshchat_alone_or_quiet_there_is_no_loss(
    stillwatch: Server, freshchat: tuple[Hands, str]
) -> None:
    account, freshchat_api_key = freshchat
    with watched(stillwatch.url, ADMIN_TOKEN, account, freshchat_api_key) as connection:
        assert connection.freshness()["data_flow"] == "waiting"
        assert connection.check() == "operational"
        connection.paste(connection.new_key())
        while_history_arrives = verdicts(connection, 5)
        connection.history_is_in()
        eventually(lambda: {flow for flow, _ in verdicts(connection, 1)} == {"receiving"})

        account.switch(down="503")
        assert connection.check() == "unreachable"
        assert connection.freshness()["cause"] == "freshchat_unreachable"
        account.resolve(count=5)
        assert {flow for flow, _ in verdicts(connection, 2)} == {"receiving"}

        account.switch(down="off")
        new = account.control.post("/control/token", json={"action": "regenerate"}).json()["token"]
        assert connection.check() == "invalid_credentials"
        assert connection.freshness()["cause"] == "freshchat_credentials"
        connection.call("PATCH", json={"freshchat_api_key": new})
        assert connection.check() == "operational"
        connection.says("receiving", "none")  # with the first probe that is answered again
        assert verdicts(connection, 5) == {("receiving", "none")}

        assert not {flow for flow, _ in while_history_arrives} & BROKEN
        assert connection.incidents() == []
        assert connection.contacts() == connection.resolved()
