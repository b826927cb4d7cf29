"""A Freshchat account at the network's edge: what it resolved, and how well it answers."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import parse_qs

import httpx
import pytest

from services.freshchat.client import FreshchatClient
from services.freshchat.gate import gate_of
from tests.unit.freshchat.fake import answer

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Resolution:
    """A chat that was resolved; ``group`` is (id, name), None for none."""

    chat_id: str
    at: datetime
    interaction_id: str
    group: tuple[str, str] | None = ("g1", "Support")


@dataclass
class FreshchatAccount:
    """Answers groups, metrics and reports from its resolutions; ``late`` are missing in reports so far."""

    resolutions: list[Resolution] = field(default_factory=list)
    late: set[Resolution] = field(default_factory=set)
    groups: dict[str, str] = field(default_factory=lambda: {"g1": "Support", "g2": "Vertrieb"})
    polls_pending: int = 1
    links: int = 1
    lists_backwards: bool = False
    zipped: bool = True
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    report_states: list[str] = field(default_factory=list)
    expired_downloads: int = 0
    dated: Callable[[], dict[str, str]] = dict
    """What its clock says, as headers."""

    reports: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    polls: Counter[str] = field(default_factory=Counter)
    requests: list[httpx.Request] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "FreshchatAccount":
        """Let every client of the process reach this account, and nothing else."""
        http = httpx.Client(transport=httpx.MockTransport(self.respond))
        monkeypatch.setattr("services.system.http_client", lambda *, loopback: http)
        # The client waits out short troubles in real time; these stories have a clock of their own.
        patient = partial(FreshchatClient, sleep=lambda seconds: None)
        monkeypatch.setattr("services.system.FreshchatClient", patient)
        gate_of.cache_clear()
        return self

    def respond(self, request: httpx.Request) -> httpx.Response:
        response = self._answered(request)
        response.headers.update(self.dated())
        return response

    def _answered(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.path
        if path.startswith("/download/"):
            return self._download(path.removeprefix("/download/"))
        if self.status != 200:
            return answer({"code": self.status}, self.status, self.headers)
        if path == "/v2/accounts/configuration":
            return answer({"account_id": 1, "organisation_id": 2, "account_domain": "example.freshchat.com"})
        if path == "/v2/groups":
            return answer({"groups": [{"id": key, "name": name} for key, name in self.groups.items()]})
        if path == "/v2/metrics/historical":
            return self._metrics(parse_qs(request.url.query.decode()))
        if path == "/v2/reports/raw":
            return self._order(json.loads(request.content))
        return self._report(path.removeprefix("/v2/reports/raw/"))

    def between(self, start: datetime, end: datetime) -> list[Resolution]:
        return [resolution for resolution in self.resolutions if start <= resolution.at < end]

    def ordered(self) -> int:
        return sum(request.method == "POST" for request in self.requests)

    def _order(self, body: dict[str, str]) -> httpx.Response:
        report_id = f"report-{len(self.reports)}"
        self.reports[report_id] = _instant(body["start"]), _instant(body["end"])
        return answer({"id": report_id, "link": {"rel": "extracts", "href": f"/reports/raw/{report_id}"}})

    def _report(self, report_id: str) -> httpx.Response:
        if report_id not in self.reports:
            return answer({"code": 404, "status": "REPORT_NOT_FOUND"}, 404)
        self.polls[report_id] += 1
        pending = self.polls[report_id] <= self.polls_pending
        state = "PENDING" if pending else (self.report_states.pop(0) if self.report_states else "COMPLETED")
        links = [
            {"status": "SUCCESS", "link": {"href": f"http://127.0.0.1:9/download/{report_id}/{link}"}}
            for link in range(0 if pending else self.links)
        ]
        listed = links[::-1] if self.lists_backwards else links
        return answer({"id": report_id, "status": state, "links": listed})

    def _download(self, place: str) -> httpx.Response:
        if self.expired_downloads:
            self.expired_downloads -= 1
            return answer(raw=b"<Error><Code>AccessDenied</Code></Error>", status=403)
        report_id, _, link = place.partition("/")
        rows = [row for row in self.between(*self.reports[report_id]) if row not in self.late]
        text = "conversation_id,interaction_id,created_at,group_id,group_name,agent_name\n" + "".join(
            f"{row.chat_id},{row.interaction_id},{_report_time(row.at)},"
            f"{','.join(row.group or ('null', ''))},Jane Doe\n"
            for row in rows[int(link) :: self.links]
        )
        if not self.zipped:
            return answer(raw=text.encode("utf-8-sig"))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("report.csv", text)
        return answer(raw=packed.getvalue())

    def _metrics(self, query: dict[str, list[str]]) -> httpx.Response:
        start, end = _instant(query["start"][0]), _instant(query["end"][0])
        step = {"1m": timedelta(minutes=1), "15m": QUARTER, "1h": timedelta(hours=1)}[query["interval"][0]]
        counts: Counter[tuple[str, int]] = Counter(
            (row.group[0] if row.group else "null", (row.at - start) // step)
            for row in self.between(start, end)
        )
        data = [
            {
                "groupings": [{"key": "group", "value": group}],
                "series": [
                    {
                        "start": (start + number * step).isoformat(),
                        "end": (start + (number + 1) * step).isoformat(),
                        "values": [{"key": query["metric"][0], "value": str(count)}],
                    }
                ],
            }
            for (group, number), count in counts.items()
        ]
        return answer({"metrics": query["metric"], "data": data})


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _report_time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 100_000}"
