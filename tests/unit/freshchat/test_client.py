"""What the client asks, and what it makes of each answer that Freshchat is known to give."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.freshchat.answers import Group, Resolved
from services.freshchat.client import FreshchatClient
from services.freshchat.errors import BrokenAnswer, Rejected, RetryLater
from services.freshchat.gate import Gate
from tests.unit.freshchat.fake import BASE_URL, KEY, FakeFreshchat, answer, sample

START = datetime(2025, 3, 19, 10, tzinfo=UTC)
END = START + timedelta(days=1)
CONFIGURATION = sample("RECONSTRUCTED-accounts-configuration")
PAGE = b"<!DOCTYPE html><html><head><title>Freshworks</title></head></html>"


def group_page(number: int, **links: str) -> dict[str, object]:
    return {
        "groups": [{"id": f"id-{number}", "name": f"Group {number}", "agents": []}],
        "links": {name: {"href": href, "rel": "group", "method": "GET"} for name, href in links.items()},
    }


def test_the_key_is_sent_and_the_configuration_returned() -> None:
    fake = FakeFreshchat([CONFIGURATION])
    assert fake.client().account_configuration() == CONFIGURATION
    (request,) = fake.requests
    assert str(request.url) == f"{BASE_URL}/v2/accounts/configuration"
    assert request.headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (answer({"code": 401, "status": "UNAUTHENTICATED", "message": "x"}, 401), "unauthorised"),
        (answer(raw=b"", status=401), "unauthorised"),
        (answer(raw=PAGE, status=401, headers={"Content-Type": "text/html"}), "unauthorised"),
        (answer({"code": 403}, 403), "forbidden"),
        (answer(raw=PAGE, headers={"Content-Type": "text/html; charset=utf-8"}), "not_freshchat"),
        (answer(raw=b"\n " + PAGE), "not_freshchat"),
        (answer(raw=PAGE, status=404, headers={"Content-Type": "text/html"}), "not_freshchat"),
        (answer(raw=b"", status=302, headers={"Location": "https://example.com/"}), "not_freshchat"),
    ],
)
def test_what_a_person_must_change_is_rejected_at_once(given: httpx.Response, reason: str) -> None:
    fake = FakeFreshchat([given])
    with pytest.raises(Rejected) as raised:
        fake.client().account_configuration()
    assert raised.value.reason == reason
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: answer({"code": 429}, 429),
        lambda: answer(raw=PAGE, status=503, headers={"Content-Type": "text/html"}),
        lambda: answer({"code": 500}, 500),
        lambda: httpx.ConnectError("refused"),
        lambda: httpx.ReadTimeout("slow"),
        lambda: httpx.RemoteProtocolError("cut off"),
    ],
)
def test_short_troubles_are_waited_out_with_growing_pauses(trouble: Callable[[], object]) -> None:
    fake = FakeFreshchat([trouble(), trouble(), CONFIGURATION])
    assert fake.client().account_configuration() == CONFIGURATION
    assert 0 < fake.pauses[0] < fake.pauses[1]


def test_lasting_trouble_is_left_to_the_caller() -> None:
    fake = FakeFreshchat(lambda _: answer({"code": 500}, 500))
    with pytest.raises(RetryLater):
        fake.client().account_configuration()
    assert len(fake.requests) == 3


def test_a_short_retry_after_is_honoured() -> None:
    fake = FakeFreshchat(iter([answer({}, 429, {"Retry-After": "0"}), CONFIGURATION]))
    assert fake.client().account_configuration() == CONFIGURATION
    assert 0 <= fake.pauses[0] <= 0.5


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("1e99", 3600),
        ("Tue, 03 Mar 2099 09:00:00 GMT", 3600),
        ("Tue, 03 Mar 2015 09:00:00 GMT", 0),
        ("soon", None),
        ("nan", None),
        ("-5", 0),
    ],
)
def test_retry_after_is_read_in_all_its_forms_and_bounded(header: str, seconds: float | None) -> None:
    fake = FakeFreshchat([answer({}, 429, {"Retry-After": header})])
    with pytest.raises(RetryLater) as raised:
        fake.client(attempts=1).account_configuration()
    assert raised.value.retry_after == seconds


def test_a_long_retry_after_pauses_every_integration_of_the_account() -> None:
    gate = Gate(lambda: 0.0)
    with pytest.raises(RetryLater):
        FakeFreshchat([answer({}, 429, {"Retry-After": "600"})]).client(gate=gate).account_configuration()
    other = FakeFreshchat([])
    with pytest.raises(RetryLater) as raised:
        other.client(gate=gate).groups()
    assert raised.value.retry_after == 600
    assert other.requests == []


def test_a_used_up_rate_limit_pauses_the_account_until_it_is_reset() -> None:
    reset = int(datetime.now(UTC).timestamp()) + 300
    headers = {"X-RateLimit-Limit": "1000", "x-ratelimit-remaining": "0", "X-RateLimit-Reset": str(reset)}
    fake = FakeFreshchat([answer(CONFIGURATION, headers=headers)])
    client = fake.client()
    client.account_configuration()
    with pytest.raises(RetryLater):
        client.account_configuration()
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "given",
    [
        answer(raw=b"{"),
        answer([1]),
        answer(raw=b""),
        answer({"code": 400, "status": "INVALID_VALUE", "message": "x"}, 400),
        answer(raw=b"x" * (17 * 1024 * 1024)),
        answer(raw=gzip.compress(b" " * (32 * 1024 * 1024)), headers={"Content-Encoding": "gzip"}),
        answer(raw=b"not zipped", headers={"Content-Encoding": "gzip"}),
        answer({}, headers={"Content-Encoding": "br"}),
    ],
)
def test_an_answer_that_makes_no_sense_is_broken_and_not_repeated(given: httpx.Response) -> None:
    fake = FakeFreshchat([given])
    with pytest.raises(BrokenAnswer):
        fake.client().account_configuration()
    assert len(fake.requests) == 1


def test_a_zipped_answer_is_unpacked() -> None:
    raw = gzip.compress(b'{"account_id": 7}')
    fake = FakeFreshchat([answer(raw=raw, headers={"Content-Encoding": "gzip"})])
    assert fake.client().account_configuration() == {"account_id": 7}


def test_errors_repeat_nothing_of_an_answer() -> None:
    fake = FakeFreshchat([answer({"code": 400, "status": "jane@example.com", "message": "Jane Doe"}, 400)])
    with pytest.raises(BrokenAnswer) as raised:
        fake.client().account_configuration()
    assert "jane" not in str(raised.value).lower()


def test_groups_are_collected_from_all_pages() -> None:
    fake = FakeFreshchat(
        [
            group_page(1, next_page="/v2/groups?items_per_page=1&page=2"),
            group_page(
                2, next_page=f"{BASE_URL}/groups?items_per_page=1&page=3", last_page="/v2/groups?page=3"
            ),
            {"groups": [{"id": 3, "name": "  Dritte  "}, {"id": "4", "name": " "}], "links": {}},
        ]
    )
    assert fake.client().groups() == [
        Group("id-1", "Group 1"),
        Group("id-2", "Group 2"),
        Group("3", "Dritte"),
    ]
    assert [str(request.url).removeprefix(BASE_URL) for request in fake.requests] == [
        "/v2/groups?items_per_page=50",
        "/v2/groups?items_per_page=1&page=2",
        "/v2/groups?items_per_page=1&page=3",
    ]


def test_the_recorded_page_of_groups_is_understood() -> None:
    fake = FakeFreshchat([sample("RECONSTRUCTED-groups-page"), {"groups": []}])
    assert fake.client().groups() == [Group("6c03caf2-a37f-45a2-a9a3-6e03aa7b85f5", "Support")]


def test_groups_are_read_as_the_app_tells_them_and_one_without_a_name_costs_no_other() -> None:
    group_id = "6c03caf2-a37f-45a2-a9a3-6e03aa7b85f5"
    listed = [
        {"id": group_id.upper(), "name": "\u202eBu\u0308ro\u200b"},
        {"id": "5", "name": None},
        {"id": "6", "name": 6},
        {"id": 7.0, "name": "Technik"},
    ]
    fake = FakeFreshchat([{"groups": listed}])
    assert fake.client().groups() == [Group(group_id, "Büro"), Group("7", "Technik")]


def test_a_page_past_the_end_ends_the_groups() -> None:
    wrong_page = {
        "code": 400,
        "status": "WRONG_PAGE",
        "message": "The page does not exist in the search result",
    }
    fake = FakeFreshchat([group_page(1, next_page="/v2/groups?page=2"), answer(wrong_page, 400)])
    assert len(fake.client().groups()) == 1


@pytest.mark.parametrize(
    "href", ["https://evil.example/v2/groups?page=2", "//evil.example/v2/groups", "groups?page=2"]
)
def test_the_key_follows_no_page_to_another_host(href: str) -> None:
    fake = FakeFreshchat([group_page(1, next_page=href)])
    with pytest.raises(BrokenAnswer):
        fake.client().groups()
    assert len(fake.requests) == 1


def test_pages_that_go_in_circles_end() -> None:
    pages = {"1": "2", "2": "3", "3": "2"}

    def respond(request: httpx.Request) -> httpx.Response:
        page = request.url.params.get("page", "1")
        return answer(group_page(int(page), next_page=f"/v2/groups?page={pages[page]}"))

    fake = FakeFreshchat(respond)
    with pytest.raises(BrokenAnswer):
        fake.client().groups()
    assert len(fake.requests) == 3


def test_pages_without_end_are_bounded() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params.get("page", "1"))
        return answer(group_page(page, next_page=f"/v2/groups?page={page + 1}"))

    fake = FakeFreshchat(respond)
    with pytest.raises(BrokenAnswer):
        fake.client().groups()
    assert len(fake.requests) == 200


def test_a_chat_that_freshchat_does_not_know_is_none() -> None:
    fake = FakeFreshchat([answer(sample("error-404-official"), 404), {"conversation_id": "a/b"}])
    client = fake.client()
    assert client.conversation("a/b") is None
    assert client.conversation("a/b") == {"conversation_id": "a/b"}
    assert fake.requests[0].url.raw_path == b"/v2/conversations/a%2Fb"


def test_resolved_interactions_are_read_per_group_and_interval() -> None:
    fake = FakeFreshchat([sample("RECONSTRUCTED-metrics-historical-resolved_interactions")])
    assert fake.client().resolved_interactions(START, END) == [
        Resolved("938899d8-41de-48df-a1de-3b02f0560ed6", START, END, 23),
        Resolved(None, START, END, 2),
    ]
    assert dict(fake.requests[0].url.params) == {
        "metric": "conversation_metrics.resolved_interactions",
        "start": "2025-03-19T10:00:00.000Z",
        "end": "2025-03-20T10:00:00.000Z",
        "interval": "15m",
        "group_by": "group",
    }


def test_a_series_without_a_span_counts_for_the_whole_span() -> None:
    fake = FakeFreshchat([sample("metrics-historical-count-by-group-jaya")])
    assert fake.client().resolved_interactions(START, END) == [Resolved(None, START, END, 71)]


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({"key": "count", "value": "12.0"}, 12),
        ({"key": "conversation_metrics.resolved_interactions", "value": 12}, 12),
        ({"key": "count", "count": 12}, 12),
        ({"key": "something_else", "value": " 12 "}, 12),
        ({"key": "count", "value": ""}, None),
        ({"key": "count"}, None),
    ],
)
def test_counts_come_in_many_forms(value: dict[str, object], count: int | None) -> None:
    series = {"start": "2025-03-19T15:30:00.000+05:30", "end": "2025-03-20T10:00:00Z", "values": [value]}
    grouping = {"key": "group", "value": "g"}
    fake = FakeFreshchat([{"metric": "x", "data": [{"groupings": [grouping], "series": [series]}]}])
    expected = [] if count is None else [Resolved("g", START, END, count)]
    assert fake.client().resolved_interactions(START, END) == expected


@pytest.mark.parametrize("value", ["many", "-1", "inf", "nan"])
def test_a_count_that_is_none_is_a_broken_answer(value: str) -> None:
    datum = {"series": [{"values": [{"key": "count", "value": value}]}]}
    fake = FakeFreshchat([{"data": [datum]}])
    with pytest.raises(BrokenAnswer):
        fake.client().resolved_interactions(START, END)


def test_a_report_is_ordered_once() -> None:
    fake = FakeFreshchat([sample("reports-raw-post-response"), answer({}, 500)])
    client = fake.client()
    assert client.create_report(START, END) == "1ac520cf-b1a4-4741-8b01-e383563ae402"
    request = fake.requests[0]
    assert (request.method, request.url.path) == ("POST", "/v2/reports/raw")
    assert request.content == (
        b'{"start":"2025-03-19T10:00:00.000Z","end":"2025-03-20T10:00:00.000Z",'
        b'"event":"Conversation-Resolved","format":"csv"}'
    )
    with pytest.raises(RetryLater):
        client.create_report(START, END)
    assert len(fake.requests) == 2


def test_the_budget_for_reports_holds_up_no_other_call() -> None:
    fake = FakeFreshchat([answer({}, 429, {"Retry-After": "60"}), CONFIGURATION])
    client = fake.client()
    with pytest.raises(RetryLater) as raised:
        client.create_report(START, END)
    assert raised.value.retry_after == 60
    assert client.account_configuration() == CONFIGURATION


HREF = "https://bucket.example/1.zip"


@pytest.mark.parametrize(
    ("data", "state", "links"),
    [
        (sample("RECONSTRUCTED-reports-raw-get-pending"), "pending", 0),
        (sample("RECONSTRUCTED-reports-raw-get-completed"), "completed", 1),
        (
            {"id": "r", "status": "IN_PROGRESS", "links": [{"status": "SUCCESS", "link": {"href": HREF}}]},
            "pending",
            0,
        ),
        ({"id": "r", "status": "FAILED"}, "failed", 0),
        ({"id": "r", "status": "COMPLETED", "links": []}, "completed", 0),
        ({"id": "r", "status": "COMPLETED", "link": {"href": HREF}}, "completed", 1),
        (
            {"id": "r", "status": "COMPLETED", "links": [{"status": "SUCCESS", "link": {"href": HREF}}] * 3},
            "completed",
            3,
        ),
        (
            {
                "id": "r",
                "status": "COMPLETED",
                "links": [{"status": "SUCCESS", "link": {"href": HREF}}, {"status": "PENDING"}],
            },
            "pending",
            0,
        ),
        (
            {
                "id": "r",
                "status": "COMPLETED",
                "links": [{"status": "SUCCESS", "link": {"href": HREF}}, {"status": "FAILED"}],
            },
            "failed",
            0,
        ),
        ({"id": "r", "status": "COMPLETED", "links": [{"status": "SUCCESS"}]}, "pending", 0),
        ({"id": "r"}, "pending", 0),
    ],
)
def test_a_report_is_complete_only_when_all_its_parts_are(
    data: dict[str, object], state: str, links: int
) -> None:
    report = FakeFreshchat([data]).client().report("r")
    assert (report.state, len(report.links)) == (state, links)


def test_the_key_never_travels_to_the_download_host() -> None:
    fake = FakeFreshchat([answer(raw=b"conversation_id,created_at\nc1,2025-03-19 10:00:00.5\n")])
    rows = fake.client().download("https://bucket.example/1.zip?X-Amz-Expires=3600").rows
    assert [(row.chat_id, row.resolved_at) for row in rows] == [("c1", START + timedelta(seconds=0.5))]
    assert "Authorization" not in fake.requests[0].headers
    assert KEY not in str(fake.requests[0].headers)


@pytest.mark.parametrize(
    "link",
    [
        "http://bucket.example/1.zip",
        "file:///etc/passwd",
        "https:///1.zip",
        "1.zip",
        "https://u:p@x.example/1",
    ],
)
def test_only_https_links_are_followed(link: str) -> None:
    fake = FakeFreshchat([])
    with pytest.raises(BrokenAnswer):
        fake.client().download(link)
    assert fake.requests == []


def test_the_simulator_on_the_loopback_may_offer_plain_links_there_only() -> None:
    fake = FakeFreshchat([answer(raw=b"conversation_id,created_at\n")])
    client = fake.client(base_url="http://127.0.0.1:1234")
    assert client.download("http://127.0.0.1:1234/downloads/1").rows == []
    with pytest.raises(BrokenAnswer):
        client.download("http://bucket.example/1.zip")


@pytest.mark.parametrize("status", [403, 404, 302, 500])
def test_an_expired_link_asks_for_the_report_again(status: int) -> None:
    client: FreshchatClient = FakeFreshchat([answer(raw=b"<Error/>", status=status)]).client()
    with pytest.raises(RetryLater):
        client.download("https://bucket.example/1.zip")
