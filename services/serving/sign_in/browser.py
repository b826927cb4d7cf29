"""The browser before the door: its cookies, its form, its address, where it wanted to go, and letting it in."""

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data.people import StoredPerson
from services.api.problems import Problem
from services.serving.forms import read_form
from services.serving.sign_in.visitors import cookie_name, session_of
from services.signing_in import sessions
from services.signing_in.known_browsers import KNOWN_FOR, is_known, proof_for
from services.system import System

NOT_KEPT = {"Cache-Control": "no-store"}


async def let_in(system: System, request: Request, person_id: str, way: str, way_on: str) -> Response:
    """Sign the browser in with a new session, whatever it was before, and send it where it wanted to go."""
    earlier, address = session_of(system, request.scope), address_of(request)
    if earlier is not None:
        await run_in_threadpool(sessions.end, system, earlier, address)
    secret = await run_in_threadpool(sessions.begin, system, person_id, way, address)
    answer = RedirectResponse(way_on, 303, NOT_KEPT)
    seconds = int(system.settings.session_whole.total_seconds())
    set_cookie(system, answer, cookie_name(system), secret, seconds)
    if way == "accounts":
        proof = proof_for(system, person_id)
        set_cookie(system, answer, _known_cookie(system), proof, int(KNOWN_FOR.total_seconds()))
    return answer


def proof_of(system: System, request: Request, person: StoredPerson | None) -> str | None:
    """Return what shows that this person has signed in in this browser before, None where nothing does."""
    proof = request.cookies.get(_known_cookie(system), "")
    return proof if is_known(system, person, proof) else None


def set_cookie(
    system: System, answer: Response, name: str, value: str, seconds: int, path: str = "/"
) -> None:
    answer.set_cookie(
        name, value, seconds, path=path, secure=is_secure(system), httponly=True, samesite="lax"
    )


def is_secure(system: System) -> bool:
    return system.settings.own_url.startswith("https://")


async def sent(request: Request) -> dict[str, str]:
    """Return the fields of a form; of too large a one, or one of too many fields, none."""
    try:
        return await read_form(request)
    except Problem:
        return {}


def own_path(asked: str | None) -> str:
    """Return a path of ours to go on to; whatever leads elsewhere is the first page."""
    text = asked or "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    own = text.startswith("/") and not text.startswith("//") and not parts.scheme and not parts.netloc
    return text if own and text.isprintable() and "\\" not in text else "/"


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _known_cookie(system: System) -> str:
    return "__Host-stillwatch-known" if is_secure(system) else "stillwatch_known"
