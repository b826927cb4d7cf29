"""Who is before the door: by the cookie of a session, or by what a trusted proxy says."""

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from services.people.known import hashed
from services.people.person import Person, SignedOut
from services.serving.sign_in.proxies import TOLD, Told
from services.signing_in.arrivals import arrived
from services.signing_in.sessions import visitor
from services.system import System


def cookie_name(system: System) -> str:
    """A browser keeps the first form to this very host, and over TLS."""
    secure = system.settings.own_url.startswith("https://")
    return "__Host-stillwatch" if secure else "stillwatch_session"


def session_of(system: System, scope: Scope) -> str | None:
    """Return the hash of the session whose cookie the browser sends, whether or not it lasts."""
    secret = cookie_parser(Headers(scope=scope).get("cookie", "")).get(cookie_name(system))
    return hashed(secret) if secret else None


def recognised(system: System, scope: Scope) -> str | None:
    """Return what names the visitor to the pages, None for who is not signed in. Raises NotKnown; may write."""
    told: Told | None = scope.get(TOLD)
    if told is not None and "proxy" in system.settings.sign_ins:
        return f"proxy:{arrived(system, told.name, told.roles).person_id}"
    session = session_of(system, scope)
    return session if session and still(system, session) else None


def still(system: System, named: str) -> Person | None:
    """Return who the visitor is now, None when they are signed in no more."""
    try:
        return visitor(system, named)
    except SignedOut:
        return None
