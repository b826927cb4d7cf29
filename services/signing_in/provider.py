"""OpenID Connect: asking a provider who somebody is, and believing only what it signed for us, now, and once.

Authorization code with PKCE, state and nonce. The id token must be signed by the provider's own key, be meant for us,
carry our nonce and be valid now; the clocks may differ by a minute.

Of several providers each has a redirect address, states and keys of its own, and what names another issuer (RFC 9207)
is refused: what one answers is never taken for another's.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.oidc_settings import OidcProvider
from services.sign_in_settings import is_person_name
from services.signing_in.arrivals import Claims

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a key that only the provider has; no signature, and one by a shared secret, are none."""
LEEWAY_SECONDS = 60
BEGUN_SECONDS = 600.0
MOST_BEGUN = 1000
KNOWN_SECONDS = 3600.0
MOST_BYTES = 1024 * 1024
BACK = "/sign-in/back"
log = structlog.get_logger()


class ProviderDown(Exception):
    """The provider does not answer, or not as it should: try again later."""


class NotProven(Exception):
    """What came back proves nobody: begin again. ``why`` goes to the log, and tells no secret."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class TurnedAway(NotProven):
    """The provider refused, or whoever sat there turned back."""


@dataclass(frozen=True, slots=True)
class _Begun:
    nonce: str
    verifier: str
    way_on: str
    at: float


class Provider:
    """One provider. What has begun lives in memory: a sign-in takes minutes."""

    def __init__(
        self,
        of: OidcProvider,
        own_url: str,
        http: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.of = of
        self.back = f"{BACK}/{of.name}" if of.name else BACK
        self._redirect = own_url + self.back
        self._http = http or httpx.AsyncClient(timeout=httpx.Timeout(10, connect=5), trust_env=False)
        self._clock = clock
        self._begun: dict[str, _Begun] = {}
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: KeySet | None = None

    async def begin(self, way_on: str) -> tuple[str, str]:
        """Return where to send the browser, and the state that it must bring back. Raises ProviderDown."""
        known = await self._discovered()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        now = self._clock()
        self._begun = {key: one for key, one in self._begun.items() if now - one.at < BEGUN_SECONDS}
        while len(self._begun) >= MOST_BEGUN:
            self._begun.pop(next(iter(self._begun)))
        self._begun[state] = _Begun(nonce, verifier, way_on, now)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.of.client_id,
            "redirect_uri": self._redirect,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = str(known["authorization_endpoint"])
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", state

    async def finish(self, brought: Mapping[str, str]) -> tuple[Claims, str]:
        """Return who came back, and where they wanted to go. ``brought``: what the redirect's address holds.

        Raises NotProven and ProviderDown.
        """
        begun = self._begun.pop(brought.get("state", ""), None)
        if begun is None or self._clock() - begun.at >= BEGUN_SECONDS:
            raise NotProven("unknown_state")
        known = await self._discovered()
        names_itself = known.get("authorization_response_iss_parameter_supported") is True
        if brought.get("iss", None if names_itself else self.of.issuer) != self.of.issuer:
            raise NotProven("another_issuer")
        if "error" in brought:
            raise TurnedAway("refused_by_provider")
        answer = await self._ask(
            "POST",
            str(known["token_endpoint"]),
            data={
                "grant_type": "authorization_code",
                "code": brought.get("code", ""),
                "redirect_uri": self._redirect,
                "code_verifier": begun.verifier,
            },
            auth=httpx.BasicAuth(self.of.client_id, self.of.client_secret.get_secret_value()),
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotProven("no_id_token")
        claims = await self._verified(token, begun.nonce)
        if not {"email", self.of.roles_claim} <= claims.keys():
            claims = await self._told_besides(answer.get("access_token"), claims["sub"]) | claims
        return self._claims(claims), begun.way_on

    def _claims(self, claims: dict[str, Any]) -> Claims:
        """Return who this is: a confirmed e-mail address, else the provider's own id for them."""
        roles, provider = _texts(claims.get(self.of.roles_claim)), self.of.name or None
        email, subject = claims.get("email"), str(claims["sub"])
        if isinstance(email, str) and email and claims.get("email_verified") in (None, True, "true"):
            return Claims(email, roles, provider)
        if not is_person_name(subject):
            return Claims(subject, roles, provider, is_address=False)
        # An id that is written like an address. The one provider without a name may call people so; but where it says
        # that the address is not confirmed, and of several providers, it is no proof of one.
        if provider is None and not email:
            return Claims(subject, roles)
        return Claims(f"id:{subject}", roles, provider, is_address=False)

    async def _told_besides(self, access_token: Any, subject: str) -> dict[str, Any]:
        """Return what the provider tells of somebody at its other address: many keep all but the name out of the token.

        Raises NotProven when it tells of somebody else, and ProviderDown.
        """
        address = (await self._discovered()).get("userinfo_endpoint")
        if not self._is_as_private(address) or not isinstance(access_token, str):
            return {}
        told = await self._ask("GET", str(address), bearer=access_token)
        if told.get("sub") != subject:
            raise NotProven("userinfo_of_somebody_else")
        return told

    async def _verified(self, token: str, nonce: str) -> dict[str, Any]:
        for keys in (self._keys, None):
            try:
                known_keys = keys or await self._fetch_keys()
                claims = dict(jwt.decode(token, known_keys, algorithms=ALGORITHMS).claims)
                break
            except (JoseError, ValueError) as error:
                # Keys that we know may have been replaced since.
                if keys is None:
                    raise NotProven(f"bad_signature: {type(error).__name__}") from None
        rules = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.of.issuer},
            aud={"essential": True, "value": self.of.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            rules.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise NotProven(f"bad_claims: {type(error).__name__}: {getattr(error, 'claim', '')}") from None
        others = claims.get("aud")
        if isinstance(others, list) and len(others) > 1 and claims.get("azp") != self.of.client_id:
            raise NotProven("bad_claims: azp")
        return claims

    async def _discovered(self) -> dict[str, Any]:
        now = self._clock()
        if self._known is None or not 0 <= now - self._known[0] < KNOWN_SECONDS:
            told = await self._ask("GET", self.of.issuer.rstrip("/") + "/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            sound = all(self._is_as_private(told.get(place)) for place in needed)
            if told.get("issuer") != self.of.issuer or not sound:
                log.error(
                    "sign_in_provider_wrong", provider=self.of.name, issuer=str(told.get("issuer"))[:200]
                )
                raise ProviderDown
            self._known = (now, told)
        return self._known[1]

    def _is_as_private(self, address: Any) -> bool:
        """Tell whether an address is one, and over TLS where the issuer is."""
        try:
            scheme = urlsplit(address).scheme if isinstance(address, str) else ""
        except ValueError:
            return False
        return scheme == "https" or scheme == urlsplit(self.of.issuer).scheme == "http"

    async def _fetch_keys(self) -> KeySet:
        known = await self._discovered()
        told = await self._ask("GET", str(known["jwks_uri"]))
        try:
            self._keys = KeySet.import_key_set(told)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.error("sign_in_provider_wrong", provider=self.of.name, keys=type(error).__name__)
            raise ProviderDown from None
        return self._keys

    async def _ask(self, method: str, url: str, *, bearer: str | None = None, **more: Any) -> dict[str, Any]:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        try:
            answer = await self._http.request(method, url, headers=headers, **more)
            told = answer.json() if len(answer.content) <= MOST_BYTES else None
        except (httpx.HTTPError, ValueError, httpx.InvalidURL) as error:
            log.warning("sign_in_provider_down", provider=self.of.name, error=type(error).__name__)
            raise ProviderDown from None
        if answer.status_code == 400 and method == "POST":
            raise NotProven("code_refused")
        if answer.status_code != 200 or not isinstance(told, dict):
            log.warning("sign_in_provider_down", provider=self.of.name, status=answer.status_code)
            raise ProviderDown
        return told


def _texts(claim: Any) -> tuple[str, ...]:
    """Return a claim that is a text, or a list of them."""
    values = claim if isinstance(claim, list) else str(claim).replace(",", " ").split() if claim else []
    return tuple(value for value in values if isinstance(value, str))
