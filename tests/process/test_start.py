"""Starting: both ways work, and what is wrong is said in a line or two, never with a stack trace."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from data.database import Database
from tests.patience import PATIENCE

Start = Callable[..., Any]
BIG = 2 * 1024 * 1024


def test_one_process_serves_interface_and_api_and_refuses_company(server: Start, tmp_path: Path) -> None:
    running = server()
    running.wait_until_healthy()

    with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
        page = client.get("/")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        for method, path, status in (
            ("GET", "/api", 404),
            ("GET", "/api/nowhere", 404),
            ("GET", "/api/v1/events", 405),
            ("POST", "/api/v1/events", 401),
        ):
            answer = client.request(method, path)
            assert (answer.status_code, answer.headers["content-type"]) == (
                status,
                "application/problem+json",
            )
        head = client.head("/api/health")
        assert (head.status_code, head.content) == (200, b"")
        assert client.get("/metrics").status_code == 200
    assert_knows_its_addresses(running.url)
    with httpx.Client(base_url=running.url, timeout=PATIENCE) as client:
        assert client.get("/api/openapi.json").json()["openapi"].startswith("3.")
        key = running.make_key()
        too_large = client.post(
            "/api/v1/events",
            content=b"{" * BIG,
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        assert (too_large.status_code, too_large.json()["code"]) == (413, "too_large")

    maps = Path(f"/proc/{running.process.pid}/maps").read_text(encoding="utf-8")
    assert "uvloop" in maps
    assert "httptools" in maps

    second = server(database=running.database)
    code, _, told = second.end()
    assert code == 1
    assert "already in use by" in told
    assert f"(PID {running.process.pid})" in told
    assert "Traceback" not in told

    same_port = server(database=tmp_path / "other.duckdb", port=running.port)
    code, _, told = same_port.end()
    assert code == 1
    assert f"cannot listen on 127.0.0.1:{running.port}" in told
    assert len(told.splitlines()) == 1

    running.process.send_signal(signal.SIGTERM)
    _, out, told = running.end()
    assert "Traceback" not in out + told
    assert key.split("_")[2] not in out + told
    database = Database(running.database)
    assert database.rows("SELECT count(*) FROM integration") == [(1,)]
    database.close()


PAGES = ("", "contacts", "freshness", "integrations", "add_integration", "integration", "people", "audit")


def assert_knows_its_addresses(url: str) -> None:
    with httpx.Client(base_url=url, timeout=PATIENCE) as client:
        page = client.get("/").text
        assert [client.get(f"/{name}").text == page for name in PAGES] == [True] * len(PAGES)
        assert client.get("/_stcore/health").text == "ok"
        assert client.get("/_stcore/host-config").status_code == 200
        for path in ("/nowhere", "/x/api/health", "/contacts/x", "/_stcore/nowhere", "/data_flow"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


def test_streamlit_run_serves_the_same_where_the_settings_say(server: Start) -> None:
    running = server(command=("-m", "streamlit", "run", "app.py"))
    running.wait_until_healthy()
    assert httpx.get(f"{running.url}/api/nowhere", timeout=PATIENCE).headers["content-type"] == (
        "application/problem+json"
    )
    assert_knows_its_addresses(running.url)


def test_wrong_settings_are_refused_and_each_is_named(server: Start, tmp_path: Path) -> None:
    wrong = {"STILLWATCH_PORT": "http", "STILLWATCH_WATCH_SECONDS": "0", "STILLWATCH_HOST": "example.com"}
    code, _, told = server(settings=wrong).end()
    assert code == 1
    for name in wrong:
        assert name in told
    assert "Traceback" not in told
    assert not (tmp_path / "stillwatch.duckdb").exists()
