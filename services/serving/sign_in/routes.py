"""Signing in and out, and accepting an invitation."""

import asyncio
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from data.people import Way
from services.addresses import network_of
from services.api.problems import Problem, respond
from services.serving.no_page import no_page
from services.serving.sign_in.pages import not_known, page, store_down, trouble, words_of
from services.serving.sign_in.visitors import cookie_name, recognised, session_of, still
from services.signing_in import sessions
from services.signing_in.passwords import LONGEST, SHORTEST, is_password
from services.signing_in.people import NotKnown, accept_invitation, arrived
from services.signing_in.provider import NotProven, Provider, ProviderDown
from services.signing_in.tries import Tries
from services.system import Invalid, NotFound, StoreUnavailable, System
from services.translation import LANGUAGE_COOKIE, LANGUAGES, N_

MOST_BYTES = 16 * 1024
MOST_FIELDS = 20
STATE_COOKIE = "stillwatch_state"
STATE_SECONDS = 600
log = structlog.get_logger()


class Field(NamedTuple):
    """A field of a form; ``fills``: what a browser may fill it with."""

    name: str
    label: str
    kind: str
    fills: str
    value: str = ""
    shortest: int = 0


class SignIn:
    """The pages before the door."""

    def __init__(self, system: System, provider: Provider | None = None, tries: Tries | None = None) -> None:
        self._system = system
        self._ways = system.settings.sign_ins
        self._provider = provider or (Provider(system.settings) if "oidc" in self._ways else None)
        self._tries = tries or Tries()
        self._routes = Router(
            [
                Route("/sign-in", self.ask, methods=["GET"]),
                Route("/sign-in", self.sign_in, methods=["POST"]),
                Route("/sign-in/still", self.still, methods=["POST"]),
                Route("/sign-in/provider", self.to_provider, methods=["GET"]),
                Route("/sign-in/back", self.back, methods=["GET"]),
                Route("/sign-out", self.sign_out, methods=["POST"]),
                Route("/sign-out", self.stay, methods=["GET"]),
                Route("/invitation/{secret}", self.invitation, methods=["GET"]),
                Route("/invitation/{secret}", self.accept, methods=["POST"]),
            ],
            redirect_slashes=False,
            default=self.nowhere,
        )

    async def router(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the pages; a store that does not answer is told in one, whatever it was asked for."""
        try:
            await self._routes(scope, receive, send)
        except StoreUnavailable:
            await store_down(Headers(scope=scope))(scope, receive, send)

    async def nowhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say that there is no such page: a link that was cut off leads here."""
        await no_page(Headers(scope=scope))(scope, receive, send)

    async def stay(self, _: Request) -> Response:
        """Lead on whoever typed the address: a link of another site must sign nobody out."""
        return RedirectResponse("/", 303, {"Cache-Control": "no-store"})

    async def ask(self, request: Request) -> Response:
        """Draw the ways in; whoever is in already goes on."""
        try:
            if await run_in_threadpool(recognised, self._system, request.scope) is not None:
                return RedirectResponse(own_path(request.query_params.get("next")), 303)
        except NotKnown:
            return not_known(request.headers)
        return self._form(request, own_path(request.query_params.get("next")))

    async def sign_in(self, request: Request) -> Response:
        """Let somebody in by their password."""
        if "accounts" not in self._ways:
            return respond(Problem(404, "not_found", "nobody signs in with a password here"))
        sent = await _sent(request)
        name, password, way_on = (
            sent.get("name", "").strip().lower()[:254],
            sent.get("password", ""),
            own_path(sent.get("next")),
        )
        network = network_of(_address(request))
        wait = self._tries.seconds_to_wait(network, name)
        if wait:
            words = words_of(request.headers)
            told = words.text(
                N_("Too many wrong passwords came from your network. Try again in {span}."),
                span=words.duration(timedelta(seconds=wait)),
            )
            answer = self._form(request, way_on, wrong=told, name=name, status=429)
            answer.headers["Retry-After"] = str(wait)
            return answer
        await asyncio.sleep(self._tries.delay(name))
        stored = self._system.known.named(name)
        right = await run_in_threadpool(is_password, password, stored.password_hash if stored else None)
        if not right or stored is None:
            self._tries.wrong(network, name)
            log.warning("wrong_password", caller=network)
            told = words_of(request.headers).text(N_("The e-mail address or the password is wrong."))
            return self._form(request, way_on, wrong=told, name=name, status=401)
        self._tries.right(network, name)
        return await self._let_in(request, stored.person_id, "accounts", way_on)

    async def still(self, request: Request) -> Response:
        """Tell an open page whether its visitor is still signed in, and as what; note that somebody is there."""
        try:
            named = await run_in_threadpool(recognised, self._system, request.scope)
        except NotKnown:
            named = None
        person = still(self._system, named) if named else None
        if named is None or person is None:
            return Response(status_code=401, headers={"Cache-Control": "no-store"})
        if request.query_params.get("active") == "yes" and ":" not in named:
            await run_in_threadpool(sessions.seen, self._system, named)
        return Response(person.role, headers={"Cache-Control": "no-store"})

    async def sign_out(self, request: Request) -> Response:
        """End the session of this browser, in all its windows."""
        session = session_of(self._system, request.scope)
        if session is not None:
            await run_in_threadpool(sessions.end, self._system, session, _address(request))
        answer = RedirectResponse("/sign-in", 303, {"Cache-Control": "no-store"})
        answer.delete_cookie(cookie_name(self._system), path="/", secure=self._secure, httponly=True)
        return answer

    async def to_provider(self, request: Request) -> Response:
        """Send the browser to the provider."""
        if self._provider is None:
            return respond(Problem(404, "not_found", "there is no provider to sign in with"))
        try:
            address, state = await self._provider.begin(own_path(request.query_params.get("next")))
        except ProviderDown:
            return trouble(words_of(request.headers), PROVIDER_DOWN, 503)
        answer = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
        self._set_cookie(answer, STATE_COOKIE, state, STATE_SECONDS, path="/sign-in/back")
        return answer

    async def back(self, request: Request) -> Response:
        """Let in whom the provider sends back."""
        words = words_of(request.headers)
        state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
        if self._provider is None:
            return respond(Problem(404, "not_found", "there is no provider to sign in with"))
        try:
            if not state or request.cookies.get(STATE_COOKIE) != state:
                raise NotProven("another_browser")
            if "error" in request.query_params:
                raise NotProven("refused_by_provider")
            claims, way_on = await self._provider.finish(state, code)
            person = await run_in_threadpool(arrived, self._system, claims.name, claims.roles)
        except NotProven as found:
            log.warning("sign_in_not_proven", why=found.why)
            return trouble(words, NOT_PROVEN, 400)
        except ProviderDown:
            return trouble(words, PROVIDER_DOWN, 503)
        except NotKnown:
            return not_known(request.headers, claims.name)
        answer = await self._let_in(request, person.person_id, "oidc", way_on)
        answer.delete_cookie(STATE_COOKIE, path="/sign-in/back")
        return answer

    async def invitation(self, request: Request) -> Response:
        """Ask whoever was invited for a password. Looking at the page uses nothing up."""
        return self._invitation(request)

    async def accept(self, request: Request) -> Response:
        """Take the password, and let them in."""
        sent = await _sent(request)
        words = words_of(request.headers)
        if sent.get("password") != sent.get("again"):
            return self._invitation(request, wrong=words.text(N_("The two passwords differ.")))
        try:
            stored = await run_in_threadpool(
                accept_invitation, self._system, request.path_params["secret"], sent.get("password", "")
            )
        except Invalid:
            told = words.text(
                N_("Take {least} to {most} characters."), least=str(SHORTEST), most=str(LONGEST)
            )
            return self._invitation(request, wrong=told)
        except NotFound:
            return self._invitation(request)
        return await self._let_in(request, stored.person_id, "accounts", "/")

    def _invitation(self, request: Request, wrong: str = "") -> Response:
        words = words_of(request.headers, request.query_params.get("language"))
        _ = words.text
        secret = request.path_params["secret"]
        here = f"/invitation/{quote(secret, safe='')}"
        found = self._system.known.invited_by(secret, self._system.clock())
        if found is None or "accounts" not in self._ways:
            return page(
                words,
                _(N_("This invitation has ended")),
                404,
                f"{here}?",
                told=_(N_("It was used, or is older than seven days. Ask an admin for a new one.")),
                link="/sign-in",
                link_label=_(N_("To the sign-in")),
            )
        hint = N_("At least {least} characters; which ones is up to you. A long sentence is fine.")
        return page(
            words,
            _(N_("Choose your password")),
            422 if wrong else 200,
            f"{here}?",
            wrong=wrong,
            told=found.name,
            action=here,
            hint=_(hint, least=str(SHORTEST)),
            known_as=found.name,
            fields=[
                Field("password", _(N_("Password")), "password", "new-password", shortest=SHORTEST),
                Field("again", _(N_("Once more")), "password", "new-password", shortest=SHORTEST),
            ],
            button=_(N_("Save and sign in")),
        )

    def _form(
        self, request: Request, way_on: str, *, wrong: str = "", name: str = "", status: int = 200
    ) -> Response:
        asked = request.query_params.get("language")
        words = words_of(request.headers, asked)
        _ = words.text
        fields = [
            Field("name", _(N_("E-mail address")), "email", "username", name),
            Field("password", _(N_("Password")), "password", "current-password"),
        ]
        accounts, only_proxy = "accounts" in self._ways, self._ways == ("proxy",)
        answer = page(
            words,
            _(N_("Sign in")),
            403 if only_proxy else status,
            f"/sign-in?next={quote(way_on, safe='')}&",
            wrong=wrong,
            told=_(N_("Your sign-in page is in front of Stillwatch, and it told nobody's name."))
            if only_proxy
            else "",
            action="/sign-in",
            hidden={"next": way_on},
            fields=fields if accounts else [],
            button=_(N_("Sign in")),
            or_=_(N_("or")),
            provider=f"/sign-in/provider?next={quote(way_on, safe='')}" if self._provider else "",
            provider_label=_(N_("Sign in with your company's account")),
        )
        if asked in LANGUAGES:
            answer.set_cookie(LANGUAGE_COOKIE, asked, 31_536_000, path="/", samesite="lax")
        return answer

    async def _let_in(self, request: Request, person_id: str, way: Way, way_on: str) -> Response:
        earlier, address = session_of(self._system, request.scope), _address(request)
        if earlier is not None:
            await run_in_threadpool(sessions.end, self._system, earlier, address)
        secret = await run_in_threadpool(sessions.begin, self._system, person_id, way, address)
        answer = RedirectResponse(way_on, 303, {"Cache-Control": "no-store"})
        seconds = int(self._system.settings.session_whole.total_seconds())
        self._set_cookie(answer, cookie_name(self._system), secret, seconds)
        return answer

    @property
    def _secure(self) -> bool:
        return self._system.settings.own_url.startswith("https://")

    def _set_cookie(self, answer: Response, name: str, value: str, seconds: int, path: str = "/") -> None:
        answer.set_cookie(name, value, seconds, path=path, secure=self._secure, httponly=True, samesite="lax")


PROVIDER_DOWN = N_("Your company's sign-in does not answer now. Try again in a few minutes.")
NOT_PROVEN = N_(
    "What came back from your company's sign-in proves nobody: it is too old, was used before, or was not meant for "
    "this browser. If it happens again, the clocks may differ: tell an admin."
)


def own_path(asked: str | None) -> str:
    """Return a path of ours to go on to; whatever leads elsewhere is the first page."""
    text = asked or "/"
    parts = urlsplit(text)
    own = (
        text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    )
    return text if own and text.isprintable() and "\\" not in text else "/"


async def _sent(request: Request) -> dict[str, str]:
    """Return the fields of a form; of too large a one, or one of too many fields, none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return {}
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
