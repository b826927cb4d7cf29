"""The addresses before the door, and what is asked there of whoever is in already."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from services.serving.no_page import no_page
from services.serving.sign_in.browser import NOT_KEPT, address_of, is_secure, own_path, set_cookie
from services.serving.sign_in.by_password import ByPassword
from services.serving.sign_in.by_provider import ByProvider
from services.serving.sign_in.invitations import Invitations
from services.serving.sign_in.pages import not_known, store_down
from services.serving.sign_in.visitors import cookie_name, recognised, session_of, still
from services.serving.sign_in.ways import ways_in
from services.signing_in import sessions
from services.signing_in.arrivals import NotKnown
from services.signing_in.provider import BACK, Provider
from services.signing_in.tries import Tries
from services.system import StoreUnavailable, System

LEFT = "stillwatch_left"
"""Has the next page say that its visitor is signed out; its address stays the usual one, so a reload asks anew."""

LEFT_SECONDS = 60


class SignIn:
    """The pages before the door. ``providers``: by name, instead of those of the settings."""

    def __init__(
        self, system: System, providers: dict[str, Provider] | None = None, tries: Tries | None = None
    ) -> None:
        self._system = system
        settings = system.settings
        by_password = ByPassword(system, tries or Tries())
        by_provider = ByProvider(
            system, providers or {each.name: Provider(each, settings.own_url) for each in settings.providers}
        )
        invitations = Invitations(system)
        self._routes = Router(
            [
                Route("/sign-in", self.ask, methods=["GET"]),
                Route("/sign-in", by_password.sign_in, methods=["POST"]),
                Route("/sign-in/still", self.still, methods=["POST"]),
                Route("/sign-in/provider", by_provider.leave, methods=["GET"]),
                Route("/sign-in/provider/{provider}", by_provider.leave, methods=["GET"]),
                Route(BACK, by_provider.come_back, methods=["GET"]),
                Route(BACK + "/{provider}", by_provider.come_back, methods=["GET"]),
                Route("/sign-out", self.sign_out, methods=["POST"]),
                Route("/sign-out", self.stay, methods=["GET"]),
                Route("/invitation/{secret}", invitations.ask, methods=["GET"]),
                Route("/invitation/{secret}", invitations.accept, methods=["POST"]),
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
        return RedirectResponse("/", 303, NOT_KEPT)

    async def ask(self, request: Request) -> Response:
        """Draw the ways in; whoever is in already goes on."""
        way_on = own_path(request.query_params.get("next"))
        try:
            if await run_in_threadpool(recognised, self._system, request.scope) is not None:
                return RedirectResponse(way_on, 303, NOT_KEPT)
        except NotKnown:
            return not_known(request.headers)
        left = LEFT in request.cookies
        answer = ways_in(self._system.settings, request, way_on, signed_out=left)
        if left:
            set_cookie(self._system, answer, LEFT, "", 0, "/sign-in")
        return answer

    async def still(self, request: Request) -> Response:
        """Tell an open page whether its visitor is still signed in, and as what; note that somebody is there."""
        try:
            named = await run_in_threadpool(recognised, self._system, request.scope)
        except NotKnown:
            named = None
        person = still(self._system, named) if named else None
        if named is None or person is None:
            return Response(status_code=401, headers=NOT_KEPT)
        if request.query_params.get("active") == "yes" and ":" not in named:
            await run_in_threadpool(sessions.seen, self._system, named)
        return Response(person.role, headers=NOT_KEPT)

    async def sign_out(self, request: Request) -> Response:
        """End the session of this browser, in all its windows."""
        session = session_of(self._system, request.scope)
        if session is not None:
            await run_in_threadpool(sessions.end, self._system, session, address_of(request))
        answer = RedirectResponse("/sign-in", 303, NOT_KEPT)
        answer.delete_cookie(
            cookie_name(self._system), path="/", secure=is_secure(self._system), httponly=True
        )
        set_cookie(self._system, answer, LEFT, "yes", LEFT_SECONDS, "/sign-in")
        return answer
