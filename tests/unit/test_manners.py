"""One name for one thing, and one manner of explaining it, in all floors."""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("services", "data", "pages", "simulator", "bench")
FOR_TOOLS = re.compile(r"#\s*(noqa|type:|fmt:)")


def programs() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every program of the product."""
    for floor in FLOORS:
        for file in sorted((ROOT / floor).rglob("*.py")):
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def explained_beside(text: str) -> list[int]:
    """Return the lines of constants and fields that end in a comment; the formatter breaks long ones apart."""
    comments = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and not FOR_TOOLS.match(token.string)
    }
    bodies = [node.body for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Module | ast.ClassDef)]
    ends = {
        node.end_lineno
        for body in bodies
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.end_lineno is not None
    }
    return sorted(ends & comments)


def test_a_constant_is_explained_by_a_string_below_it() -> None:
    assert {path: lines for path, text in programs() if (lines := explained_beside(text))} == {}


def test_a_string_that_explains_a_constant_of_a_page_is_not_drawn_on_it() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["runner"]["magicEnabled"] is False


@pytest.mark.parametrize(
    "line",
    ["HOURS = 2  # of grace", "class Facts:\n    keys: int = 0  # newest first", "A = (\n    1\n)  # one"],
)
def test_a_comment_beside_a_constant_is_found(line: str) -> None:
    assert explained_beside(line)


@pytest.mark.parametrize(
    "line", ['HOURS = 2\n"""Of grace."""', "A = {\n    1: 2,  # an entry of it\n}", "A = f()  # noqa: S1"]
)
def test_a_string_below_and_a_comment_beside_an_entry_are_none(line: str) -> None:
    assert explained_beside(line) == []


def called_by(value: ast.expr) -> str | None:
    return ast.unparse(value.func) if isinstance(value, ast.Call) else None


def other_names_of_words(text: str) -> list[str]:
    """Return under which other names the reader's words are handed on: as parameters and as variables."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.arg) and node.annotation and ast.unparse(node.annotation) == "Words":
            found.append(node.arg)
        elif isinstance(node, ast.Assign) and called_by(node.value) in {"Words", "words_for"}:
            found += [ast.unparse(target) for target in node.targets]
    return [name for name in found if name != "words"]


def test_the_readers_words_are_called_words_everywhere() -> None:
    assert {path: names for path, text in programs() if (names := other_names_of_words(text))} == {}


@pytest.mark.parametrize("line", ["def say(spoken: Words) -> None: ...", 'reader = words_for("UTC")'])
def test_another_name_for_the_readers_words_is_found(line: str) -> None:
    assert other_names_of_words(line)
