"""Signing in with a provider: to it, and back."""

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.api.problems import Problem, respond
from services.serving.sign_in.browser import NOT_KEPT, let_in, own_path, set_cookie
from services.serving.sign_in.pages import not_known, trouble, words_of
from services.serving.sign_in.ways import way_to_all
from services.signing_in.arrivals import NotKnown, arrived_by
from services.signing_in.provider import NotProven, Provider, ProviderDown, TurnedAway
from services.system import System
from services.translation import N_, Words

STATE_COOKIE = "stillwatch_state"
STATE_SECONDS = 600
PROVIDER_DOWN = N_("Your company's sign-in does not answer now. Try again in a few minutes.")
THIS_ONE_DOWN = N_(
    "{provider} does not answer now. Try again in a few minutes; the other ways to sign in are not affected."
)
NOT_PROVEN = N_(
    "What came back from your company's sign-in proves nobody: it is too old, was used before, or was not meant for "
    "this browser. If it happens again, the clocks may differ: tell an admin."
)
TURNED_AWAY = N_("Your company's sign-in did not let you in, or you turned back there.")
log = structlog.get_logger()


class ByProvider:
    """Lets somebody in by the word of one of the providers."""

    def __init__(self, system: System, providers: dict[str, Provider]) -> None:
        self._system = system
        self._providers = providers

    async def leave(self, request: Request) -> Response:
        """Send the browser to the provider."""
        provider = self._named(request)
        if provider is None:
            return _no_such()
        way_on = own_path(request.query_params.get("next"))
        try:
            address, state = await provider.begin(way_on)
        except ProviderDown:
            return self._down(provider, words_of(request.headers), way_on)
        answer = RedirectResponse(address, 303, NOT_KEPT)
        set_cookie(self._system, answer, _cookie(provider), state, STATE_SECONDS, path=provider.back)
        return answer

    async def come_back(self, request: Request) -> Response:
        """Let in whom the provider sends back."""
        provider = self._named(request)
        if provider is None:
            return _no_such()
        words, brought = words_of(request.headers), request.query_params
        try:
            if not brought.get("state") or request.cookies.get(_cookie(provider)) != brought["state"]:
                raise NotProven("another_browser")
            claims, way_on = await provider.finish(brought)
            person = await run_in_threadpool(arrived_by, self._system, claims)
        except NotProven as found:
            log.warning("sign_in_not_proven", why=found.why, provider=provider.of.name)
            return trouble(words, TURNED_AWAY if isinstance(found, TurnedAway) else NOT_PROVEN, 400)
        except ProviderDown:
            return self._down(provider, words, "/")
        except NotKnown:
            return not_known(request.headers, claims.name)
        answer = await let_in(self._system, request, person.person_id, provider.of.way, way_on)
        answer.delete_cookie(_cookie(provider), path=provider.back)
        return answer

    def _named(self, request: Request) -> Provider | None:
        return self._providers.get(request.path_params.get("provider", ""))

    def _down(self, provider: Provider, words: Words, way_on: str) -> Response:
        """Say that it does not answer: with several ways in, which one."""
        settings = self._system.settings
        label, again = provider.of.label, way_to_all(way_on)
        if label is None or len(settings.session_ways) == 1:
            return trouble(words, PROVIDER_DOWN, 503, again=again)
        return trouble(words, THIS_ONE_DOWN, 503, again=again, provider=label)


def _cookie(provider: Provider) -> str:
    return f"{STATE_COOKIE}_{provider.of.name}" if provider.of.name else STATE_COOKIE


def _no_such() -> Response:
    return respond(Problem(404, "not_found", "there is no such provider to sign in with"))
