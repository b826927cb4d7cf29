"""The page behind a message's link: it asks, and only its button acknowledges or silences, once.

Programs follow the links of e-mails to look for harm: opening the page changes nothing.
"""

from datetime import timedelta
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from data.alerts import Alert, Notification
from data.channels import Channel
from services.alerting.links import ANSWER_PATH, asked_by, is_old, page_link
from services.alerting.telling import what_goes_on
from services.alerting.words import REFUSALS
from services.api.problems import Problem, respond
from services.notifications.answers import LONGEST_REASON, acknowledge, silence
from services.people.person import Asker, Person
from services.serving.forms import read_form
from services.serving.no_page import no_page
from services.serving.plain_page import plain_page
from services.system import Invalid, NotFound, StoreUnavailable, System
from services.translation import N_, Words

HOURS = (1, 4, 12, 24)
"""How long a silence may be asked for."""

NOT_KEPT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
STYLE = """label { display: block; margin: 1rem 0 .25rem }
input, select, button { font: inherit; padding: .5rem .75rem; border-radius: .4rem; border: 1px solid #7A868C }
input { width: 100%; box-sizing: border-box }
button { background: #0F7682; border-color: #0F7682; color: #FFF; cursor: pointer; margin: 1rem .5rem 0 0 }
button.second { background: none; color: inherit }
.told { padding: .75rem 1rem; border-left: 4px solid #0F7682 }
"""


def answer_route(system: System) -> Route:
    """Return the route of the links in messages."""

    async def handle(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        form: dict[str, str] = {}
        if request.method == "POST":
            try:
                form = await read_form(request)
            except Problem as problem:
                return respond(problem)
        return await run_in_threadpool(_answer, system, request, form)

    return Route(ANSWER_PATH + "{token}", handle, methods=["GET", "POST"])


def _answer(system: System, request: Request, form: dict[str, str]) -> Response:
    try:
        one, told_of, channel = asked_by(system, request.path_params["token"])
    except NotFound:
        return no_page(request.headers)
    except StoreUnavailable:
        return respond(
            Problem(503, "store_unavailable", "the database does not answer; try again in a moment")
        )
    words = Words(channel.language)
    title, link = what_goes_on(system, told_of, words), page_link(system, one.integration_id, one.alert_id)
    ended = _why_ended(system, one, told_of)
    if ended is not None:
        return _page(words, title, _told(words.text(REFUSALS[ended])), link, status=410)
    if request.method != "POST":
        return _page(words, title, _ask(words), link)
    try:
        done = _answered(system.asked_by(_reader_of(channel, request)), one, form)
    except Invalid as error:
        refused = _told(words.text(REFUSALS[error.code]))
        if error.code in ("link_used", "is_over"):  # somebody else was faster
            return _page(words, title, refused, link, status=410)
        return _page(words, title, refused + _ask(words, form.get("reason", "")), link, status=422)
    return _page(words, title, _told(words.text(done)), link)


def _why_ended(system: System, one: Notification, told_of: Alert) -> str | None:
    """Return why a link answers nothing any more, None while it does."""
    if told_of.closed_at is not None:
        return "is_over"
    if one.answered_at is not None:
        return "link_used"
    return "link_old" if is_old(one, system.clock()) else None


def _reader_of(channel: Channel, request: Request) -> Asker:
    """Return who answers: nobody signs in here, so it is whoever reads the channel."""
    person = Person(f"channel {channel.channel_id}", channel.name, "support")
    return Asker(lambda: person, request.client.host if request.client else "")


def _answered(system: System, one: Notification, form: dict[str, str]) -> str:
    """Acknowledge or silence, as the form says, and return what that means. Raises Invalid."""
    place, reason = (system, one.integration_id, one.alert_id), form.get("reason", "")
    if form.get("action") == "silence":
        wanted = form.get("hours", "")
        silence(*place, hours=int(wanted) if wanted in map(str, HOURS) else 0, reason=reason, link=one)
        return N_("Nothing more is said of it for the time being, but that it is over.")
    acknowledge(*place, reason=reason, link=one)
    return N_("Acknowledged: no reminders and no escalation follow.")


def _told(text: str) -> str:
    return f'<p class="told" role="status">{escape(text)}</p>'


FORM = """<p>{asks}</p>
<form method="post">
<label for="reason">{reason}</label>
<input id="reason" name="reason" value="{said}" maxlength="{longest}">
<button name="action" value="acknowledge">{acknowledge}</button>
<label for="hours">{rest}</label>
<select id="hours" name="hours">{hours}</select>
<button class="second" name="action" value="silence">{silence}</button>
</form>
"""


def _ask(words: Words, said: str = "") -> str:
    texts = {
        "asks": words.text(N_("Nothing has been acknowledged yet: the buttons do that.")),
        "reason": words.text(N_("Reason")),
        "acknowledge": words.text(N_("Acknowledge")),
        "rest": words.text(N_("Or say nothing of it for")),
        "silence": words.text(N_("Silence")),
    }
    spans = [(hours, words.duration(timedelta(hours=hours))) for hours in HOURS]
    options = "".join(f'<option value="{hours}">{escape(said)}</option>' for hours, said in spans)
    escaped = {name: escape(text) for name, text in texts.items()}
    return FORM.format(**escaped, said=escape(said), longest=LONGEST_REASON, hours=options)


def _page(words: Words, title: str, body: str, link: str, status: int = 200) -> Response:
    way = f'<p><a href="{escape(link)}">{escape(words.text(N_("Open the data flow")))}</a></p>'
    page = plain_page(words.language, title, f"{body}\n{way}", above="10vh", style=STYLE)
    return HTMLResponse(page, status, NOT_KEPT)
