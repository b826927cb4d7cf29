"""Signing in with a password of ours."""

import asyncio
from datetime import timedelta

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from services.addresses import lowered, network_of
from services.api.problems import Problem, respond
from services.serving.sign_in.browser import address_of, let_in, own_path, proof_of, sent
from services.serving.sign_in.pages import words_of
from services.serving.sign_in.ways import ways_in
from services.signing_in.passwords import is_password
from services.signing_in.tries import Tries
from services.system import System
from services.translation import N_

LONGEST_NAME = 254
log = structlog.get_logger()


class ByPassword:
    """Lets somebody in by their password. ``tries``: the wrong ones."""

    def __init__(self, system: System, tries: Tries) -> None:
        self._system = system
        self._tries = tries
        self._hashing: CapacityLimiter | None = None

    async def sign_in(self, request: Request) -> Response:
        """Take name and password, and let their person in."""
        settings = self._system.settings
        if "accounts" not in settings.sign_ins:
            return respond(Problem(404, "not_found", "nobody signs in with a password here"))
        form = await sent(request)
        name, way_on = lowered(form.get("name", ""))[:LONGEST_NAME], own_path(form.get("next"))
        stored = self._system.known.named(name)
        proof = proof_of(self._system, request, stored)
        network = network_of(address_of(request))
        place = proof or network
        wait = self._tries.seconds_to_wait(place, name, is_known=proof is not None)
        words = words_of(request.headers)
        if wait:
            told = words.text(
                N_("Too many wrong passwords were tried. Try again in {span}."),
                span=words.duration(timedelta(seconds=wait)),
            )
            answer = ways_in(settings, request, way_on, wrong=told, name=name, status=429)
            answer.headers["Retry-After"] = str(wait)
            return answer
        delay = 0.0 if proof else self._tries.delay(name)
        self._tries.wrong(place, name)
        await asyncio.sleep(delay)
        stored_hash = stored.password_hash if stored else None
        is_right = await self._is_right(form.get("password", ""), stored_hash)
        if stored is None or not is_right:
            log.warning("wrong_password", caller=network)
            told = words.text(N_("The e-mail address or the password is wrong."))
            return ways_in(settings, request, way_on, wrong=told, name=name, status=401)
        self._tries.right(place, name)
        return await let_in(self._system, request, stored.person_id, "accounts", way_on)

    async def _is_right(self, password: str, stored_hash: str | None) -> bool:
        """Compare in a thread of its own: whoever tries passwords must not take those that draw pages."""
        self._hashing = self._hashing or CapacityLimiter(1)
        return await to_thread.run_sync(is_password, password, stored_hash, limiter=self._hashing)
