"""The API stands before the interface; both answer under their own addresses, and to their own pages, only."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, Router, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from services.serving.callers import SharedOut
from services.serving.front import front
from services.settings import Settings
from services.system import System
from tests.loops import in_own_loop

PUBLIC = "https://stillwatch.example.com"
PAGE = "<html><script>one()</script></html>"
WITHOUT_KEY = (
    "/",
    "/metrics",
    "/api/health",
    "/api/openapi.json",
    "/api",
    "/api/nowhere",
    "/_stcore/upload_file",
)


async def _page(_: Any) -> PlainTextResponse:
    return PlainTextResponse("the interface")


async def _session(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("a session")
    await websocket.close()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": PUBLIC})


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    """A caller of the whole, with an interface that is a line and a WebSocket."""
    interface = Router(
        [WebSocketRoute("/_stcore/stream", _session), Route("/{path:path}", _page, methods=["GET", "POST"])]
    )
    app = front(system, interface, PAGE, ())
    with TestClient(app, base_url="http://127.0.0.1:8501", raise_server_exceptions=False) as found:
        yield found


def talks(client: TestClient, **headers: str) -> bool:
    """Whether the interface lets a browser's WebSocket in."""
    try:
        with client.websocket_connect("ws://127.0.0.1:8501/_stcore/stream", headers=headers) as websocket:
            return websocket.receive_text() == "a session"
    except WebSocketDisconnect:
        return False


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8501",
        "localhost:8501",
        "[::1]:8501",
        "LOCALHOST:8501",
        "localhost",
        "stillwatch.example.com",
        "stillwatch.example.com.",
        "stillwatch.example.com:443",
    ],
)
def test_our_own_addresses_are_answered(client: TestClient, host: str) -> None:
    for path in ("/", "/metrics", "/api/health", "/api/openapi.json"):
        assert client.get(path, headers={"Host": host}).status_code == 200, path
    assert talks(client, host=host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "127.0.0.1.evil.example:8501",
        "stillwatch.example.com.evil.example",
        "stillwatch.example.com@evil.example",
        "evil.example/@127.0.0.1:8501",
        "127.0.0.1:9000",
        "127.0.0.1:8501:8501",
        "127.0.0.1:x",
        "[::1",
        "0.0.0.0:8501",
        "",
    ],
)
def test_another_name_reaches_nothing_that_carries_no_key(client: TestClient, host: str) -> None:
    for path in WITHOUT_KEY:
        answer = client.get(path, headers={"Host": host})
        assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json"), path
        assert answer.json()["code"] == "wrong_host"
        assert PUBLIC in answer.json()["detail"]
    assert not talks(client, host=host)
    assert not talks(client, host=host, origin=f"http://{host}")


def test_two_names_at_once_are_none(client: TestClient) -> None:
    headers = [("Host", "127.0.0.1:8501"), ("Host", "evil.example")]
    assert client.get("/metrics", headers=headers).status_code == 421


