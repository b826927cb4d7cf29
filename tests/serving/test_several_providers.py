"""Several providers: whose word is whose, and none is taken for another's."""

import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from oidc_provider_mock import User, run_server_in_thread
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from services.oidc_settings import OidcProvider
from services.people.known import called
from services.serving.sign_in.routes import SignIn
from services.settings import Settings
from services.signing_in.arrivals import Claims, NotKnown, arrived_by
from services.signing_in.people import add_person, change_person, invite
from services.signing_in.provider import NotProven, Provider, TurnedAway
from services.system import NotFound, System
from tests.conftest import NOBODY_LISTENS
from tests.loops import in_own_loop
from tests.patience import PATIENCE

HERE = "http://127.0.0.1:8501"
KIM = "kim@example.com"
CONFIRMED = {"email": KIM, "email_verified": True}
OF_ENTRA = (
    User(sub="1", claims=CONFIRMED | {"roles": ["admin"]}),
    User(sub="7", claims={"roles": ["supervisor"]}),
    User(sub="9", claims={"email": "pat@example.com"}),
)
OF_OKTA = (
    User(sub="1", claims=CONFIRMED | {"groups": ["supervisor"]}),
    User(sub="7", claims={"groups": ["support"]}),
    User(sub="8", claims=CONFIRMED),
    User(sub=KIM, claims={"email": KIM, "email_verified": "false"}),
)


