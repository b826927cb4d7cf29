"""Accepting an invitation: choosing a password, once."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from services.serving.sign_in.browser import let_in, sent
from services.serving.sign_in.pages import page, words_of
from services.serving.sign_in.ways import Field
from services.signing_in.passwords import LONGEST, SHORTEST
from services.signing_in.people import accept_invitation
from services.system import Invalid, NotFound, System
from services.translation import N_


class Invitations:
    """The page behind an invitation's link."""

    def __init__(self, system: System) -> None:
        self._system = system

    async def ask(self, request: Request) -> Response:
        """Ask whoever was invited for a password. Looking at the page uses nothing up."""
        return self._page(request)

    async def accept(self, request: Request) -> Response:
        """Take the password, and let them in."""
        form = await sent(request)
        words = words_of(request.headers)
        if "accounts" not in self._system.settings.sign_ins:
            return self._page(request)
        if form.get("password") != form.get("again"):
            return self._page(request, wrong=words.text(N_("The two passwords differ.")))
        try:
            stored = await run_in_threadpool(
                accept_invitation, self._system, request.path_params["secret"], form.get("password", "")
            )
        except Invalid:
            told = words.text(
                N_("Take {least} to {most} characters."), least=str(SHORTEST), most=str(LONGEST)
            )
            return self._page(request, wrong=told)
        except NotFound:
            return self._page(request)
        return await let_in(self._system, request, stored.person_id, "accounts", "/")

    def _page(self, request: Request, wrong: str = "") -> Response:
        words = words_of(request.headers, request.query_params.get("language"))
        _ = words.text
        secret = request.path_params["secret"]
        here = f"/invitation/{quote(secret, safe='')}"
        found = self._system.known.invited_by(secret, self._system.clock())
        if found is None or "accounts" not in self._system.settings.sign_ins:
            return page(
                words,
                _(N_("This invitation has ended")),
                404,
                f"{here}?",
                told=_(N_("It was used, or is older than seven days. Ask an admin for a new one.")),
                link="/sign-in",
                link_label=_(N_("To the sign-in")),
            )
        hint = N_("At least {least} characters; which ones is up to you. A long sentence is fine.")
        return page(
            words,
            _(N_("Choose your password")),
            422 if wrong else 200,
            f"{here}?",
            wrong=wrong,
            told=found.name,
            action=here,
            hint=_(hint, least=str(SHORTEST)),
            known_as=found.name,
            fields=[
                Field("password", _(N_("Password")), "password", "new-password", shortest=SHORTEST),
                Field("again", _(N_("Once more")), "password", "new-password", shortest=SHORTEST),
            ],
            button=_(N_("Save and sign in")),
        )