def test_an_event_is_taken_under_whatever_name_it_comes(client: TestClient) -> None:
    answer = client.post("/api/v1/events", headers={"Host": "moved.example.com"})
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_key")


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8501", "http://localhost:8501", "http://[::1]:8501", PUBLIC]
)
def test_our_own_pages_drive_the_interface(client: TestClient, origin: str) -> None:
    assert talks(client, origin=origin)
    assert client.post("/_stcore/upload_file", headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1",
        "http://127.0.0.1:3000",
        "http://localhost:8502",
        "https://127.0.0.1:8501",
        "http://stillwatch.example.com",
        "https://stillwatch.example.com:8443",
        "https://evil.example",
        "null",
        "",
    ],
)
def test_no_other_page_drives_the_interface_not_even_of_this_computer(
    client: TestClient, origin: str
) -> None:
    assert not talks(client, origin=origin)
    for method, path in (("GET", "/"), ("POST", "/_stcore/upload_file"), ("GET", "/metrics")):
        answer = client.request(method, path, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")


def test_programs_that_name_no_origin_are_let_in(client: TestClient) -> None:
    assert talks(client)


def test_everything_carries_the_security_headers(client: TestClient) -> None:
    for path, host in (
        ("/", "localhost"),
        ("/api/health", "localhost"),
        ("/api/x", "localhost"),
        ("/", "evil"),
    ):
        answer = client.get(path, headers={"Host": host})
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_below_api_is_never_a_page(client: TestClient) -> None:
    for path in (
        "/api",
        "/api/",
        "/api/nowhere",
        "/api/v1",
        "/api/v1/nowhere",
        "/api//v1/events",
        "/api/%2e%2e/",
    ):
        for method in ("GET", "POST", "DELETE"):
            answer = client.request(method, path, follow_redirects=False)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
            assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/apis").text == "the interface"
    assert client.post("/metrics").status_code == 405


def test_a_large_answer_of_the_api_is_compressed(client: TestClient) -> None:
    assert (
        client.get("/api/openapi.json", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"]
        == "gzip"
    )


@pytest.fixture
def shared() -> Callable[..., tuple[list[int], int]]:
    """Have so many requests of an address under way at once: ``shared("192.0.2.1", 3)``."""

    def ask(address: str, requests: int) -> tuple[list[int], int]:
        statuses: list[int] = []
        under_way = threading.Semaphore(0)

        async def all_at_once() -> None:
            end = asyncio.Event()

            async def application(scope: Scope, receive: Receive, send: Send) -> None:
                under_way.release()
                await end.wait()
                await PlainTextResponse("done")(scope, receive, send)

            limited = SharedOut(application, most=2)

            async def send(message: Any) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])

            scope = {"type": "http", "client": (address, 1), "headers": [], "method": "GET", "path": "/"}
            tasks = [asyncio.create_task(limited(scope, None, send)) for _ in range(requests)]  # type: ignore[arg-type]
            await asyncio.sleep(0)
            end.set()
            await asyncio.gather(*tasks)
            await limited(scope, None, send)  # type: ignore[arg-type]

        in_own_loop(all_at_once())
        return statuses, under_way._value

    return ask


def test_one_address_behind_a_proxy_has_so_much_under_way_at_once(shared: Callable[..., Any]) -> None:
    assert shared("192.0.2.1", 4) == ([429, 429, 200, 200, 200], 3)
    assert shared("127.0.0.1", 4) == ([200] * 5, 5)


@pytest.fixture
def streamlit(system: System) -> TestClient:
    """A caller of the whole with Streamlit's own files, and two pages beside the start page."""
    interface = Router(create_streamlit_static_assets_routes(None))
    return TestClient(front(system, interface, PAGE, ["freshness", "contacts"]), "http://127.0.0.1:8501")


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/x/api/health",
        "/freshness/x",
        "/freshness.html",
        "/_stcore/nowhere",
        "/static/x",
        "/Freshness",
    ],
)
def test_an_address_that_is_none_is_not_found(streamlit: TestClient, path: str) -> None:
    for ask in (streamlit.get, streamlit.head):
        assert ask(path, follow_redirects=False).status_code == 404, path
    answer = streamlit.get(path, headers={"Accept": "application/json", "Accept-Encoding": "gzip"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
    assert "begin at /" in answer.json()["detail"]
    read = streamlit.get(path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    assert (read.status_code, read.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert '<a href="/">' in read.text
    assert '<div id="root">' not in read.text


def test_what_streamlit_needs_and_our_pages_are_found(streamlit: TestClient) -> None:
    page = streamlit.get("/")
    assert '<div id="root">' in page.text
    formerly = streamlit.get("/?integration=1")  # the contacts page stood there
    assert (formerly.text, formerly.url.path) == (page.text, "/contacts")
    assert streamlit.get("/freshness?integration=1").text == page.text
    assert streamlit.get("/freshness/").text == page.text  # sent on to the address without the stroke
    files = re.findall(r'(?:src|href)="\./([^"]+)"', page.text)
    assert files
    for path in (path for path in files if not path.startswith("_stcore/")):
        answer = streamlit.get(f"/{path}")
        assert answer.status_code == 200, path
        assert "html" not in answer.headers["content-type"]


def test_a_page_that_a_reader_downloads_is_not_withheld(system: System) -> None:
    async def interface(scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse("<p>for support</p>")(scope, receive, send)

    client = TestClient(front(system, interface, PAGE, ()), "http://127.0.0.1:8501")
    assert client.get("/media/0a1b.html").text == "<p>for support</p>"
    assert client.get("/0a1b.html").status_code == 404
