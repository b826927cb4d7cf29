"""What a browser loads before a page is drawn: packed, kept for good, and asked for at once."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from services.brand import ICON, MARK, NAME
from services.serving.headers import content_security_policy
from services.serving.interface_files import DRAWN_FIRST, InterfaceFiles, page_of

INTERFACE = Path(st.__file__).with_name("static")
PRELOADED = re.compile(r'<link rel="modulepreload"[^>]* href="\./static/js/([^"]+)"')


@pytest.fixture(scope="module")
def html() -> str:
    return page_of(INTERFACE)


@pytest.fixture
def visitor(html: str) -> TestClient:
    streamlit = Starlette(routes=create_streamlit_static_assets_routes(None))
    return TestClient(InterfaceFiles(streamlit, html, INTERFACE, ["/", "/contacts"]))


def test_a_packed_file_is_what_the_interface_itself_answers(visitor: TestClient) -> None:
    files = [file for kind in ("js", "css") for file in (INTERFACE / "static" / kind).glob("index.*")]
    assert files
    for file in files:
        path = f"/{file.relative_to(INTERFACE).as_posix()}"
        plain = visitor.get(path, headers={"Accept-Encoding": "identity"})
        packed = visitor.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert (packed.status_code, packed.headers["content-encoding"]) == (200, "gzip")
        assert packed.content == plain.content == file.read_bytes()
        assert int(packed.headers["content-length"]) < len(plain.content) / 2
        assert "content-encoding" not in plain.headers
        for header in ("cache-control", "content-type"):
            assert packed.headers[header] == plain.headers[header], header
        assert packed.headers["vary"] == "Accept-Encoding"


def test_what_is_no_file_of_the_interface_is_left_to_it(visitor: TestClient) -> None:
    for path in ("/static/js/none.js", "/static/js/../../index.html", "/static", "/favicon.png"):
        assert "content-encoding" not in visitor.get(path).headers, path
    assert visitor.post("/contacts").status_code == 405


def test_the_page_asks_at_once_for_all_that_nearly_every_page_is_made_of(html: str) -> None:
    asked = PRELOADED.findall(html)
    assert len(asked) == len(set(asked))
    for part in DRAWN_FIRST:
        assert any(name.startswith(f"{part}.") for name in asked), f"Streamlit has no part of the name {part}"
    entry = re.findall(r'<script type="module"[^>]* src="\./static/js/([^"]+)"', html)
    for name in asked:
        text = (INTERFACE / "static" / "js" / name).read_text(encoding="utf-8")
        imported = set(re.findall(r'(?:from|import)"\./([^"]+\.js)"', text))
        assert imported <= {*asked, *entry}, name


def test_the_page_is_the_interfaces_own_and_its_scripts_may_run(visitor: TestClient, html: str) -> None:
    for address in ("/", "/contacts"):
        answer = visitor.get(address)
        assert (answer.text, answer.headers["cache-control"]) == (html, "no-cache")
        assert int(answer.headers["content-length"]) < len(html) / 2
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert visitor.get(address, headers={"Accept-Encoding": "identity"}).text == html
    added = re.sub(r'\s*<link rel="modulepreload" fetchpriority[^>]*>', "", html)
    own = (INTERFACE / "index.html").read_text(encoding="utf-8")
    added = re.sub(r"\s*<script>window.__streamlit.*?</script>", "", added)
    added = added.replace(f"<title>{NAME}</title>", "<title>Streamlit</title>")
    assert added.replace(f'"shortcut icon" href="{ICON}"', '"shortcut icon" href="./favicon.png"') == own
    assert content_security_policy(html).count("'sha256-") == 1 + content_security_policy(own).count(
        "'sha256-"
    )


def test_a_tab_bears_our_name_and_mark_before_the_first_message_comes(html: str) -> None:
    assert re.findall(r"<title>(.*?)</title>", html) == [NAME]
    (icon,) = re.findall(r'<link rel="[^"]*icon"[^>]* href="([^"]*)"', html)
    head, comma, drawing = icon.partition(",")
    assert (head, comma, unquote(drawing)) == ("data:image/svg+xml", ",", MARK)
    assert "img-src 'self' data:" in content_security_policy(html)


def test_a_newer_interface_without_one_of_these_parts_still_has_its_page(tmp_path: Path) -> None:
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "static" / "js" / "embed.1.js").write_text('import{a}from"./b.2.js";import"./c.js"')
    for name in ("b.2.js", "c.js"):
        (tmp_path / "static" / "js" / name).write_text("")
    (tmp_path / "index.html").write_text("<head></head>")
    assert PRELOADED.findall(page_of(tmp_path)) == ["embed.1.js", "b.2.js", "c.js"]