@pytest.fixture(scope="module")
def issuers() -> Iterator[tuple[str, str]]:
    """Two providers that run on this computer."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with (
        run_server_in_thread(user_claims=OF_ENTRA, require_nonce=True) as entra,
        run_server_in_thread(user_claims=OF_OKTA, require_nonce=True) as okta,
    ):
        yield f"http://localhost:{entra.server_port}", f"http://localhost:{okta.server_port}"


@pytest.fixture
def settings(settings: Settings, issuers: tuple[str, str]) -> Settings:
    entra, okta = issuers
    named = (
        OidcProvider("entra", entra, "stillwatch", SecretStr("a"), label="Entra"),
        OidcProvider("okta", okta, "stillwatch", SecretStr("b"), roles_claim="groups", label="Partner <b>"),
    )
    return settings.model_copy(update={"sign_in": "oidc", "oidc_providers": named})


@pytest.fixture
def visit(system: System) -> Callable[[], TestClient]:
    door = SignIn(system)
    app = Starlette(routes=[Mount("/", door.router)])
    return lambda: TestClient(app, base_url=HERE, follow_redirects=False, raise_server_exceptions=False)


def sent_back(visitor: TestClient, provider: str, sub: str) -> str:
    """Go to the provider, say who one is, and return the address to which it sends the browser back."""
    to_provider = visitor.get(f"/sign-in/provider/{provider}").headers["location"]
    return str(httpx.post(to_provider, data={"sub": sub}, timeout=PATIENCE).headers["location"])


def people(system: System) -> set[tuple[str, str]]:
    return {(called(person), person.role) for person in system.known.people.values()}


def test_each_has_its_button_with_its_label_and_its_own_way_back(visit: Any) -> None:
    page = visit().get("/sign-in?next=/audit").text
    assert '<a class="button" href="/sign-in/provider/entra?next=%2Faudit">Sign in with Entra</a>' in page
    assert "Sign in with Partner &lt;b&gt;" in page
    asked = parse_qs(urlsplit(visit().get("/sign-in/provider/okta").headers["location"]).query)
    assert asked["redirect_uri"] == [f"{HERE}/sign-in/back/okta"]


def test_a_name_that_is_no_provider_leads_nowhere(visit: Any) -> None:
    for path in (
        "/sign-in/provider",
        "/sign-in/provider/nobody",
        "/sign-in/back",
        "/sign-in/back/nobody?state=x",
    ):
        assert visit().get(path).status_code == 404, path


def test_one_name_at_two_providers_is_two_people_with_the_rights_of_each(system: System, visit: Any) -> None:
    at_entra, at_okta = visit(), visit()
    assert at_entra.get(sent_back(at_entra, "entra", "1")).status_code == 303
    assert at_okta.get(sent_back(at_okta, "okta", "1")).status_code == 303
    assert (at_entra.post("/sign-in/still").text, at_okta.post("/sign-in/still").text) == (
        "admin",
        "supervisor",
    )
    assert people(system) == {(f"{KIM} (entra)", "admin"), (f"{KIM} (okta)", "supervisor")}
    without_a_role = visit()
    assert without_a_role.get(sent_back(without_a_role, "okta", "8")).status_code == 403
    assert at_entra.post("/sign-in/still").text == "admin", "what okta takes away is okta's"


def test_one_id_at_two_providers_is_two_people(system: System, visit: Any) -> None:
    for provider in ("entra", "okta"):
        visitor = visit()
        assert visitor.get(sent_back(visitor, provider, "7")).status_code == 303
    assert people(system) == {("7 (entra)", "supervisor"), ("7 (okta)", "support")}


def test_whom_an_admin_lists_by_address_may_come_by_any_that_confirms_it(system: System, visit: Any) -> None:
    visitor = visit()
    assert visitor.get(sent_back(visitor, "okta", "1")).status_code == 303
    listed = add_person(system, KIM, "support")
    for provider, sub in (("entra", "1"), ("okta", "1"), ("okta", "8")):
        visitor = visit()
        assert visitor.get(sent_back(visitor, provider, sub)).status_code == 303
        assert visitor.post("/sign-in/still").text == "support"
    assert people(system) == {(KIM, "support")}, (
        "who came by the provider's word before is the listed one now"
    )
    assert {session.person_id for session in system.known.sessions.values()} == {listed.person_id}


def test_a_role_that_an_admin_gives_somebody_of_a_provider_is_nobody_elses(
    system: System, visit: Any
) -> None:
    visitor = visit()
    visitor.get(sent_back(visitor, "okta", "1"))
    (kim,) = system.known.people.values()
    change_person(system, kim.person_id, "admin")
    assert visitor.get(sent_back(visitor, "okta", "8")).status_code == 303
    assert visitor.post("/sign-in/still").text == "admin", "the list's, though okta gives none now"
    other = visit()
    assert other.get(sent_back(other, "entra", "1")).status_code == 303
    assert people(system) == {(f"{KIM} (okta)", "admin"), (f"{KIM} (entra)", "admin")}
    with pytest.raises(NotFound):
        invite(system, kim.person_id)


def test_an_id_that_is_written_like_an_address_proves_none(system: System, visit: Any) -> None:
    add_person(system, KIM, "admin")
    visitor = visit()
    assert visitor.get(sent_back(visitor, "okta", KIM)).status_code == 403
    assert system.known.sessions == {}


def test_the_answer_of_one_is_never_taken_for_anothers(system: System, visit: Any) -> None:
    visitor = visit()
    of_okta = sent_back(visitor, "okta", "1")
    visitor.get("/sign-in/provider/entra")  # has begun there, too
    query = parse_qs(urlsplit(of_okta).query)
    for state in (query["state"][0], visitor.cookies["stillwatch_state_entra"]):
        told = urlencode({"state": state, "code": query["code"][0]})
        assert visitor.get(f"/sign-in/back/entra?{told}").status_code == 400
    assert system.known.people == {}
    assert visitor.get(of_okta).status_code == 303, "and okta's own is still good"


def test_an_answer_that_names_another_issuer_is_refused(visit: Any, issuers: tuple[str, str]) -> None:
    for issuer, status in (("https://evil.example", 400), (issuers[0], 303)):
        visitor = visit()
        address = sent_back(visitor, "entra", "1")
        assert (
            visitor.get(f"{address.partition('&iss=')[0]}&{urlencode({'iss': issuer})}").status_code == status
        )


@pytest.mark.parametrize(
    ("names_itself", "told"), [(True, {}), (True, {"iss": "https://b"}), (False, {"iss": ""})]
)
def test_who_promises_to_name_itself_has_to(names_itself: bool, told: dict[str, str]) -> None:
    document = {
        "issuer": "https://a",
        "authorization_endpoint": "https://a/a",
        "token_endpoint": "https://a/t",
        "jwks_uri": "https://a/k",
        "authorization_response_iss_parameter_supported": names_itself,
    }
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=document)))
    provider = Provider(OidcProvider("a", "https://a", "x", SecretStr("x")), HERE, http=http)

    async def come_back(**brought: str) -> None:
        _, state = await provider.begin("/")
        await provider.finish({"state": state, **brought})

    with pytest.raises(NotProven, match="another_issuer"):
        in_own_loop(come_back(code="c", **told))
    with pytest.raises(TurnedAway):
        in_own_loop(come_back(error="access_denied", iss="https://a"))


@pytest.mark.parametrize("place", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_provider_over_tls_that_wants_something_in_the_clear_is_not_asked(
    system: System, place: str
) -> None:
    document = {
        "issuer": "https://a",
        "authorization_endpoint": "https://a/a",
        "token_endpoint": "https://a/t",
        "jwks_uri": "https://a/k",
        place: "http://a/x",
    }
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=document)))
    provider = Provider(OidcProvider("a", "https://a", "x", SecretStr("x")), HERE, http=http)
    app = Starlette(routes=[Mount("/", SignIn(system, {"a": provider}).router)])
    assert TestClient(app, base_url=HERE).get("/sign-in/provider/a").status_code == 503


def test_one_that_is_down_is_named_and_the_others_let_in(system: System, visit: Any) -> None:
    _, okta = system.settings.oidc_providers or ()
    down = OidcProvider("entra", NOBODY_LISTENS, "x", SecretStr("x"), label="Entra")
    system.settings = system.settings.model_copy(update={"oidc_providers": (down, okta)})
    visitor = TestClient(
        Starlette(routes=[Mount("/", SignIn(system).router)]), base_url=HERE, follow_redirects=False
    )
    refused = visitor.get("/sign-in/provider/entra?next=/audit")
    assert refused.status_code == 503
    assert "Entra does not answer now" in refused.text
    assert 'href="/sign-in?next=%2Faudit"' in refused.text
    assert visitor.get("/sign-in").status_code == 200
    assert visitor.get(sent_back(visitor, "okta", "1")).status_code == 303


def test_who_came_by_a_provider_that_is_set_no_more_is_out(system: System, visit: Any) -> None:
    visitor = visit()
    visitor.get(sent_back(visitor, "okta", "1"))
    assert visitor.post("/sign-in/still").status_code == 200
    entra, _ = system.settings.oidc_providers or ()
    system.settings = system.settings.model_copy(update={"oidc_providers": (entra,)})
    assert visitor.post("/sign-in/still").status_code == 401


def test_ids_differ_by_their_capitals_and_addresses_do_not(system: System) -> None:
    for name in ("aB", "AB"):
        arrived_by(system, Claims(name, ("support",), "okta", is_address=False))
    for name in ("Lee@example.com", "lee@Example.com"):
        arrived_by(system, Claims(name, ("support",), "okta"))
    assert {name for name, _ in people(system)} == {"aB (okta)", "AB (okta)", "lee@example.com (okta)"}


@pytest.mark.parametrize(
    "name",
    [
        "\N{KELVIN SIGN}im@example.com",
        "kim@example.com\0",
        "k\u0456m@example.com",
        "kim@example.com" * 20,
        " ",
    ],
)
def test_what_only_looks_like_an_address_of_the_list_is_nobodys(system: System, name: str) -> None:
    add_person(system, KIM, "admin")
    with pytest.raises(NotKnown):
        arrived_by(system, Claims(name, (), "okta"))


def test_the_first_requests_of_a_newcomer_make_one_person(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = Claims(KIM, ("support",), "okta")
    change, waiting = system.change_people, [True]

    def after_another(job: Any) -> Any:
        if waiting:
            waiting.clear()
            arrived_by(system, claims)
        return change(job)

    monkeypatch.setattr(system, "change_people", after_another)
    arrived_by(system, claims)
    assert [called(person) for person in system.known.people.values()] == [f"{KIM} (okta)"]
