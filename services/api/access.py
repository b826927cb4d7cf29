"""Who may call: the app by its injixo API key, admins by the admin token; and how often."""

import hmac
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers

from data.activity import ActivityKind
from data.integrations import Integration
from data.keys import InjixoKey
from services.activity import NOT_ATTRIBUTED
from services.addresses import network_of
from services.api.body import has_body, require_json
from services.api.guesses import Guesses
from services.api.problems import Problem, problems
from services.integrations.keys import KeyRefusal, Refused, authorise
from services.people.person import SETTING, Asker, Person
from services.signing_in.tokens import holder_of
from services.system import System

CHALLENGE = {"WWW-Authenticate": "Bearer"}
EXPLANATIONS: dict[KeyRefusal, str] = {
    "missing_key": "send the injixo API key: Authorization: Bearer ijx_...",
    "malformed_key": "this is no injixo API key: it is mistyped or cut off; copy it again",
    "unknown_key": "Stillwatch does not know this injixo API key; generate a new one and paste it",
    "revoked_key": "this injixo API key was revoked; generate a new one and paste it",
    "expired_key": "this injixo API key has expired; paste the one that replaced it, or generate a new one",
    "integration_deleted": "the integration of this injixo API key was deleted",
}


async def system_of(request: Request) -> System:  # async: else a thread would be woken for it
    """Return the system as whoever calls may ask it; the app's and the operators' calls are nobody's."""
    system: System = getattr(request.state, "asked", None) or request.app.state.system
    return system


TheSystem = Annotated[System, Depends(system_of)]


class RateLimit:
    """So many requests a minute and key, in fixed minutes.

    Our own, because the usual library starts a thread every 10 ms that it is busy. Only valid keys are
    counted, so the table is as small as theirs.
    """

    def __init__(self, requests_per_minute: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = requests_per_minute
        self._monotonic = monotonic
        self._minutes: dict[str, tuple[int, int]] = {}

    def seconds_to_wait(self, key_id: str) -> int:
        """Count a request; return 0 when it may pass, else the seconds until the next one may."""
        now = self._monotonic()
        minute = int(now // 60)
        counted_minute, count = self._minutes.get(key_id, (minute, 0))
        count = count + 1 if counted_minute == minute else 1
        self._minutes[key_id] = (minute, count)
        return ceil((minute + 1) * 60 - now) if count > self._most else 0


@dataclass(frozen=True, slots=True)
class Caller:
    """The app of an integration, known by its injixo API key."""

    system: System
    integration: Integration
    key: InjixoKey

    def note(self, kind: ActivityKind, at: datetime, occurrences: int = 1) -> None:
        """Count what it did, or why it was refused."""
        self.system.activity.note(self.integration.integration_id, self.key.key_id, kind, at, occurrences)


def app_caller(request: Request) -> Caller:
    """Return who calls. Raises Problem 401 or 429; a refusal is put down to whom it names.

    Called by the routes themselves: as a FastAPI dependency it would cost a third of the time of a request.
    """
    system: System = request.app.state.system
    now = system.clock()
    try:
        integration, key = authorise(
            request.headers.get("Authorization"), system.directory.keys, system.directory.integrations, now
        )
    except Refused as refused:
        by = refused.key
        system.activity.note(
            by.integration_id if by else NOT_ATTRIBUTED,
            by.key_id if by else NOT_ATTRIBUTED,
            refused.code,
            now,
        )
        raise Problem(401, refused.code, EXPLANATIONS[refused.code], headers=CHALLENGE) from None
    caller = request.state.caller = Caller(system, integration, key)
    rate_limit: RateLimit = request.app.state.rate_limit
    wait = rate_limit.seconds_to_wait(key.key_id)
    if wait:
        raise Problem(
            429, "too_many", "more requests than a key may make", headers={"Retry-After": str(wait)}
        )
    return caller


class AdminRoute(APIRoute):
    """A route for holders of the admin token; nobody else's body is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_for_admin(request: Request) -> Response:
            request.state.asked = asked_by_admin(request)
            if self.body_field is not None and has_body(request):
                require_json(request)
            return await handle(request)

        return handle_for_admin


def admin_router(prefix: str = "/v1/integrations") -> APIRouter:
    """Return a router for what admins and other programs call."""
    return APIRouter(
        prefix=prefix,
        tags=["admin"],
        route_class=AdminRoute,
        responses=problems(400, 401, 403, 404, 408, 413, 415, 422, 429, 503),
    )


def asked_by_admin(request: Request) -> System:
    """Return the system as the holder of an admin token may ask it. Raises Problem 401, 403 or 429.

    From an address with too many wrong ones only tokens that were made here are heard: 238 random bits are nobody's
    guess, and a colleague's wrong script must not stop the right one. The setting's token may be a shorter one.
    """
    system: System = request.app.state.system
    if system.settings.admin_token is None and not system.known.tokens:
        raise Problem(
            403,
            "admin_api_off",
            "the admin API is off: set STILLWATCH_ADMIN_TOKEN, or make a token in the interface, to switch it on",
        )
    given = bearer_token(request.headers)
    if given is None:
        raise Problem(
            401, "missing_token", "send the admin token: Authorization: Bearer ...", headers=CHALLENGE
        )
    guesses: Guesses = request.app.state.guesses
    address = request.client.host if request.client else ""
    caller = network_of(address)
    wait = guesses.seconds_to_wait(caller)
    person = holder_of(system, given) if wait else holder(system, given)
    if person is None and wait:
        raise Problem(
            429,
            "too_many",
            "too many wrong admin tokens came from this address",
            headers={"Retry-After": str(wait)},
        )
    if person is None:
        guesses.note(caller)
        system.activity.note(NOT_ATTRIBUTED, NOT_ATTRIBUTED, "wrong_token", system.clock())
        raise Problem(401, "wrong_token", "this is not an admin token", headers=CHALLENGE)
    return system.asked_by(Asker(lambda: person, address))


def bearer_token(headers: Headers) -> str | None:
    scheme, _, given = (headers.get("Authorization") or "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" and given.strip() else None


def holder(system: System, given: str) -> Person | None:
    """Return who calls with this token: the setting's, or one that was made in the interface; None for neither."""
    token = system.settings.admin_token
    if token is not None and hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
        return SETTING
    return holder_of(system, given)
