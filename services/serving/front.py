"""The whole as one ASGI application: the API stands before the interface, and the same rules before both."""

from collections.abc import Collection

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from services.process.running import routes
from services.serving.answer_page import answer_route
from services.serving.callers import SharedOut
from services.serving.headers import SecurityHeaders, content_security_policy
from services.serving.known_paths import KnownPaths
from services.serving.moved import Moved
from services.serving.own_addresses import OwnAddresses
from services.serving.sign_in.door import Door
from services.serving.sign_in.proxies import Proxies
from services.serving.sign_in.routes import SignIn
from services.system import System


def front(system: System, interface: ASGIApp, page: str, addresses: Collection[str]) -> ASGIApp:
    """Return what the server serves; ``page`` is the HTML in which the interface runs, at these ``addresses``.

    The API does not pass through the interface's layers: they take a third of the time of an event.
    """
    ours = [*routes(system), answer_route(system)]
    router = Router(ours, redirect_slashes=False, default=Moved(KnownPaths(interface, addresses)))

    async def by_path(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await (interface if scope["type"] == "lifespan" else router)(scope, receive, send)
            return
        system.sessions += 1
        try:
            await router(scope, receive, send)
        finally:
            system.sessions -= 1

    shared = SharedOut(_behind_the_door(system, by_path))
    proxies = system.settings.proxies
    guarded = OwnAddresses(Proxies(shared, proxies) if proxies else shared, system.settings)
    over_tls = system.settings.own_url.startswith("https://")
    return SecurityHeaders(guarded, content_security_policy(page), over_tls=over_tls)


def _behind_the_door(system: System, app: ASGIApp) -> ASGIApp:
    """Return the application for those who are signed in; for everybody on this computer where nobody needs to be."""
    return Door(app, SignIn(system).router, system) if system.settings.sign_ins else app
