"""Guessing passwords: it costs the guesser time, and costs nobody else theirs, behind the same address neither."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from services.serving.sign_in.routes import SignIn
from services.settings import Settings
from services.signing_in import passwords, people, tries
from services.signing_in.known_browsers import KNOWN_FOR
from services.signing_in.people import add_person, first_invitation, invite
from services.signing_in.tries import FREE_TRIES, Tries
from services.system import System
from tests.conftest import Clock
from tests.loops import in_own_loop

HERE = "http://127.0.0.1:8501"
KIM, LEE = "kim@example.com", "lee@example.com"
PASSWORD = "a long sentence is fine"
OFFICE, HOME = "198.51.100.4", "192.0.2.7"


class Watch:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost little, and answers that are not held back: the unit tests have both in earnest."""
    monkeypatch.setattr(tries, "LONGEST_DELAY", 0.0)
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "ITERATIONS", 1)
    monkeypatch.setattr(passwords, "_nobody", None)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts", "first_admin": KIM})


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def app(system: System, watch: Watch) -> Starlette:
    return Starlette(routes=[Mount("/", SignIn(system, tries=Tries(watch)).router)])


@pytest.fixture
def visit(app: Starlette) -> Callable[..., TestClient]:
    return lambda address=OFFICE: TestClient(
        app, base_url=HERE, follow_redirects=False, client=(address, 50000)
    )


@pytest.fixture
def kims(system: System, visit: Any) -> TestClient:
    """The browser in which Kim accepted the invitation, in the office, and signed out again."""
    path = first_invitation(system)
    kims: TestClient = visit()
    assert kims.post(str(path), data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
    kims.post("/sign-out")
    return kims


def sign_in(visitor: TestClient, name: str = KIM, password: str = PASSWORD) -> Any:
    return visitor.post("/sign-in", data={"name": name, "password": password})


def guess(visitor: TestClient, name: str, times: int) -> list[int]:
    return [sign_in(visitor, name, f"wrong sentence {n}").status_code for n in range(times)]


def test_what_a_colleague_tries_for_others_does_not_hold_up_who_has_been_here_before(
    kims: TestClient, visit: Any
) -> None:
    for n in range(30):
        guess(visit(), f"person{n}@example.com", 1)
    assert sign_in(kims).status_code == 303


def test_what_a_colleague_tries_for_the_same_person_does_not_either(kims: TestClient, visit: Any) -> None:
    assert guess(visit(), KIM, FREE_TRIES + 3)[-1] == 429
    assert sign_in(kims).status_code == 303


def test_from_a_new_browser_of_a_network_that_guesses_somebody_waits_three_seconds(
    kims: TestClient, visit: Any, watch: Watch
) -> None:
    for n in range(30):
        watch.now += 3
        guess(visit(), f"person{n}@example.com", 1)
    refused = sign_in(visit())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3")
    assert "Try again in 3 s" in refused.text
    watch.now += 3
    assert sign_in(visit()).status_code == 303


def test_whose_own_name_is_tried_waits_a_minute_at_most_in_a_new_browser_and_not_elsewhere(
    kims: TestClient, visit: Any, watch: Watch
) -> None:
    colleague = visit()
    for _ in range(40):
        watch.now += 60
        guess(colleague, KIM, 1)
    assert int(sign_in(visit()).headers["retry-after"]) <= 60
    assert sign_in(visit(HOME)).status_code == 303
    watch.now += 60
    assert sign_in(visit()).status_code == 303


def test_a_known_browser_is_slowed_down_by_its_own_tries(kims: TestClient) -> None:
    assert guess(kims, KIM, FREE_TRIES + 1) == [401] * FREE_TRIES + [429]


def test_a_browser_is_known_for_one_person_one_password_and_half_a_year(
    system: System, kims: TestClient, visit: Any, clock: Clock
) -> None:
    lee = add_person(system, LEE, "support")
    visit(HOME).post(invite(system, lee.person_id), data={"password": PASSWORD, "again": PASSWORD})
    for name in (KIM, LEE):
        guess(visit(), name, FREE_TRIES + 1)
    assert sign_in(kims, LEE).status_code == 429, "known for Kim, not for Lee"
    assert sign_in(kims).status_code == 303
    clock.advance(days=KNOWN_FOR / timedelta(days=1))
    assert sign_in(kims).status_code == 429
    assert sign_in(visit(HOME)).status_code == 303


def test_a_new_password_ends_what_browsers_knew(system: System, kims: TestClient, visit: Any) -> None:
    stored = system.known.named(KIM)
    assert stored is not None
    another = PASSWORD + "!"
    visit(HOME).post(invite(system, stored.person_id), data={"password": another, "again": another})
    guess(visit(), KIM, FREE_TRIES + 1)
    assert sign_in(kims, password=another).status_code == 429


def test_what_makes_a_browser_known_lets_nobody_in_and_cannot_be_made_up(
    system: System, kims: TestClient, visit: Any
) -> None:
    assert kims.post("/sign-in/still").status_code == 401
    guess(visit(), KIM, FREE_TRIES + 1)
    link_of_another_kind = system.vault.lock("answer/x/y")
    for proof in ("", "x", "%E2%98%83", link_of_another_kind):
        forger = visit()
        forger.headers["Cookie"] = f"stillwatch_known={proof}"
        assert sign_in(forger).status_code == 429, proof


def test_many_tries_at_once_are_no_more_than_one_after_the_other(app: Starlette, kims: TestClient) -> None:
    async def guess_at_once() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, client=(OFFICE, 50000))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as guesser:
            sent = [{"name": KIM, "password": f"wrong {n}"} for n in range(40)]
            return await asyncio.gather(*(guesser.post("/sign-in", data=each) for each in sent))

    answers = in_own_loop(guess_at_once())
    assert sorted(answer.status_code for answer in answers) == [401] * FREE_TRIES + [429] * (40 - FREE_TRIES)


def test_an_invitation_that_is_none_costs_no_hash(
    system: System, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(people, "hash_password", made.append)
    answer = visit().post("/invitation/made-up", data={"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 404
    assert made == []


@pytest.mark.parametrize(
    "name",
    [
        "kim@example.com\0",
        "\N{KELVIN SIGN}im@example.com",
        "x" * 10_000,
        "kim\u0456@example.com",
        "\u202ekim",
    ],
)
def test_what_no_address_may_hold_is_answered_as_any_unknown_name(
    kims: TestClient, visit: Any, name: str
) -> None:
    answer = sign_in(visit(), name)
    assert answer.status_code == 401
    assert "is wrong" in answer.text
