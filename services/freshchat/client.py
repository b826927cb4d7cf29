"""A client that asks Freshchat in the name of one integration."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import uniform
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_exponential_jitter

from services.addresses import is_loopback
from services.freshchat import answers, protocol
from services.freshchat.answers import Group, Report, Resolved
from services.freshchat.errors import BrokenAnswer, RetryLater
from services.freshchat.gate import Gate
from services.freshchat.network import exchange
from services.freshchat.protocol import Answer, Request
from services.freshchat.reports import ReportRows, read_rows

ATTEMPTS = 3
MOST_SECONDS = 20
LONGEST_PAUSE = 5.0
ANSWER_BYTES = 16 * 1024 * 1024
ANSWER_SECONDS = 30.0
DOWNLOAD_BYTES = 64 * 1024 * 1024
DOWNLOAD_SECONDS = 180.0
MOST_PAGES = 200

_exponential = wait_exponential_jitter(multiplier=0.5, max=LONGEST_PAUSE, jitter=0.5)


class FreshchatClient:
    """Every call raises RetryLater, Rejected or BrokenAnswer when there is no usable answer.

    Short troubles are waited out here, with exponential back-off; ``attempts`` bounds the tries.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        http: httpx.Client,
        gate: Gate,
        integration_id: str = "",
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_time_told: Callable[[datetime, datetime], object] | None = None,
    ) -> None:
        """``on_time_told`` is called with what the clock says at Freshchat, and with ours, at each answer."""
        self._base_url = base_url.rstrip("/")
        self._headers = protocol.headers(api_key)
        self._http = http
        self._gate = gate
        self._integration_id = integration_id
        self._clock = clock
        self._on_time_told = on_time_told
        self._retrying = Retrying(
            stop=stop_after_attempt(attempts) | stop_after_delay(MOST_SECONDS),
            wait=_pause,
            retry=retry_if_exception(_is_short_trouble),
            sleep=sleep,
            reraise=True,
        )

    def account_configuration(self) -> dict[str, Any]:
        """Return the account's configuration as Freshchat describes it: the cheap check of a key."""
        data = self._call(protocol.ACCOUNT_CONFIGURATION).data
        answers.check_account(data)
        return data

    def groups(self) -> list[Group]:
        """Return all groups, from all pages."""
        groups: dict[str, Group] = {}
        asked: set[Request] = set()
        request: Request | None = protocol.GROUPS
        while request is not None:
            if request in asked or len(asked) == MOST_PAGES:
                raise BrokenAnswer("the pages of the groups do not end")
            asked.add(request)
            try:
                answer = self._call(request)
            except BrokenAnswer as error:
                if error.code == "WRONG_PAGE" and groups:
                    break
                raise
            groups |= {group.group_id: group for group in answers.read_groups(answer.data)}
            request = protocol.next_page(answer, self._base_url)
        return list(groups.values())

    def conversation(self, chat_id: str) -> dict[str, Any] | None:
        """Return a chat as Freshchat knows it now, None when it knows none."""
        try:
            data = self._call(protocol.conversation(chat_id)).data
        except BrokenAnswer as error:
            if error.status == 404:
                return None
            raise
        answers.check_chat(data)
        return data

    def resolved_interactions(self, start: datetime, end: datetime, interval: str = "15m") -> list[Resolved]:
        """Return how many chats were resolved per group and interval; those without any may be missing."""
        answer = self._call(protocol.resolved_interactions(start, end, interval))
        return answers.read_resolved(answer.data, start=start, end=end)

    def create_report(self, start: datetime, end: datetime, event: str = protocol.RESOLVED_EVENT) -> str:
        """Order a report and return its id. Tried once: each try counts against a small daily budget."""
        return answers.read_report_id(self._ask(protocol.create_report(start, end, event)).data)

    def report(self, report_id: str) -> Report:
        """Return how far a report is; download its links soon, they expire."""
        return answers.read_report(self._call(protocol.report(report_id)).data)

    def download(self, link: str) -> ReportRows:
        """Return the rows behind a link. An expired one raises RetryLater: ask for the report again."""
        base = urlsplit(self._base_url)
        parts = urlsplit(link)
        at_home = is_loopback(base.hostname or "") and is_loopback(parts.hostname or "")
        if not parts.hostname or "@" in parts.netloc or not (parts.scheme == "https" or at_home):
            raise BrokenAnswer("a download link that we do not follow")
        # Another host: our key must not travel there.
        request = self._http.build_request("GET", link, headers={"Accept-Encoding": "gzip"})
        status, _, body = exchange(self._http, request, most_bytes=DOWNLOAD_BYTES, seconds=DOWNLOAD_SECONDS)
        if status != 200:
            raise RetryLater(f"the download answered {status}")
        return read_rows(body, self._clock())

    def _call(self, request: Request) -> Answer:
        return self._retrying(self._ask, request)

    def _ask(self, request: Request) -> Answer:
        with self._gate.turn(self._integration_id):
            built = self._http.build_request(
                request.method,
                self._base_url + request.path,
                params=request.query or None,
                json=request.body,
                headers=self._headers,
            )
            status, headers, body = exchange(
                self._http, built, most_bytes=ANSWER_BYTES, seconds=ANSWER_SECONDS
            )
        now = self._clock()
        told = protocol.time_told(headers)
        if told is not None and self._on_time_told is not None:
            self._on_time_told(told, now)
        try:
            answer = protocol.decipher(status, headers, body, now=now)
        except RetryLater as busy:
            # The budget for ordering reports is small and its own: other calls need not wait for it.
            if busy.retry_after and request.method == "GET":
                self._gate.pause(busy.retry_after)
            raise
        limit = answer.rate_limit
        if limit.remaining == 0 and limit.resets_at is not None:
            self._gate.pause(min((limit.resets_at - now).total_seconds(), protocol.LONGEST_RETRY_AFTER))
        return answer


def _is_short_trouble(error: BaseException) -> bool:
    return isinstance(error, RetryLater) and (error.retry_after or 0) <= LONGEST_PAUSE


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, RetryLater) and error.retry_after is not None:
        return error.retry_after + uniform(0, 0.5)
    return _exponential(state)
