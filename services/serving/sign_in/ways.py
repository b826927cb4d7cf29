"""The sign-in page: the ways in that are set, each with its own field or button."""

from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from services.oidc_settings import OidcProvider
from services.serving.sign_in.pages import page, words_of
from services.settings import Settings
from services.translation import LANGUAGE_COOKIE, LANGUAGES, N_, Words


class Field(NamedTuple):
    """A field of a form; ``fills``: what a browser may fill it with."""

    name: str
    label: str
    kind: str
    fills: str
    value: str = ""
    shortest: int = 0


def ways_in(
    settings: Settings,
    request: Request,
    way_on: str,
    *,
    wrong: str = "",
    name: str = "",
    status: int = 200,
    signed_out: bool = False,
) -> Response:
    """Return the page. ``way_on``: where its reader wants to go; ``wrong``: what did not work just now.

    ``signed_out``: its reader has just left.
    """
    asked = request.query_params.get("language")
    words = words_of(request.headers, asked)
    _ = words.text
    only_proxy = settings.sign_ins == ("proxy",)
    fields = [
        Field("name", _(N_("E-mail address")), "email", "username", name),
        Field("password", _(N_("Password")), "password", "current-password"),
    ]
    told = _(N_("You are signed out.")) if signed_out else ""
    if only_proxy:
        told = _(N_("Your sign-in page is in front of Stillwatch, and it told nobody's name."))
    answer = page(
        words,
        _(N_("Sign in")),
        403 if only_proxy else status,
        f"/sign-in?next={quote(way_on, safe='')}&",
        wrong=wrong,
        told=told,
        action="/sign-in",
        hidden={"next": way_on},
        fields=fields if "accounts" in settings.sign_ins else [],
        button=_(N_("Sign in")),
        or_=_(N_("or")),
        providers=[(way_to(each, way_on), _label(each, words)) for each in settings.providers],
    )
    if asked in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, asked, 31_536_000, path="/", samesite="lax")
    return answer


def way_to(provider: OidcProvider, way_on: str) -> str:
    """Return the path that leads to the provider."""
    place = f"/sign-in/provider/{provider.name}" if provider.name else "/sign-in/provider"
    return f"{place}?next={quote(way_on, safe='')}"


def _label(provider: OidcProvider, words: Words) -> str:
    if provider.label is None:
        return words.text(N_("Sign in with your company's account"))
    return words.text(N_("Sign in with {provider}"), provider=provider.label)


def way_to_all(way_on: str) -> str:
    """Return the path of this page."""
    return "/sign-in" if way_on == "/" else f"/sign-in?next={quote(way_on, safe='')}"
