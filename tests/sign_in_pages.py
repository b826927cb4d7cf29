"""Every page before the door, as the server answers it: for pictures, which need no demo and no Streamlit."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import httpx
from httpx2 import Response
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from services.oidc_settings import OidcProvider
from services.serving.sign_in.pages import not_known
from services.serving.sign_in.routes import SignIn
from services.settings import Settings
from services.signing_in.people import first_invitation
from services.signing_in.provider import Provider
from services.signing_in.tries import FREE_TRIES
from services.system import System

HERE = "http://127.0.0.1:8501"
KIM = "kim@example.com"
ISSUER = "https://login.example.com"
PLACES = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/a",
    "token_endpoint": f"{ISSUER}/t",
    "jwks_uri": f"{ISSUER}/k",
}
UNNAMED = {"oidc_issuer": ISSUER, "oidc_client_id": "x", "oidc_client_secret": SecretStr("x")}
NAMED = tuple(
    OidcProvider(label.lower(), f"https://{label.lower()}.example.com", "x", SecretStr("x"), label=label)
    for label in ("Entra", "Okta", "Partneranmeldung")
)
PAGES = (
    "sign-in",
    "sign-in-wrong",
    "sign-in-refused",
    "sign-in-provider",
    "sign-in-several",
    "sign-in-proxy",
    "sign-in-signed-out",
    "sign-in-no-role",
    "sign-in-down",
    "sign-in-not-proven",
    "sign-in-turned-back",
    "invitation",
    "invitation-wrong",
    "invitation-ended",
)


@contextmanager
def sign_in_pages() -> Iterator["Doors"]:
    """The doors, each with settings of its own, before a store that goes away again."""
    with TemporaryDirectory() as folder:
        settings = Settings(database=str(Path(folder) / "x.duckdb"), sign_in="accounts", first_admin=KIM)
        system = System(settings)
        try:
            yield Doors(system)
        finally:
            system.close()


class Doors:
    """Asks for each page by its name."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._settings = system.settings

    def html(self, name: str, language: str) -> str:
        """Return the page of this name in this language."""
        self._system.settings = self._settings.model_copy(update=self._set(name))
        known = httpx.MockTransport(lambda _: httpx.Response(200, json=PLACES))
        down = httpx.MockTransport(lambda _: httpx.Response(502))
        http = httpx.AsyncClient(transport=down if name == "sign-in-down" else known)
        own_url = self._settings.own_url
        providers = {each.name: Provider(each, own_url, http) for each in self._system.settings.providers}
        app = Starlette(routes=[Mount("/", SignIn(self._system, providers).router)])
        visitor = TestClient(app, base_url=HERE, headers={"Accept-Language": language})
        return self._asked(name, visitor).text

    def _set(self, name: str) -> dict[str, object]:
        if name == "sign-in-several":
            return {"sign_in": "accounts,oidc", "oidc_providers": NAMED}
        if name == "sign-in-proxy":
            return {"sign_in": "proxy", "trusted_proxies": "10.0.0.5"}
        if name in ("sign-in-provider", "sign-in-not-proven", "sign-in-turned-back"):
            return {"sign_in": "oidc", **UNNAMED}
        if name == "sign-in-down":
            return {"sign_in": "oidc", "oidc_providers": NAMED}
        return {}

    def _asked(self, name: str, visitor: TestClient) -> Response:
        """Go where the page is shown."""
        if name == "sign-in-no-role":
            return Response(403, text=bytes(not_known(visitor.headers, KIM).body).decode())  # type: ignore[arg-type]
        if name in ("sign-in-wrong", "sign-in-refused"):
            tries = FREE_TRIES + 4 if name == "sign-in-refused" else 1
            sent = {"name": KIM, "password": "wrong"}
            return [visitor.post("/sign-in", data=sent) for _ in range(tries)][-1]
        if name == "sign-in-signed-out":
            return visitor.post("/sign-out")
        if name == "sign-in-down":
            return visitor.get("/sign-in/provider/entra")
        if name == "sign-in-not-proven":
            return visitor.get("/sign-in/back?state=x&code=y")
        if name == "sign-in-turned-back":
            address = visitor.get("/sign-in/provider", follow_redirects=False).headers["location"]
            state = parse_qs(urlsplit(address).query)["state"][0]
            return visitor.get(f"/sign-in/back?state={state}&error=access_denied")
        if name == "invitation-ended":
            return visitor.get("/invitation/used-up")
        if name == "invitation":
            return visitor.get(str(first_invitation(self._system)))
        if name == "invitation-wrong":
            sent = {"password": "a long sentence", "again": "another sentence"}
            return visitor.post(str(first_invitation(self._system)), data=sent)
        return visitor.get("/sign-in?next=/contacts")
