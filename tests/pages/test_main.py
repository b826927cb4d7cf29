"""The entry page when the store does not answer."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from data.database import StoreUnavailable
from pages.parts import reader, signed_in
from services.system import System


@pytest.mark.parametrize("name", ["contacts.py", "data_flow.py", "integrations.py"])
def test_a_store_that_does_not_answer_is_said_in_words(
    open_page: Callable[..., AppTest],
    system: System,
    integration: object,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(system.database, "rows", fail)
    monkeypatch.setattr(system.database, "frame", fail)
    page = open_page(name)
    assert not page.exception
    assert "does not answer" in page.error[0].value


def test_a_store_that_does_not_answer_is_said_once_to_whoever_is_signed_in(
    open_page: Callable[..., AppTest], integration: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads is looked up for the navigation, for the side bar and for the page: each finds no answer."""

    def nobody() -> NoReturn:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(reader, "signs_in", lambda: True)
    monkeypatch.setattr(signed_in, "signs_in", lambda: True)
    monkeypatch.setattr(reader, "visitor", lambda *_: nobody())
    page = open_page("overview.py")
    assert not page.exception
    assert ["does not answer" in error.value for error in page.error] == [True]


def test_nothing_that_can_be_clicked_comes_before_the_navigation(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that was not told yet which page it is on sends a click to the start page, and stays there."""
    told: list[str] = []
    enqueue = ScriptRunContext.enqueue

    def noted(self: ScriptRunContext, message: ForwardMsg) -> None:
        clickable = re.search(r"^ *id: ", str(message.delta.new_element), re.MULTILINE)
        told.append("to click" if clickable else str(message.WhichOneof("type")))
        enqueue(self, message)

    monkeypatch.setattr(ScriptRunContext, "enqueue", noted)
    open_page("integrations.py")
    assert told.index("navigation") < told.index("to click")


ROOT = Path(__file__).resolve().parents[2]


def calls_of(name: str, text: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
            yield node


def test_the_server_knows_the_address_of_every_page() -> None:
    """A page that the launcher does not know is answered with 404 when its address is opened."""
    declared = set()
    for call in calls_of("st.Page", (ROOT / "pages" / "main.py").read_text(encoding="utf-8")):
        named = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg == "url_path"}
        declared.add(named.get("url_path") or Path(ast.literal_eval(call.args[0])).stem)
    launcher = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    (known,) = (
        ast.literal_eval(node.value)
        for node in launcher.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PAGES"
    )
    assert set(known) == declared
