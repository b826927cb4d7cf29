"""Sending: apprise, called where it may block, for a limited time, and what it says when it fails."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import structlog

from services.alerting.message import PICTURE_NAME, Message, as_html, as_text
from services.alerting.words import HTTP
from services.notifications.addresses import read_address
from services.system import Invalid

if TYPE_CHECKING:
    from apprise import NotifyBase

SECONDS_TO_SEND = 30.0
_HTTP_STATUS = re.compile(r"error=([1-5]\d\d)\b")
_SIGN_IN = re.compile(r"authenticat|login|credential", re.IGNORECASE)
_CONNECTION = re.compile(r"connection|socket|resolve|timed? ?out", re.IGNORECASE)
log = structlog.get_logger()


def shows_pictures(url: str) -> bool:
    """Tell whether the address is one of e-mail, which shows HTML with a picture."""
    try:
        return _is_mail(read_address(url))
    except Invalid:
        return False


def send(url: str, message: Message, within_seconds: float = SECONDS_TO_SEND) -> str | None:
    """Send a message; return why it did not go out (see FAILURES), None when it did.

    Blocks up to ``within_seconds``. A service that does not answer by then counts as failed; it may still take the
    message afterwards, which is then sent again.
    """
    try:
        plugin = read_address(url)
    except Invalid:
        return "not_sent"
    return _within(within_seconds, lambda: _send(plugin, message))


def _send(plugin: NotifyBase, message: Message) -> str | None:
    from apprise import NotifyType
    from apprise.attachment.memory import AttachMemory

    mail = _is_mail(plugin)
    attached = None
    if mail and message.picture:
        vars(plugin)["inline"] = True  # the picture stands in the text
        attached = [AttachMemory(message.picture, PICTURE_NAME, "image/png")]  # type: ignore[no-untyped-call]
    heard = _overhear()
    heard.begin()
    sent = plugin.notify(
        body=as_html(message) if mail else as_text(message),
        title=message.title,
        notify_type=NotifyType(message.tone),
        body_format="html" if mail else "text",
        attach=attached,
    )
    return None if sent else _failure(heard.end())


def _is_mail(plugin: NotifyBase) -> bool:
    from apprise.plugins.email.base import NotifyEmail

    wanted = plugin.notify_format
    first = wanted[0] if isinstance(wanted, list | tuple) else wanted
    return isinstance(plugin, NotifyEmail) and str(getattr(first, "value", first)) == "html"


def _failure(heard: str) -> str:
    """Return our word for what apprise said; its own sentences hold addresses."""
    status = _HTTP_STATUS.search(heard)
    if status is not None:
        return HTTP + status[1]
    if _SIGN_IN.search(heard):
        return "sign_in"
    return "unreachable" if _CONNECTION.search(heard) else "not_sent"


class _Overheard(logging.Handler):
    """What apprise says in the thread that sends: it returns no reason. Nothing of it is logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._said = threading.local()

    def begin(self) -> None:
        self._said.texts = []

    def end(self) -> str:
        return " ".join(self._said.texts)

    def emit(self, record: logging.LogRecord) -> None:
        if hasattr(self._said, "texts"):
            self._said.texts.append(record.getMessage())


@cache
def _overhear() -> _Overheard:
    handler = _Overheard()
    logger = logging.getLogger("apprise")
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    return handler


def _within(seconds: float, work: Callable[[], str | None]) -> str | None:
    """Return what ``work`` returns, or that it took too long. The thread of one that hangs is left to itself."""
    outcome: list[str | None] = []

    def try_it() -> None:
        try:
            outcome.append(work())
        except Exception as error:
            log.error("sending_failed", error=type(error).__name__)  # the message of it may hold the address
            outcome.append("not_sent")

    thread = threading.Thread(target=try_it, name="sending", daemon=True)
    thread.start()
    thread.join(seconds)
    return outcome[0] if outcome else "timeout"
