"""A name from outside is shown as it is, whatever Streamlit would make of it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Stillwatch, wait_until_it_answers
from tests.patience import PATIENCE
from tests.ports import reserved_port

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "Büro Süd",
    "`code` ``x``",
    "**bold** _x_ ~~y~~ ^z^",
    "# Heading",
    "\n\n# Heading",
    "Line\n===",
    "---",
    "- a",
    "+ a",
    "* a",
    "> a",
    "1. a",
    "2) a",
    "    a",
    "| a | b |",
    "[a](https://evil.example/)",
    "![a](https://evil.example/a.png)",
    "[a]: https://evil.example/",
    "[^1]",
    "<https://evil.example/>",
    "<b>a</b> <!-- b --> <img src=x>",
    "&lt;b&gt; &amp; &#42;",
    "https://evil.example/a?b=c",
    "HTTP://evil.example",
    "www.evil.example",
    "WWW.evil.example/a",
    "(www.evil.example)",
    "a.b+c@evil.example",
    "mailto:a@evil.example",
    "xmpp:a@evil.example/b",
    ":smile: :+1: :-1: :100:",
    ":material/delete: :material_delete:",
    ":red[a] :blue-badge[b] :small[c]",
    ":color[a]{foreground=red}",
    ":streamlit:",
    "$a$ and $$b$$",
    r"\(a\) \alpha \\",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "->",
    "10:30:15 - 11:15",
    "{a} {0} %s",
    "'\"",
]
SCRIPT = """
import sys
sys.path.insert(0, {root!r})
import streamlit as st
from pages.parts.plain import plain
for number, name in enumerate({names!r}):
    with st.container(key=f"text_{{number}}"):
        st.markdown(plain(name))
    with st.container(key=f"heading_{{number}}"):
        st.header(plain(name), anchor=False)
    with st.container(key=f"alert_{{number}}"):
        st.error(f"**{{plain(name)}}**")
    with st.container(key=f"label_{{number}}"):
        st.button(plain(name), key=f"button_{{number}}")
with st.container(key="end"):
    st.text("end")
"""


@pytest.fixture(scope="module")
def names_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page that shows every name in text, heading, alert and label."""
    script = tmp_path_factory.mktemp("names") / "names.py"
    script.write_text(SCRIPT.format(root=str(ROOT), names=NAMES), encoding="utf-8")
    log = script.with_suffix(".log")
    with reserved_port() as port, log.open("wb") as output:
        options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
        options += ["--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
        command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
        process = subprocess.Popen(command, cwd=script.parent, stdout=output, stderr=output)
        try:
            wait_until_it_answers(Stillwatch(f"http://127.0.0.1:{port}"), process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_every_name_is_shown_as_it_is(names_page: str, visit: Callable[..., Page]) -> None:
    page = visit(names_page)
    page.locator(".st-key-end").wait_for()
    seen = {
        kind: [
            page.locator(f".st-key-{kind}_{number}").inner_text().replace("\u2060", "").strip()
            for number in range(len(NAMES))
        ]
        for kind in ("text", "heading", "alert", "label")
    }
    expected = [" ".join(name.split()) for name in NAMES]
    assert seen == dict.fromkeys(seen, expected)
    markup = "a, code, em, img, ul, ol, blockquote, table, h1, del, .katex, [role=img][aria-label], .stMarkdownBadge"
    for kind in ("text", "heading", "alert"):
        found = page.locator(f"[class*=st-key-{kind}_]").locator(markup)
        assert [found.nth(index).evaluate("it => it.outerHTML") for index in range(found.count())] == []
